package week

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Verdict is what a plan leaves and drives, counted from its steps alone.
type Verdict struct {
	Left   int   // tasks
	Lost   int64 // priorities of these tasks together
	Routes int
	Road   int64 // seconds on the way
}

// step is what a plan says about a stop of a route.
type step struct {
	Type                    string
	ID                      int
	Arrival, Setup, Service int64
	Waiting                 int64 `json:"waiting_time"`
}

type route struct {
	Vehicle int
	Steps   []step
}

type solution struct {
	Unassigned []struct{ ID int }
	Routes     []route
}

// inaccuracy is by how many seconds a leg may be shorter than the way that the judge
// computes: the globe is round in different ways.
const inaccuracy = 1

// Judge follows every route of a solution and says what is wrong with the first bad one.
// Of a week that Make has not made it knows no more than Make uses.
func Judge(asked, solved []byte) (Verdict, error) {
	var p problem
	var s solution
	if err := json.Unmarshal(asked, &p); err != nil {
		return Verdict{}, fmt.Errorf("read the problem: %w", err)
	}
	if err := json.Unmarshal(solved, &s); err != nil {
		return Verdict{}, fmt.Errorf("read the solution: %w", err)
	}
	j := judge{open: map[int]*job{}, idle: map[int]*vehicle{}}
	for i := range p.Jobs {
		j.open[p.Jobs[i].ID] = &p.Jobs[i]
	}
	for i := range p.Vehicles {
		j.idle[p.Vehicles[i].ID] = &p.Vehicles[i]
	}
	for _, r := range s.Routes {
		if err := j.follow(r); err != nil {
			return Verdict{}, fmt.Errorf("vehicle %d: %w", r.Vehicle, err)
		}
	}
	return j.verdict, j.count(s)
}

// judge knows what has not come up yet.
type judge struct {
	open    map[int]*job
	idle    map[int]*vehicle
	verdict Verdict
}

// count says what is left, which must be just what the plan says.
func (j *judge) count(s solution) error {
	for _, u := range s.Unassigned {
		left := j.open[u.ID]
		if left == nil {
			return fmt.Errorf("task %d is left and served, or unknown", u.ID)
		}
		delete(j.open, u.ID)
		j.verdict.Left++
		j.verdict.Lost += left.Priority
	}
	if len(j.open) > 0 {
		return fmt.Errorf("%d tasks are neither served nor left", len(j.open))
	}
	return nil
}

// trip is a technician under way.
type trip struct {
	*vehicle
	place  [2]float64
	now    int64
	owed   int64 // seconds of the present leg that are still to be driven
	road   int64
	rested []int
	load   []int64
}

func (j *judge) follow(r route) error {
	v := j.idle[r.Vehicle]
	if v == nil || len(r.Steps) < 2 || r.Steps[0].Type != "start" || r.Steps[len(r.Steps)-1].Type != "end" {
		return fmt.Errorf("unknown, twice on the road, or without start and end")
	}
	delete(j.idle, r.Vehicle)
	t := trip{vehicle: v, place: v.Start, now: r.Steps[0].Arrival, load: make([]int64, len(v.Capacity))}
	if t.now < v.Window[0] {
		return fmt.Errorf("leaves at %d", t.now)
	}
	for k, s := range r.Steps[1:] {
		if err := j.step(&t, s); err != nil {
			return fmt.Errorf("step %d: %w", k+1, err)
		}
	}
	if t.now > v.Window[1] || len(t.rested) != len(v.Breaks) {
		return fmt.Errorf("comes home at %d after %d breaks", t.now, len(t.rested))
	}
	j.verdict.Routes++
	j.verdict.Road += t.road
	return nil
}

func (j *judge) step(t *trip, s step) error {
	if s.Waiting < 0 || s.Arrival < t.now {
		return fmt.Errorf("there at %d, before it can be", s.Arrival)
	}
	switch s.Type {
	case "break":
		return t.rest(s)
	case "end":
		return t.reach(t.End, s)
	case "job":
		v := j.open[s.ID]
		if v == nil {
			return fmt.Errorf("task %d is unknown or served twice", s.ID)
		}
		delete(j.open, s.ID)
		return t.serve(v, s)
	}
	return fmt.Errorf("a step of type %q", s.Type)
}

// reach drives to a place, or what is left of the way after a break.
func (t *trip) reach(to [2]float64, s step) error {
	way := seconds(t.place, to)
	t.owed, t.road, t.place = t.owed+way, t.road+way, to
	if s.Arrival < t.now+t.owed-inaccuracy {
		return fmt.Errorf("there at %d, not before %d", s.Arrival, t.now+t.owed)
	}
	t.now, t.owed = s.Arrival, 0
	return nil
}

// rest takes a break somewhere on the way to the next place: what has been driven up to
// then counts.
func (t *trip) rest(s step) error {
	k := slices.IndexFunc(t.Breaks, func(b pause) bool { return b.ID == s.ID })
	if k < 0 || slices.Contains(t.rested, s.ID) {
		return fmt.Errorf("break %d is unknown or taken twice", s.ID)
	}
	if begin := s.Arrival + s.Waiting; s.Service != t.Breaks[k].Service || !within(begin, t.Breaks[k].Windows) {
		return fmt.Errorf("break %d of %d s at %d", s.ID, s.Service, begin)
	}
	t.rested = append(t.rested, s.ID)
	t.owed -= s.Arrival - t.now
	t.now = s.Arrival + s.Waiting + s.Service
	return nil
}

func (t *trip) serve(v *job, s step) error {
	prepare := v.Setup
	if t.place == v.Location {
		prepare = 0
	}
	if err := t.reach(v.Location, s); err != nil {
		return fmt.Errorf("task %d: %w", v.ID, err)
	}
	begin := s.Arrival + s.Waiting
	if s.Setup != prepare || s.Service != v.Service || !within(begin, v.Windows) {
		return fmt.Errorf("task %d takes %d and %d s from %d on", v.ID, s.Setup, s.Service, begin)
	}
	for _, k := range v.Skills {
		if !slices.Contains(t.Skills, k) {
			return fmt.Errorf("task %d without skill %d", v.ID, k)
		}
	}
	for k, n := range v.Delivery {
		if t.load[k] += n; t.load[k] > t.Capacity[k] {
			return fmt.Errorf("task %d: no part left of family %d", v.ID, k)
		}
	}
	t.now = begin + s.Setup + s.Service
	return nil
}

func within(at int64, windows []span) bool {
	return slices.ContainsFunc(windows, func(w span) bool { return at >= w[0] && at <= w[1] })
}

// seconds is the way between two points of longitude and latitude where nobody states it:
// the great circle and three tenths, at 50 km/h.
func seconds(a, b [2]float64) int64 {
	const rad, earth = math.Pi / 180, 6_371_008.8
	dx, dy := math.Sin((b[0]-a[0])*rad/2), math.Sin((b[1]-a[1])*rad/2)
	h := dy*dy + math.Cos(a[1]*rad)*math.Cos(b[1]*rad)*dx*dx
	return int64(math.Round(1.3 * 2 * earth * math.Asin(math.Sqrt(h)) * 3.6 / 50))
}
