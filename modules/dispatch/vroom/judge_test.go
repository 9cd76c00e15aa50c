package vroom_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// The judge reads problem and solution as JSON and recomputes every route by the
// rules of the format; it knows nothing of routing.

type task struct {
	ID          int64
	Place       int `json:"location_index"`
	Setup       int64
	Service     int64
	Delivery    []int64
	Pickup      []int64
	Skills      []int
	Priority    int64
	Windows     [][2]int64       `json:"time_windows"`
	SetupPer    map[string]int64 `json:"setup_per_type"`
	ServicePer  map[string]int64 `json:"service_per_type"`
	Description string
	Tools       []int
	Parts       []int64

	other int64 // the pickup of the same shipment
}

// key names a task: ids are told apart by kind.
func key(kind string, id int64) string { return fmt.Sprint(kind, id) }

type car struct {
	ID        int64
	Profile   string
	Type      string
	Speed     float64 `json:"speed_factor"`
	Start     *int    `json:"start_index"`
	End       *int    `json:"end_index"`
	Capacity  []int64
	Skills    []int
	Window    *[2]int64 `json:"time_window"`
	MaxTasks  *int      `json:"max_tasks"`
	MaxTravel *int64    `json:"max_travel_time"`
	MaxMetres *int64    `json:"max_distance"`
	Breaks    []task
	Tools     []int
	Parts     []int64
	Refills   []task
	Costs     struct {
		Fixed   int64
		PerHour *int64 `json:"per_hour"`
		PerKM   int64  `json:"per_km"`
		PerTask int64  `json:"per_task_hour"`
		PerWork int64  `json:"per_work_hour"`
	}
}

type sums struct {
	Cost, Setup, Service, Duration, Priority int64
	Waiting                                  int64 `json:"waiting_time"`
	Delivery, Pickup                         []int64
	Distance                                 *int64
}

type stop struct {
	Type                              string
	ID                                int64
	Arrival, Setup, Service, Duration int64
	Waiting                           int64 `json:"waiting_time"`
	Load                              []int64
	Distance                          *int64
	Index                             *int `json:"location_index"`
}

type reply struct {
	Code    int
	Summary struct {
		sums
		Routes, Unassigned int
	}
	Unassigned []struct {
		ID      int64
		Type    string
		Reasons []string
	}
	Routes []struct {
		sums
		Vehicle  int64
		Steps    []stop
		Geometry string
	}
}

type matrices struct {
	Durations        [][]*int64
	Distances, Costs [][]int64
}

type asked struct {
	Jobs      []task
	Shipments []struct {
		Pickup, Delivery task
		Amount           []int64
		Skills           []int
		Priority         int64
	}
	Vehicles []car
	Matrices map[string]matrices
	Traffic  map[string][]struct {
		From   int64
		Factor float64 `json:"speed_factor"`
	}
}

// answer writes and reads a solution.
func answer(t testing.TB, p *vroom.Problem, plan routing.Plan) (r reply) {
	t.Helper()
	if err := json.Unmarshal(vroom.Write(p, plan, vroom.Answer{}), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// judge says what is wrong with an answer, or nothing.
func judge(problem []byte, r reply) error {
	var a asked
	if err := json.Unmarshal(problem, &a); err != nil {
		return err
	}
	left := map[string]*task{}
	for i, j := range a.Jobs {
		left[key("job", j.ID)] = &a.Jobs[i]
	}
	for i := range a.Shipments {
		s := &a.Shipments[i]
		for kind, half := range map[string]*task{"pickup": &s.Pickup, "delivery": &s.Delivery} {
			half.Skills, half.Priority, half.other = s.Skills, s.Priority, s.Pickup.ID
			left[key(kind, half.ID)] = half
		}
		s.Pickup.Pickup, s.Delivery.Delivery = s.Amount, s.Amount
		s.Delivery.other = s.Pickup.ID
	}
	for i, route := range r.Routes {
		v := a.Vehicles[slices.IndexFunc(a.Vehicles, func(v car) bool { return v.ID == route.Vehicle })]
		w := driver{asked: &a, v: v, left: left}
		if err := w.follow(route.Steps); err != nil {
			return fmt.Errorf("route %d: %w", i, err)
		}
		if w.setup != route.Setup || w.service != route.Service || w.travel != route.Duration || w.priority != route.Priority || w.waiting != route.Waiting {
			return fmt.Errorf("route %d: sums are %+v, want %+v", i, route.sums, w)
		}
		if route.Distance != nil && *route.Distance != w.metres {
			return fmt.Errorf("route %d: %d m, want %d", i, *route.Distance, w.metres)
		}
		if want := w.cost(); route.Cost < want || route.Cost > want+3 { // halves are rounded
			return fmt.Errorf("route %d: cost %d, want %d", i, route.Cost, want)
		}
	}
	for _, u := range r.Unassigned {
		if left[key(u.Type, u.ID)] == nil || len(u.Reasons) == 0 {
			return fmt.Errorf("%s %d is served, or left without a reason", u.Type, u.ID)
		}
		delete(left, key(u.Type, u.ID))
	}
	if len(left) > 0 || r.Summary.Unassigned != len(r.Unassigned) || r.Summary.Routes != len(r.Routes) {
		return fmt.Errorf("jobs are missing: %v", left)
	}
	return nil
}

// driver follows the steps of one route.
type driver struct {
	asked  *asked
	v      car
	left   map[string]*task
	aboard map[int64]bool // shipments, by the id of the pickup

	tools                                              map[int]bool
	parts                                              map[int]int64
	leave                                              int64
	place, tasks                                       int
	out                                                int64 // when the way began on which a break lies
	now, owed, travel, metres, setup, service, waiting int64
	priority, charged, busy                            int64
	load                                               []int64
	rested                                             []int64
}

func (d *driver) cost() int64 {
	perHour := int64(3600)
	if d.v.Costs.PerHour != nil {
		perHour = *d.v.Costs.PerHour
	}
	sum := d.v.Costs.Fixed + d.busy*d.v.Costs.PerTask/3600 + (d.now-d.leave)*d.v.Costs.PerWork/3600
	if d.ways().Costs != nil {
		return sum + d.charged
	}
	return sum + d.travel*perHour/3600 + d.metres*d.v.Costs.PerKM/1000
}

func (d *driver) follow(steps []stop) error {
	d.place = -1
	d.load, d.aboard = make([]int64, len(d.v.Capacity)), map[int64]bool{}
	for _, s := range steps {
		if s.Type == "job" && d.left[key("job", s.ID)] != nil {
			add(d.load, d.left[key("job", s.ID)].Delivery, 1)
		}
	}
	if d.v.Window != nil && steps[0].Arrival < d.v.Window[0] {
		return fmt.Errorf("begins at %d", steps[0].Arrival)
	}
	if steps[0].Type != "start" || steps[len(steps)-1].Type != "end" || d.v.Start == nil && *steps[0].Index != first(steps) {
		return fmt.Errorf("goes from %+v to %+v", steps[0], steps[len(steps)-1])
	}
	d.now, d.leave = steps[0].Arrival, steps[0].Arrival
	d.tools, d.parts = map[int]bool{}, map[int]int64{}
	for _, k := range d.v.Tools {
		d.tools[k] = true
	}
	for k, n := range d.v.Parts {
		d.parts[k] = n
	}
	if d.v.Start != nil {
		d.place = *d.v.Start
	}
	for k, s := range steps {
		if err := d.step(s); err != nil {
			return fmt.Errorf("step %d: %w", k, err)
		}
	}
	if d.v.Window != nil && d.now > d.v.Window[1] || len(d.rested) != len(d.v.Breaks) {
		return fmt.Errorf("ends at %d with %d breaks", d.now, len(d.rested))
	}
	if d.v.MaxTravel != nil && d.travel > *d.v.MaxTravel || d.v.MaxMetres != nil && d.metres > *d.v.MaxMetres {
		return fmt.Errorf("%d s and %d m on the road", d.travel, d.metres)
	}
	if len(d.aboard) > 0 {
		return fmt.Errorf("brings %v home", d.aboard)
	}
	if d.v.MaxTasks != nil && d.tasks > *d.v.MaxTasks {
		return fmt.Errorf("%d tasks", d.tasks)
	}
	return nil
}

// ways are the matrices of the vehicle's profile.
func (d *driver) ways() matrices {
	if d.v.Profile == "" {
		return d.asked.Matrices["car"]
	}
	return d.asked.Matrices[d.v.Profile]
}

// jam is how long a leg takes that begins at an instant, second by second.
func (d *driver) jam(leg, now int64) int64 {
	name := d.v.Profile
	if name == "" {
		name = "car"
	}
	seconds, speed := int64(0), 1000.0
	for left := float64(leg * 1000); left > 0; seconds++ {
		for _, s := range d.asked.Traffic[name] {
			if now+seconds >= s.From {
				speed = math.Round(s.Factor * 1000)
			}
		}
		left -= speed
	}
	return seconds
}

// times are what a task takes this type of vehicle.
func (d *driver) times(j *task) (setup, service int64) {
	setup, service = j.Setup, j.Service
	if v, ok := j.SetupPer[d.v.Type]; ok {
		setup = v
	}
	if v, ok := j.ServicePer[d.v.Type]; ok {
		service = v
	}
	return setup, service
}

// move sets out for a place.
func (d *driver) move(to int) error {
	if d.place >= 0 {
		m := d.ways()
		if m.Durations[d.place][to] == nil {
			return fmt.Errorf("no way from %d to %d", d.place, to)
		}
		leg := *m.Durations[d.place][to]
		if d.v.Speed != 0 {
			leg = int64(math.Round(float64(leg*100) / math.Round(100*d.v.Speed)))
		}
		if d.owed == 0 {
			d.out = d.now
		}
		leg = d.jam(leg, d.out)
		if m.Costs != nil {
			d.charged += m.Costs[d.place][to]
		}
		d.owed, d.travel = d.owed+leg, d.travel+leg
		if m.Distances != nil {
			d.metres += m.Distances[d.place][to]
		}
	}
	d.place = to
	return nil
}

func (d *driver) step(s stop) error {
	switch s.Type {
	case "start":
		return d.same(s, 0)
	case "break":
		b := d.v.Breaks[slices.IndexFunc(d.v.Breaks, func(b task) bool { return b.ID == s.ID })]
		if slices.Contains(d.rested, b.ID) || !inside(s.Arrival+s.Waiting, b.Windows) || s.Arrival < d.now || s.Service != b.Service {
			return fmt.Errorf("break %d at %d", b.ID, s.Arrival+s.Waiting)
		}
		d.rested = append(d.rested, b.ID)
		if d.owed == 0 {
			d.out = d.now
		}
		d.owed -= s.Arrival - d.now // driven meanwhile
		d.waiting += s.Waiting
		d.service += s.Service
		d.now = s.Arrival + s.Waiting + s.Service
		return nil
	case "end":
		if d.v.End != nil {
			if err := d.move(*d.v.End); err != nil {
				return err
			}
		}
		d.now += d.owed
		if s.Index != nil && *s.Index != d.place {
			return fmt.Errorf("ends at %d, want %d", *s.Index, d.place)
		}
		return d.same(s, 0)
	}
	return d.visit(s)
}

func (d *driver) visit(s stop) error {
	if s.Type == "refill" {
		return d.refill(s)
	}
	j, from := d.left[key(s.Type, s.ID)], d.place
	if j == nil {
		return fmt.Errorf("%s %d unknown or twice", s.Type, s.ID)
	}
	delete(d.left, key(s.Type, s.ID))
	for _, k := range j.Tools {
		if !d.tools[k] {
			return fmt.Errorf("%s %d without tool %d", s.Type, s.ID, k)
		}
	}
	for k, n := range j.Parts {
		if d.parts[k] -= n; d.parts[k] < 0 {
			return fmt.Errorf("%s %d without part %d", s.Type, s.ID, k)
		}
	}
	switch s.Type {
	case "pickup":
		d.aboard[j.other] = true
	case "delivery":
		if !d.aboard[j.other] {
			return fmt.Errorf("delivery %d without its pickup", s.ID)
		}
		delete(d.aboard, j.other)
	}
	for _, k := range j.Skills {
		if !slices.Contains(d.v.Skills, k) {
			return fmt.Errorf("job %d without skill %d", s.ID, k)
		}
	}
	if err := d.move(j.Place); err != nil {
		return err
	}
	d.now += d.owed
	d.owed = 0
	setup, service := d.times(j)
	if from == j.Place {
		setup = 0
	}
	add(d.load, j.Delivery, -1)
	add(d.load, j.Pickup, 1)
	start := s.Arrival + s.Waiting
	if s.Waiting < 0 || !inside(start, j.Windows) || setup != s.Setup || service != s.Service {
		return fmt.Errorf("job %d at %d: %+v", s.ID, start, s)
	}
	d.tasks, d.busy = d.tasks+1, d.busy+setup+service
	d.priority += j.Priority
	return d.same(s, setup)
}

// refill stops where there are tools and parts, once.
func (d *driver) refill(s stop) error {
	k := slices.IndexFunc(d.v.Refills, func(v task) bool { return v.ID == s.ID })
	if k < 0 {
		return fmt.Errorf("refill %d unknown or twice", s.ID)
	}
	v, from := d.v.Refills[k], d.place
	d.v.Refills = slices.Delete(slices.Clone(d.v.Refills), k, k+1)
	if err := d.move(v.Place); err != nil {
		return err
	}
	d.now, d.owed = d.now+d.owed, 0
	setup := v.Setup
	if from == v.Place {
		setup = 0
	}
	if s.Waiting < 0 || !inside(s.Arrival+s.Waiting, v.Windows) || setup != s.Setup || v.Service != s.Service {
		return fmt.Errorf("refill %+v", s)
	}
	all := v.Tools == nil && v.Parts == nil
	for k := range 10 {
		d.tools[k] = d.tools[k] || all || slices.Contains(v.Tools, k)
		if all {
			d.parts[k] = 1 << 40
		} else if k < len(v.Parts) {
			d.parts[k] += v.Parts[k]
		}
	}
	return d.same(s, setup)
}

// same compares a step with what was found and goes on behind it.
func (d *driver) same(s stop, setup int64) error {
	if s.Arrival != d.now || s.Duration != d.travel || s.Distance != nil && *s.Distance != d.metres {
		return fmt.Errorf("%+v, want %+v", s, d)
	}
	for k, v := range d.load {
		if v < 0 || v > d.v.Capacity[k] || s.Load[k] != v {
			return fmt.Errorf("carries %v, want %v", s.Load, d.load)
		}
	}
	d.now += s.Waiting + setup + s.Service
	d.waiting, d.setup, d.service = d.waiting+s.Waiting, d.setup+setup, d.service+s.Service
	return nil
}

func inside(at int64, ws [][2]int64) bool {
	return len(ws) == 0 || slices.ContainsFunc(ws, func(w [2]int64) bool { return at >= w[0] && at <= w[1] })
}

func add(load, amount []int64, sign int64) {
	for k, v := range amount {
		load[k] += sign * v
	}
}

// first is where the first task is.
func first(steps []stop) int {
	for _, s := range steps[1:] {
		if s.Type != "break" {
			return *s.Index
		}
	}
	return -1
}
