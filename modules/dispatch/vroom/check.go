package vroom

import (
	"maps"
	"math"
	"slices"
)

const (
	maxInstant = int64(1) << 40 // seconds; a window may close later, which says "whenever"
	maxLength  = int64(1) << 28 // seconds of one service, setup or break
	maxMoney   = int64(1) << 40
	maxParts   = int64(1) << 30
	usual      = 100 // hundredths: a speed_factor of 1
	maxSpeed   = 500
)

func checkSizes(r *report, p *Problem) {
	if p.Jobs()*p.Vehicles() > MaxPairs {
		r.tooMany("/jobs", MaxPairs/p.Vehicles())
	}
}

// checkIdentity sees to it that everybody can be named.
func checkIdentity(r *report, p *Problem) {
	jobs := map[named]bool{}
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		identify(r, jobs, j.kind, j.ID, "%s/id", j.pointer)
	}
	for i := range p.doc.Vehicles {
		v, breaks := &p.doc.Vehicles[i], map[named]bool{}
		if v.ID == nil { // several may have the same, as the format has it
			r.wrong("required", "/vehicles/%d/id", i)
		}
		for k := range v.Breaks {
			identify(r, breaks, "", v.Breaks[k].ID, "/vehicles/%d/breaks/%d/id", i, k)
		}
		for k, s := range v.Steps {
			checkStep(r, s, jobs, breaks, i, k)
		}
	}
}

func identify(r *report, seen map[named]bool, kind string, id *uint64, pointer string, at ...any) {
	switch {
	case id == nil:
		r.wrong("required", pointer, at...)
	case seen[named{kind, *id}]:
		r.wrong("twice", pointer, at...)
	default:
		seen[named{kind, *id}] = true
	}
}

// checkStep takes steps as they are: only names that nobody has are refused.
func checkStep(r *report, s step, jobs, breaks map[named]bool, i, k int) {
	switch s.Type {
	case "start", "end":
	case "break":
		if s.ID != nil && !breaks[named{"", *s.ID}] {
			r.wrong("unknown", "/vehicles/%d/steps/%d/id", i, k)
		}
	case kindRefill:
		if s.ID == nil || !jobs[named{refillOf(i), *s.ID}] {
			r.wrong("unknown", "/vehicles/%d/steps/%d/id", i, k)
		}
	case kindJob, kindPickup, kindDelivery:
		if s.ID == nil || !jobs[named{s.Type, *s.ID}] {
			r.wrong("unknown", "/vehicles/%d/steps/%d/id", i, k)
		}
	default:
		r.wrong("enum", "/vehicles/%d/steps/%d/type", i, k)
	}
}

func checkJobs(r *report, p *Problem) {
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		r.within(j.Setup, maxLength, "%s/setup", j.pointer)
		r.within(j.Service, maxLength, "%s/service", j.pointer)
		if j.kind == kindJob {
			r.within(j.Priority, 100, "%s/priority", j.pointer)
		}
		for _, kind := range slices.Sorted(maps.Keys(j.SetupPer)) {
			r.within(j.SetupPer[kind], maxLength, "%s/setup_per_type/%s", j.pointer, escape(kind))
		}
		for _, kind := range slices.Sorted(maps.Keys(j.ServicePer)) {
			r.within(j.ServicePer[kind], maxLength, "%s/service_per_type/%s", j.pointer, escape(kind))
		}
		checkWindows(r, j.Windows, "%s/time_windows", j.pointer)
	}
}

// checkWindows wants at least one window where there is a list of them: nobody
// can tell whether an empty list means always or never.
func checkWindows(r *report, list *[]span, pointer string, at ...any) {
	if list == nil {
		return
	}
	if len(*list) == 0 {
		r.wrong("invalid", pointer, at...)
	}
	for k, w := range *list {
		checkWindow(r, w, pointer+"/%d", append(at[:len(at):len(at)], k)...)
	}
}

func checkWindow(r *report, w span, pointer string, at ...any) {
	switch {
	case len(w) < 2: // what follows means nothing to anybody
		r.wrong("shape", pointer, at...)
	case w[0] < 0 || w[0] > maxInstant:
		r.wrong("out_of_range", pointer, at...)
	case w[1] < w[0]:
		r.wrong("before_start", pointer, at...)
	}
}

func checkVehicles(r *report, p *Problem) {
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		if v.Window != nil {
			checkWindow(r, v.Window, "/vehicles/%d/time_window", i)
		}
		checkCosts(r, &v.Costs, i)
		for k := range v.Breaks {
			b := &v.Breaks[k]
			r.within(b.Service, maxLength, "/vehicles/%d/breaks/%d/service", i, k)
			checkWindows(r, b.Windows, "/vehicles/%d/breaks/%d/time_windows", i, k)
			if b.keepsOut(v.Capacity) {
				r.unsupported("/vehicles/%d/breaks/%d/max_load", i, k)
			}
		}
		checkLimits(r, v, i)
	}
}

// keepsOut reports whether the vehicle can have too much on board for a break.
func (b *pause) keepsOut(capacity []int64) bool {
	for d, most := range b.MaxLoad {
		if d < len(capacity) && most < capacity[d] {
			return true
		}
	}
	return false
}

func checkCosts(r *report, c *costs, i int) {
	r.within(c.Fixed, maxMoney, "/vehicles/%d/costs/fixed", i)
	r.within(c.perHour(), maxMoney, "/vehicles/%d/costs/per_hour", i)
	r.within(c.PerKM, maxMoney, "/vehicles/%d/costs/per_km", i)
	r.within(c.PerTaskHour, maxMoney, "/vehicles/%d/costs/per_task_hour", i)
	r.within(c.PerWorkHour, maxMoney, "/vehicles/%d/costs/per_work_hour", i)
}

// perHour is the cost of an hour of travel: a second costs 1 unless it is stated.
func (c *costs) perHour() int64 {
	if c.PerHour == nil {
		return 3600
	}
	return *c.PerHour
}

// checkAmounts finds the dimensions of capacity, which all lists share.
func checkAmounts(r *report, p *Problem) {
	size := func(list []int64, pointer string, at ...any) {
		if list == nil {
			return
		}
		if p.amounts == 0 {
			p.amounts = len(list)
		}
		if len(list) != p.amounts {
			r.wrong("does_not_fit", pointer, at...)
		}
		for _, v := range list {
			r.within(v, math.MaxInt32, pointer, at...)
		}
	}
	for i := range p.doc.Vehicles {
		room := p.doc.Vehicles[i].Capacity
		for d := range room { // the largest number at hand says that there is room for all
			room[d] = min(room[d], math.MaxInt32)
		}
		size(room, "/vehicles/%d/capacity", i)
	}
	for i := range p.doc.single {
		size(p.doc.Jobs[i].delivery(), "/jobs/%d/delivery", i)
		size(p.doc.Jobs[i].Pickup, "/jobs/%d/pickup", i)
	}
	for k := range p.doc.Shipments {
		size(p.doc.Shipments[k].Amount, "/shipments/%d/amount", k)
	}
	if p.amounts > maxAmounts {
		r.tooMany("/vehicles", maxAmounts)
	}
}

// checkProfiles finds the profiles and speeds of the vehicles. Either all profiles
// have matrices or none: places have a row or a point.
func checkProfiles(r *report, p *Problem) {
	known := map[string]int{}
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		speed := int64(usual)
		if v.Speed != nil {
			speed = int64(math.Round(usual * min(10, max(0, *v.Speed))))
			if speed < 1 || speed > maxSpeed {
				r.wrong("out_of_range", "/vehicles/%d/speed_factor", i)
			}
		}
		name := profileOf(v)
		_, stated := p.doc.Matrices[name]
		k, seen := known[name]
		if !seen {
			k = len(p.profiles)
			known[name], p.profiles = k, append(p.profiles, profile{name: name})
		}
		if i == 0 {
			p.matrix = stated
		}
		if stated != p.matrix {
			r.unsupported("/vehicles/%d/profile", i)
		}
		p.of, p.speeds = append(p.of, k), append(p.speeds, speed)
	}
	if len(p.doc.Vehicles) == 0 {
		_, p.matrix = p.doc.Matrices["car"]
		p.profiles = []profile{{name: "car"}}
	}
}
