package routing_test

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// features says which rules a generated problem uses.
type features struct {
	windows, several, due, skills, breaks, loads, pins, people, work, frozen bool

	partners, surcharges, visits, roads, minimum, nights, worth bool

	ways, paces, setups, tide bool

	unpaid bool // nobody is paid by the hour
	takes  bool // things come back, too
	links  bool // visits depend on each other
	even   bool // work is balanced at a price
	tell   bool // starts have been told
	pairs  bool // some jobs are shipments
	state  bool // a day in progress
	stock  bool // tools and parts on the van, and refills
}

var everything = features{
	windows: true, several: true, due: true, skills: true, breaks: true, loads: true, pins: true, people: true, work: true, frozen: true,
	partners: true, surcharges: true, visits: true, roads: true, minimum: true, nights: true, worth: true, takes: true, pairs: true, state: true, even: true, tell: true, stock: true,
	ways: true, paces: true, setups: true, tide: true,
}

// generate makes a small random problem: a working day of 600 units on a plane.
func generate(r *rand.Rand, jobs, technicians int, f features) routing.Spec {
	type point struct{ x, y int }
	sites := make([]point, jobs+technicians)
	for i := range sites {
		sites[i] = point{r.IntN(60), r.IntN(60)}
	}
	spec := routing.Spec{Travel: routing.Matrix(len(sites), func(i, j int) (int32, int32) {
		d := int32(abs(sites[i].x-sites[j].x) + abs(sites[i].y-sites[j].y))
		if i != j && i < j {
			d++ // one way is longer
		}
		return d, d * 3
	})}
	spec.Lateness[1] = []routing.Slope{{After: 0, PerHour: 900}, {After: 60, PerHour: 4000}}
	spec.Lateness[2] = []routing.Slope{{After: 10, PerHour: 8000}}
	for t := range technicians {
		spec.Technicians = append(spec.Technicians, technician(r, jobs+t, r.IntN(len(sites)), f))
	}
	for i := range jobs {
		spec.Jobs = append(spec.Jobs, aJob(r, i, technicians, f))
	}
	travels(r, &spec, f)
	if f.worth {
		spec.ByWorth = true
		for i := range spec.Jobs {
			spec.Jobs[i].Worth = int64(r.IntN(4) * (1 + r.IntN(20)))
		}
	}
	if f.pairs {
		ship(r, &spec)
	}
	if f.stock {
		equip(r, &spec, len(sites))
	}
	if f.frozen && jobs > 3 {
		spec.Technicians[0].Shifts[0].Frozen = []int{1}
	}
	if f.even || f.tell {
		promise(r, &spec, jobs, f)
	}
	if f.links {
		link(r, &spec, jobs)
	}
	if f.state {
		progress(r, &spec)
	}
	return spec
}

// equip has jobs need tools and use parts, and lets most shifts refill once or twice.
func equip(r *rand.Rand, spec *routing.Spec, sites int) {
	most := 2 + len(spec.Jobs) // few where every order is tried
	if len(spec.Jobs) >= 8 {
		most *= 2
	}
	for i := range spec.Jobs {
		j := &spec.Jobs[i]
		for k := range 2 {
			if r.IntN(3) == 0 {
				j.Tools = append(j.Tools, 7*k)
			}
		}
		if r.IntN(2) == 0 {
			j.Parts = []int32{int32(r.IntN(3)), int32(r.IntN(2))}
		}
	}
	for t := range spec.Technicians {
		for k := range spec.Technicians[t].Shifts {
			sh := &spec.Technicians[t].Shifts[k]
			sh.Parts = []int32{int32(r.IntN(4)), int32(r.IntN(2))}
			if r.IntN(2) == 0 {
				sh.Tools = []int{7}
			}
			for n := range min(r.IntN(3), most-len(spec.Jobs)) {
				v := routing.Refill{Job: len(spec.Jobs), All: n == 0 && r.IntN(2) == 0}
				if !v.All {
					v.Tools, v.Parts = []int{0}, []int32{int32(1 + r.IntN(3))}
				}
				stop := routing.Job{Site: r.IntN(sites), Service: int64(r.IntN(20))}
				if r.IntN(3) == 0 {
					stop.Windows = []routing.Window{{Open: sh.Open + int64(r.IntN(100)), Close: sh.Open + 100 + int64(r.IntN(200))}}
				}
				spec.Jobs, sh.Refills = append(spec.Jobs, stop), append(sh.Refills, v)
			}
		}
	}
}

// ship makes shipments of a third of the jobs or more; job 1 may be frozen and is none.
func ship(r *rand.Rand, spec *routing.Spec) {
	for _, v := range [][2]int{{2, 0}, {4, 3}, {6, 5}, {7, 8}, {10, 9}, {13, 12}} {
		if max(v[0], v[1]) >= len(spec.Jobs) {
			return
		}
		spec.Shipments = append(spec.Shipments, routing.Shipment{Pickup: v[0], Delivery: v[1], Load: []int32{int32(r.IntN(3)), int32(r.IntN(2))}})
		a, b := &spec.Jobs[v[0]], &spec.Jobs[v[1]]
		b.Price, b.Worth = 0, 0
		if a.Pin != nil && b.Pin != nil {
			b.Pin.Technician = a.Pin.Technician
			if b.Pin.Technician == routing.Any && b.Pin.Start == routing.Any {
				b.Pin = nil
			}
		}
	}
}

// progress takes a problem into the middle of its first day.
func progress(r *rand.Rand, spec *routing.Spec) {
	for i := range spec.Jobs {
		if newOracle(*spec).refills(i) {
			continue
		}
		spec.Jobs[i].Promised = r.IntN(4) == 0
		shipped := slices.ContainsFunc(spec.Shipments, func(v routing.Shipment) bool { return v.Pickup == i || v.Delivery == i })
		spec.Jobs[i].Retired = r.IntN(8) == 0 && !shipped
	}
	for t := range spec.Technicians {
		shifts := spec.Technicians[t].Shifts
		if s := &shifts[0]; r.IntN(2) == 0 {
			s.Begun = true
			s.Spent = routing.Spent{Work: int64(r.IntN(200)), Travel: int64(r.IntN(60)), Metres: int64(r.IntN(200)), Jobs: r.IntN(3)}
			s.Frozen = slices.DeleteFunc(slices.Clone(s.Frozen), func(j int) bool { return spec.Jobs[j].Retired })
		}
		if s := &shifts[len(shifts)-1]; len(shifts) > 1 && r.IntN(4) == 0 {
			s.Off = true
		}
	}
	for _, j := range spec.Technicians[0].Shifts[0].Frozen {
		spec.Jobs[j].Retired = false
	}
}

func technician(r *rand.Rand, home, end int, f features) routing.Technician {
	t := routing.Technician{Rates: routing.Rates{
		TravelHour: int64(r.IntN(500)), Kilometre: int64(100 + r.IntN(500)),
		WorkHour: int64(r.IntN(2) * 3000), OvertimeHour: int64(r.IntN(2) * 2000),
	}}
	if f.unpaid {
		t.Rates.WorkHour, t.Rates.OvertimeHour = 0, 0
	}
	if f.skills {
		for k := range 3 {
			if r.IntN(3) > 0 {
				t.Skills = append(t.Skills, routing.Grant{Skill: k, Level: 1 + r.IntN(3), Until: int64(r.IntN(2) * r.IntN(1500))})
			}
		}
	}
	for d := range 1 + r.IntN(2) {
		open := int64(d*1000 + r.IntN(100))
		s := routing.Shift{Start: home, End: []int{home, home, end}[r.IntN(3)], Open: open, Close: open + 300 + int64(r.IntN(300)), CallOut: int64(r.IntN(3) * 20)}
		s.Regular = s.Close - int64(r.IntN(2)*100)
		if f.work && r.IntN(2) == 0 {
			s.MaxWork = 150 + int64(r.IntN(300))
		}
		if f.loads {
			s.Capacity = []int32{int32(2 + r.IntN(6)), int32(r.IntN(5))}
		}
		if f.takes {
			s.Capacity = []int32{int32(2 + r.IntN(4)), int32(1 + r.IntN(4)), int32(1 + r.IntN(4))}
		}
		if f.breaks {
			s.Breaks = breaks(r, open)
		}
		if f.pairs && s.Capacity == nil {
			s.Capacity = []int32{int32(1 + r.IntN(4)), int32(r.IntN(4))}
		}
		contract(r, &s, f)
		t.Shifts = append(t.Shifts, s)
	}
	return t
}

// breaks are up to two rests, whose windows may overlap and be two.
func breaks(r *rand.Rand, open int64) (out []routing.Break) {
	for range r.IntN(3) {
		b := routing.Break{Open: open + int64(r.IntN(200)), Length: int64(r.IntN(40))}
		b.Close = b.Open + int64(r.IntN(120))
		if r.IntN(2) == 0 {
			next := b.Close + 1 + int64(r.IntN(100))
			b.Later = []routing.Window{{Open: next, Close: next + int64(r.IntN(60))}}
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b routing.Break) int { return cmp.Compare(latest(a), latest(b)) })
	return out
}

// latest is the last instant at which a break may start.
func latest(b routing.Break) int64 {
	for _, w := range b.Later {
		b.Close = w.Close
	}
	return b.Close
}

// contract adds to a shift what an employer or a partner agrees on.
func contract(r *rand.Rand, s *routing.Shift, f features) {
	if f.partners && r.IntN(2) == 0 {
		s.PerJob, s.Repeat = int64(r.IntN(60)), int64(r.IntN(40))
	}
	if f.visits && r.IntN(3) > 0 {
		s.MaxJobs = 1 + r.IntN(4)
	}
	if f.roads && r.IntN(2) == 0 {
		s.MaxTravel = 60 + int64(r.IntN(200))
	}
	if f.roads && r.IntN(2) == 0 {
		s.MaxMetres = 180 + int64(r.IntN(600))
	}
	if f.minimum && r.IntN(2) == 0 {
		s.Minimum = int64(r.IntN(400))
	}
	if f.nights {
		for n := range int64(r.IntN(3)) {
			from := s.Open + n*250 + int64(r.IntN(100))
			s.Nights = append(s.Nights, routing.Surplus{From: from, To: from + 1 + int64(r.IntN(150)), PerHour: int64(r.IntN(5000))})
		}
	}
}

func aJob(r *rand.Rand, site, technicians int, f features) routing.Job {
	j := routing.Job{
		Site: site, Service: int64(10 + r.IntN(60)), Priority: r.IntN(4), Price: int64(r.IntN(200)),
	}
	if f.windows && r.IntN(3) > 0 {
		open := int64(r.IntN(500) + r.IntN(2)*1000)
		j.Windows = []routing.Window{{Open: open, Close: open + int64(r.IntN(200))}}
		if f.several && r.IntN(2) == 0 {
			open += 210 + int64(r.IntN(200))
			j.Windows = append(j.Windows, routing.Window{Open: open, Close: open + 60})
		}
	}
	if f.windows && r.IntN(5) == 0 {
		j.PartsFrom = int64(r.IntN(1200))
	}
	if f.due && r.IntN(2) == 0 {
		j.Due = int64(1 + r.IntN(700))
		if j.Due%3 == 0 { // a price of its own
			j.Lateness = []routing.Slope{{PerHour: 300 * (j.Due % 5)}, {After: 50 + j.Due%7, PerHour: 6000}}
		}
	}
	if f.skills && r.IntN(2) == 0 {
		j.Needs = []routing.Need{{Skill: r.IntN(3), Level: 1 + r.IntN(2)}}
	}
	if f.loads {
		j.Load = []int32{int32(r.IntN(3)), int32(r.IntN(2))}
	}
	if f.takes {
		j.Load, j.Take = []int32{int32(r.IntN(4)), int32(r.IntN(2))}, []int32{int32(r.IntN(4)), 0, int32(r.IntN(2))}
	}
	if f.people {
		switch r.IntN(6) {
		case 0:
			j.Required = []int{r.IntN(technicians)}
		case 1:
			j.Excluded = []int{r.IntN(technicians)}
		case 2:
			j.Preferred, j.PreferPrice = []int{r.IntN(technicians)}, 50
		case 3:
			j.Last = &routing.Last{Technician: r.IntN(technicians), HandPrice: 80, DayPrice: 30}
		}
	}
	if f.surcharges && r.IntN(2) == 0 {
		for _, t := range r.Perm(technicians)[:r.IntN(technicians+1)] {
			j.Surcharges = append(j.Surcharges, routing.Surcharge{Technician: t, Price: int64(r.IntN(80))})
		}
	}
	if f.pins && r.IntN(6) == 0 {
		j.Pin = &routing.Pin{Technician: r.IntN(technicians+1) - 1, Start: int64(r.IntN(400))}
		if j.Pin.Technician != routing.Any && r.IntN(2) == 0 {
			j.Pin.Start = routing.Any
		}
	}
	return j
}

func abs(v int) int { return max(v, -v) }
