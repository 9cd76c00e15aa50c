// Package week makes up weeks of field service as large as wanted, and judges plans of
// them: problems in the JSON format of VROOM that anybody can make again from their size
// and seed. The judge restates the rules of the format; it knows nothing of the solver.
//
// Units: whole seconds from midnight of the first day, degrees, priorities 0 to 100.
package week

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
)

// Size says what a week is like.
type Size struct {
	Tasks, Technicians, Days int
	Load                     float64 // share of the time on duty that services fill; 0 leaves them as they are drawn
	Seed                     uint64
}

const (
	hour, day = 3600, 24 * 3600

	skills   = 12
	families = 6  // of parts on a van
	town     = 60 // tasks for each
	lunch    = 1800
	setup    = 300
	least    = 300 // seconds of a service
)

type span [2]int64

// vehicle is one shift of a technician.
type vehicle struct {
	ID       int        `json:"id"`
	Start    [2]float64 `json:"start"` // longitude, latitude
	End      [2]float64 `json:"end"`
	Skills   []int      `json:"skills"`
	Capacity []int64    `json:"capacity"`
	Window   span       `json:"time_window"`
	Breaks   []pause    `json:"breaks,omitempty"`
}

type pause struct {
	ID      int    `json:"id"`
	Service int64  `json:"service"`
	Windows []span `json:"time_windows"`
}

type job struct {
	ID       int        `json:"id"`
	Location [2]float64 `json:"location"`
	Setup    int64      `json:"setup"`
	Service  int64      `json:"service"`
	Windows  []span     `json:"time_windows"`
	Skills   []int      `json:"skills"`
	Priority int64      `json:"priority"`
	Delivery []int64    `json:"delivery"`
}

type problem struct {
	Vehicles []vehicle `json:"vehicles"`
	Jobs     []job     `json:"jobs"`
}

// Make makes a week up. Sizes below one make nothing to solve.
//
// People and most tasks lie in towns and around them, in a square that grows with the
// tasks. Seven in ten people work 8 to 17, two 11 to 20, with half an hour of break, one
// works four hours; of seven days each works five. A task takes 20 to 150 minutes before
// Load, one or two skills of twelve, up to two parts; four in ten may be done on any day,
// the others on one to three days in a part of it, or at an appointment of two hours.
func Make(s Size) []byte {
	m := maker{Size: s, rng: rand.New(rand.NewPCG(s.Seed, 0)), side: 100 * math.Sqrt(float64(s.Tasks)/2000)}
	for range max(3, s.Tasks/town) {
		m.towns = append(m.towns, [3]float64{m.between(.1, .9) * m.side, m.between(.1, .9) * m.side, m.between(3, 9)})
	}
	for range s.Technicians {
		m.hire()
	}
	services := m.services()
	for i := range s.Tasks {
		m.ask(services[i])
	}
	out, err := json.Marshal(m.problem)
	if err != nil {
		panic(err) // numbers only
	}
	return out
}

// maker is a week in the making.
type maker struct {
	Size
	rng   *rand.Rand
	side  float64      // of the square, in kilometres
	towns [][3]float64 // where, and how far their people live apart
	duty  float64      // seconds of all shifts, breaks aside
	problem
}

func (m *maker) between(a, b float64) float64 { return a + (b-a)*m.rng.Float64() }

// point is a place: two in ten anywhere, the others about a town.
func (m *maker) point() [2]float64 {
	x, y := m.between(0, m.side), m.between(0, m.side)
	if m.rng.Float64() >= .2 {
		t := m.towns[m.rng.IntN(len(m.towns))]
		x, y = t[0]+t[2]*m.rng.NormFloat64(), t[1]+t[2]*m.rng.NormFloat64()
	}
	x, y = min(m.side, max(0, x)), min(m.side, max(0, y))
	return [2]float64{rounded(8 + x/73), rounded(48 + y/111.2)}
}

// rounded leaves six decimals, which is a tenth of a metre.
func rounded(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }

// able draws some skills, the first ones most often.
func (m *maker) able(count int) []int {
	var out []int
	for len(out) < count {
		if k := m.skill(); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func (m *maker) skill() int {
	all := 0.0
	for k := range skills {
		all += math.Pow(float64(k+1), -.7)
	}
	left := m.rng.Float64() * all
	for k := range skills - 1 {
		if left -= math.Pow(float64(k+1), -.7); left < 0 {
			return k + 1
		}
	}
	return skills
}

// hire makes the shifts of one technician.
func (m *maker) hire() {
	v := vehicle{Start: m.point(), Skills: m.able(4 + m.rng.IntN(5)), Capacity: make([]int64, families)}
	v.End = v.Start
	for k := range v.Capacity {
		v.Capacity[k] = int64(3 + m.rng.IntN(6))
	}
	free, kind, early := m.rng.IntN(7), m.rng.Float64(), m.rng.IntN(2) == 0
	for d := range m.Days {
		if m.Days >= 7 && (d+7-free)%7 < 2 {
			continue // two days of seven are free
		}
		m.shift(v, int64(d)*day, kind, early)
	}
}

func (m *maker) shift(v vehicle, midnight int64, kind float64, early bool) {
	v.ID = len(m.Vehicles) + 1
	at := func(from, to float64) span { return span{midnight + int64(from*hour), midnight + int64(to*hour)} }
	rest := span{}
	switch {
	case kind < .7:
		v.Window, rest = at(8, 17), at(11.5, 14)
	case kind < .9:
		v.Window, rest = at(11, 20), at(14, 17)
	case early:
		v.Window = at(8, 12)
	default:
		v.Window = at(13, 17)
	}
	m.duty += float64(v.Window[1] - v.Window[0])
	if rest != (span{}) {
		v.Breaks = []pause{{ID: 1, Service: lunch, Windows: []span{rest}}}
		m.duty -= lunch
	}
	m.Vehicles = append(m.Vehicles, v)
}

// services draws how long the tasks take, to fill the share of the duty that is asked for.
func (m *maker) services() []int64 {
	minutes := []int64{20, 30, 30, 45, 45, 60, 60, 90, 120, 150}
	out, sum := make([]int64, m.Tasks), int64(0)
	for i := range out {
		out[i] = minutes[m.rng.IntN(len(minutes))] * 60
		sum += out[i]
	}
	if m.Load == 0 || sum == 0 {
		return out
	}
	for i, s := range out {
		out[i] = max(least, int64(float64(s)*m.Load*m.duty/float64(sum))/60*60)
	}
	return out
}

// ask makes a task.
func (m *maker) ask(service int64) {
	j := job{ID: len(m.Jobs) + 1, Location: m.point(), Setup: setup, Service: service, Delivery: make([]int64, families)}
	first, last, from, to := m.when()
	for d := first; d < last; d++ {
		j.Windows = append(j.Windows, span{int64(d)*day + from*hour, int64(d)*day + to*hour})
	}
	j.Skills = m.able(1 + b2i(m.rng.IntN(4) == 0))
	switch u := m.rng.Float64(); {
	case u < .15:
		j.Priority = 100
	case u < .4:
		j.Priority = 30
	default:
		j.Priority = int64(m.rng.IntN(11))
	}
	for range []int{0, 0, 1, 1, 2}[m.rng.IntN(5)] {
		j.Delivery[m.rng.IntN(families)]++
	}
	m.Jobs = append(m.Jobs, j)
}

// when draws the days and hours in which a task may begin.
func (m *maker) when() (first, last int, from, to int64) {
	u, d := m.rng.Float64(), m.rng.IntN(max(1, m.Days))
	switch {
	case u < .4:
		return 0, m.Days, 8, 20
	case u < .75:
		part := [][2]int64{{8, 12}, {12, 17}, {16, 20}, {8, 20}}[m.rng.IntN(4)]
		return d, min(m.Days, d+3), part[0], part[1]
	}
	hours := int64(8 + m.rng.IntN(9))
	return d, d + 1, hours, hours + 2
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
