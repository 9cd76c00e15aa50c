package resident_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// point is a place on a plane, in metres.
type point struct{ x, y int }

// leg goes at 12 metres a second, a quarter further than the crow flies.
func leg(a, b point) routing.Leg {
	m := math.Hypot(float64(a.x-b.x), float64(a.y-b.y)) * 1.25
	return routing.Leg{Seconds: int32(m/12) + 60*int32(min(1, a.distance(b))), Metres: int32(m)}
}

func (p point) distance(q point) int { return max(p.x-q.x, q.x-p.x) + max(p.y-q.y, q.y-p.y) }

// world is a territory to play in: who works there, and where places lie.
type world struct {
	r      *rand.Rand
	days   int
	width  int // metres
	skills int
	raster int // metres to which places are known
	points map[string]point
	serial int
}

func newWorld(seed uint64, days, width int) *world {
	return &world{r: rand.New(rand.NewPCG(seed, 17)), days: days, width: width, skills: 5, raster: 500, points: map[string]point{}}
}

// spot draws a place near one of a dozen towns, or anywhere.
func (w *world) spot() string {
	p := point{w.r.IntN(w.width), w.r.IntN(w.width)}
	if w.r.IntN(3) > 0 {
		town := w.r.IntN(12)
		p = point{(town*37%12*w.width/12 + w.r.IntN(w.width/10)), (town*5%12*w.width/12 + w.r.IntN(w.width/10))}
	}
	p.x, p.y = p.x/w.raster*w.raster, p.y/w.raster*w.raster
	key := fmt.Sprintf("%d/%d", p.x, p.y)
	w.points[key] = p
	return key
}

// place tells a board what it may not know of a place.
func (w *world) place(b *resident.Board, key string) resident.Place {
	out := resident.Place{Key: key}
	if slices.Contains(b.Places(), key) {
		return out
	}
	for _, other := range b.Places() {
		out.Ways.To = append(out.Ways.To, leg(w.points[other], w.points[key]))
		out.Ways.From = append(out.Ways.From, leg(w.points[key], w.points[other]))
	}
	return out
}

// technician works every day from eight to five, with a break at noon, now and then
// on overtime until seven.
func (w *world) technician(home int) routing.Technician {
	t := routing.Technician{Rates: routing.Rates{TravelHour: 3000, Kilometre: 40, OvertimeHour: 2500}}
	for s := range w.skills {
		if w.r.IntN(5) < 3 {
			t.Skills = append(t.Skills, routing.Grant{Skill: s, Level: 1 + w.r.IntN(3)})
		}
	}
	for d := range int64(w.days) {
		open := d*day + 8*hour
		t.Shifts = append(t.Shifts, routing.Shift{
			Start: home, End: home, Open: open, Close: open + 11*hour, Regular: open + 9*hour, MaxWork: 10 * hour,
			Breaks: []routing.Break{{Open: open + 3*hour, Close: open + 6*hour, Length: hour / 2}},
		})
	}
	return t
}

// job draws what somebody may need; it may be done on any of some days.
func (w *world) job() routing.Job {
	j := routing.Job{Service: (20 + 10*int64(w.r.IntN(8))) * 60, Price: 20000}
	if w.r.IntN(2) == 0 {
		j.Needs = []routing.Need{{Skill: w.r.IntN(w.skills), Level: 1 + w.r.IntN(2)}}
	}
	switch w.r.IntN(10) {
	case 0:
		j.Priority = 2
	case 1, 2, 3, 4, 5, 6:
		j.Priority = 1
	}
	first := int64(w.r.IntN(w.days))
	for d := first; d < min(int64(w.days), first+3); d++ {
		j.Windows = append(j.Windows, routing.Window{Open: d*day + 8*hour, Close: d*day + 16*hour})
	}
	j.Due = (first+1)*day + 12*hour
	return j
}

func (w *world) key() string {
	w.serial++
	return fmt.Sprintf("job-%d", w.serial)
}

// setup draws a territory with its first jobs.
func (w *world) setup(technicians, jobs int) resident.Setup {
	s := resident.Setup{Prices: resident.Prices{Hand: 1500, Day: 800}}
	number := map[string]int{}
	at := func(key string) int {
		if _, ok := number[key]; !ok {
			number[key] = len(s.Places)
			s.Places = append(s.Places, key)
		}
		return number[key]
	}
	for t := range technicians {
		s.Technicians = append(s.Technicians, fmt.Sprintf("technician-%d", t))
		s.Spec.Technicians = append(s.Spec.Technicians, w.technician(at(w.spot())))
	}
	for range jobs {
		j := w.job()
		j.Site = at(w.spot())
		s.Jobs, s.Spec.Jobs = append(s.Jobs, w.key()), append(s.Spec.Jobs, j)
	}
	s.Spec.Travel = routing.Matrix(len(s.Places), func(i, j int) (int32, int32) {
		l := leg(w.points[s.Places[i]], w.points[s.Places[j]])
		return l.Seconds, l.Metres
	})
	s.Spec.Lateness[1] = []routing.Slope{{After: 0, PerHour: 200}}
	s.Spec.Lateness[2] = []routing.Slope{{After: 0, PerHour: 2000}}
	return s
}

// board is a territory with a first plan.
func (w *world) board(t testing.TB, technicians, jobs int) *resident.Board {
	t.Helper()
	b, err := resident.New(w.setup(technicians, jobs))
	if err != nil {
		t.Fatal(err)
	}
	return b.Fill()
}
