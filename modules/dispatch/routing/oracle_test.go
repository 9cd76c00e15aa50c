package routing_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// oracle knows the rules a second time, as slowly and plainly as possible, for
// problems without frozen work.
type oracle struct {
	spec   routing.Spec
	shifts []oracleShift
}

type oracleShift struct {
	routing.Shift
	technician, place int
}

func newOracle(spec routing.Spec) *oracle {
	o := &oracle{spec: spec}
	for t := range spec.Technicians {
		for k, s := range spec.Technicians[t].Shifts {
			o.shifts = append(o.shifts, oracleShift{s, t, k})
		}
	}
	return o
}

// windows of a job, after its pin and its part have spoken.
func (o *oracle) windows(j *routing.Job) (out []routing.Window) {
	if j.Pin != nil && j.Pin.Start != routing.Any {
		return []routing.Window{{Open: j.Pin.Start, Close: j.Pin.Start}}
	}
	if len(j.Windows) == 0 {
		return []routing.Window{{Open: j.PartsFrom, Close: routing.Never}}
	}
	for _, w := range j.Windows {
		out = append(out, routing.Window{Open: max(w.Open, j.PartsFrom), Close: w.Close})
	}
	return out
}

// enter is when a visit starts after an arrival, and in which window.
func (o *oracle) enter(j *routing.Job, at int64) (start int64, in routing.Window, ok bool) {
	for _, w := range o.windows(j) {
		if start = max(at, w.Open); start <= w.Close {
			return start, w, true
		}
	}
	return 0, in, false
}

// await is enter for somebody who waits for the time that was told, when waiting is
// no dearer than coming early.
func (o *oracle) await(s *oracleShift, j *routing.Job, at int64) (start int64, in routing.Window, ok bool) {
	start, in, ok = o.enter(j, at)
	if l := j.Last; ok && l != nil && l.StartPrice > 0 && start < l.Start.Open {
		cost := (l.Start.Open - start) * o.spec.Technicians[s.technician].Rates.WorkHour * 5
		later, next, fits := o.enter(j, l.Start.Open)
		if fits && later == l.Start.Open && cost <= l.StartPrice*18000 {
			return later, routing.Window{Open: later, Close: next.Close}, true
		}
	}
	return start, in, ok
}

// off is on which side of the time that was told a visit starts.
func off(j *routing.Job, start int64) int64 {
	switch l := j.Last; {
	case l == nil || l.StartPrice == 0 || l.Start.Open <= start && start <= l.Start.Close:
		return 0
	case start < l.Start.Open:
		return -1
	default:
		return 1
	}
}

// route prices a route in Grains by trying every departure.
func (o *oracle) route(r int, jobs []int) (cost int64, ok bool) {
	if len(jobs) == 0 {
		return 0, true
	}
	s := &o.shifts[r]
	t := &o.spec.Technicians[s.technician]
	acts, ok := o.acts(s, jobs)
	if !ok {
		return 0, false
	}
	v := o.sail(s, acts, s.Open)
	leave, end, late := s.Open, v.end, v.late
	if v.missed || end > s.Close {
		return 0, false
	}
	for d := s.Open + 1; d <= s.Close && !s.Begun; d++ {
		later := o.sail(s, acts, d)
		if later.missed || later.end != end || !slices.Equal(later.late, late) || !slices.Equal(later.off, v.off) {
			break
		}
		v, leave = later, d
	}
	travel, metres := v.travel, v.metres
	for _, limit := range [][2]int64{
		{end - leave + s.Spent.Work, s.MaxWork},
		{travel + s.Spent.Travel, s.MaxTravel},
		{metres + s.Spent.Metres, s.MaxMetres},
		{o.visits(jobs) + int64(s.Spent.Jobs), int64(s.MaxJobs)},
	} {
		if limit[1] > 0 && limit[0] > limit[1] {
			return 0, false
		}
	}
	if s.Spent.Jobs == 0 {
		cost = s.CallOut * 18000
	}
	paid := max(end-leave+s.Spent.Work, s.Minimum) - s.Spent.Work
	cost += travel*t.Rates.TravelHour*5 + metres*t.Rates.Kilometre*18 + paid*t.Rates.WorkHour*5
	cost += v.tolls*18000 + v.tasks*t.Rates.TaskHour*5
	for second := leave; second < end; second++ {
		slope := int64(0)
		for _, sl := range s.Even {
			if second-leave+s.Spent.Work >= sl.After {
				slope = sl.PerHour
			}
		}
		cost += slope * 5
		for _, n := range s.Nights {
			if second >= n.From && second < n.To {
				cost += n.PerHour * 5
			}
		}
	}
	regular := s.Regular
	if regular == 0 {
		regular = s.Close
	}
	cost += max(0, end-regular) * t.Rates.OvertimeHour * 5
	cost += o.visits(jobs) * (s.PerJob + s.Repeat) * 18000
	for i, j := range jobs {
		for second := int64(0); second < late[i]; second++ { // the slope in force in this second
			slope := int64(0)
			for _, sl := range delayOf(&o.spec, j) {
				if second >= sl.After {
					slope = sl.PerHour
				}
			}
			cost += slope * 5
		}
		if v.off[i] != 0 {
			cost += o.spec.Jobs[j].Last.StartPrice * 18000
		}
		cost += o.extra(&o.spec.Jobs[j], s)
	}
	return cost, true
}

func (o *oracle) extra(j *routing.Job, s *oracleShift) (cost int64) {
	if len(j.Preferred) > 0 && !slices.Contains(j.Preferred, s.technician) {
		cost += j.PreferPrice * 18000
	}
	for _, c := range j.Surcharges {
		if c.Technician == s.technician {
			cost += c.Price * 18000
		}
	}
	if j.Last != nil && j.Last.Technician != s.technician {
		return cost + j.Last.HandPrice*18000
	}
	if j.Last != nil && j.Last.Shift != s.place {
		cost += j.Last.DayPrice * 18000
	}
	return cost
}

// may is whether a shift may do a job at all.
func (o *oracle) may(r, job int) bool {
	j, s := &o.spec.Jobs[job], &o.shifts[r]
	if j.Retired || s.Off {
		return false
	}
	if o.refills(job) {
		return slices.ContainsFunc(s.Refills, func(f routing.Refill) bool { return f.Job == job })
	}
	if j.Pin != nil && j.Pin.Technician != routing.Any {
		return j.Pin.Technician == s.technician
	}
	if slices.Contains(j.Excluded, s.technician) || len(j.Required) > 0 && !slices.Contains(j.Required, s.technician) {
		return false
	}
	for _, n := range j.Needs {
		if !slices.ContainsFunc(o.spec.Technicians[s.technician].Skills, func(g routing.Grant) bool {
			return g.Skill == n.Skill && g.Level >= n.Level && (g.Until == 0 || g.Until >= s.Close)
		}) {
			return false
		}
	}
	return true
}

// carries reports whether the van holds all at every moment, or no more than what
// is frozen has it hold anyway.
func (o *oracle) carries(r int, jobs []int) bool {
	for d := range 3 {
		if o.aboard(jobs, d) > max(amount(o.shifts[r].Capacity, d), o.aboard(o.shifts[r].Frozen, d)) {
			return false
		}
	}
	return o.supplies(r, jobs)
}

// supplies counts tools and parts from visit to visit. What frozen work took has
// been there.
func (o *oracle) supplies(r int, jobs []int) bool {
	s := &o.shifts[r]
	has, stock, most := map[int]bool{}, [3]int64{}, [3]int64{}
	for _, k := range s.Tools {
		has[k] = true
	}
	for d := range stock {
		stock[d] = int64(amount(s.Parts, d))
	}
	for n, j := range jobs {
		v := &o.spec.Jobs[j]
		frozen := n < len(s.Frozen)
		for _, k := range v.Tools {
			if has[k] = has[k] || frozen; !has[k] {
				return false
			}
		}
		for d := range stock {
			stock[d] -= int64(amount(v.Parts, d))
			if frozen {
				most[d] = max(most[d], -stock[d])
			} else if stock[d] < -most[d] {
				return false
			}
		}
		for _, f := range s.Refills {
			if f.Job != j {
				continue
			}
			for _, k := range f.Tools {
				has[k] = true
			}
			for d := range stock {
				stock[d] += int64(amount(f.Parts, d))
				if f.All {
					has[0], has[7], stock[d] = true, true, stock[d]+1000
				}
			}
		}
	}
	return true
}

// aboard loads the van with all that is brought, goes from visit to visit and says
// how full it gets.
func (o *oracle) aboard(jobs []int, d int) (most int32) {
	now := int32(0)
	for _, j := range jobs {
		now += amount(o.spec.Jobs[j].Load, d)
	}
	most = now
	for _, j := range jobs {
		now += amount(o.spec.Jobs[j].Take, d) - amount(o.spec.Jobs[j].Load, d)
		for _, v := range o.spec.Shipments {
			switch j {
			case v.Pickup:
				now += amount(v.Load, d)
			case v.Delivery:
				now -= amount(v.Load, d)
			}
		}
		most = max(most, now)
	}
	return most
}

func amount(list []int32, d int) int32 {
	if d < len(list) {
		return list[d]
	}
	return 0
}

// whole reports whether each shipment in a route has both halves in their order.
func (o *oracle) whole(jobs []int) bool {
	for _, v := range o.spec.Shipments {
		a, b := slices.Index(jobs, v.Pickup), slices.Index(jobs, v.Delivery)
		if (a < 0) != (b < 0) || a > b {
			return false
		}
	}
	return true
}

// lost is what a plan leaves that does not serve job j: one of its class, the
// pinned in front, or its worth, which comes where the urgent stand.
func (o *oracle) lost(left *[5]int, j int) {
	switch c := o.class(j); {
	case o.delivers(j): // counted with its pickup
	case o.spec.ByWorth && c < 4:
		left[1] += int(o.spec.Jobs[j].Worth)
	case c > 0:
		left[4-c]++
	}
}

// best is the optimum: unserved jobs by class, most urgent first, then money. It
// prices every order of every set of jobs on every shift and combines them.
func (o *oracle) best() (unserved [5]int, money int64) {
	n := len(o.spec.Jobs)
	const no = int64(1) << 60
	all := make([]int64, 1<<n) // cheapest way to do exactly a set with the shifts so far
	for i := range all {
		all[i] = no
	}
	all[0] = 0
	for r := range o.shifts {
		alone := make([]int64, 1<<n)
		for i := range alone {
			alone[i] = no
		}
		o.orders(r, nil, 0, alone)
		next := slices.Clone(all)
		for set := range all {
			for sub := set; sub > 0; sub = (sub - 1) & set {
				if alone[sub] < no && all[set&^sub] < no {
					next[set] = min(next[set], alone[sub]+all[set&^sub])
				}
			}
		}
		all = next
	}
	found := false
	for set, cost := range all {
		if cost == no {
			continue
		}
		var left [5]int
		for j := range n {
			if bits.OnesCount(uint(set&(1<<j))) == 0 && !o.spec.Jobs[j].Retired {
				cost += o.spec.Jobs[j].Price * 18000
				o.lost(&left, j)
			}
		}
		if d := slices.Compare(left[:], unserved[:]); !found || d < 0 || d == 0 && cost < money {
			unserved, money, found = left, cost, true
		}
	}
	return unserved, money
}

// idle reports whether a route makes a refill for nothing, which nobody is sent to,
// not even where it would pass the time until a night or a window is over.
func (o *oracle) idle(r int, jobs []int) bool {
	for k, j := range jobs {
		if o.refills(j) && o.supplies(r, slices.Delete(slices.Clone(jobs), k, k+1)) {
			return true
		}
	}
	return false
}

// visits counts what is no refill.
func (o *oracle) visits(jobs []int) (n int64) {
	for _, j := range jobs {
		n += int64(b2i(!o.refills(j)))
	}
	return n
}

// refills reports whether a job is a refill of some shift.
func (o *oracle) refills(j int) bool {
	for _, s := range o.shifts {
		if slices.ContainsFunc(s.Refills, func(f routing.Refill) bool { return f.Job == j }) {
			return true
		}
	}
	return false
}

func (o *oracle) delivers(j int) bool {
	return slices.ContainsFunc(o.spec.Shipments, func(v routing.Shipment) bool { return v.Delivery == j })
}

func (o *oracle) class(j int) int {
	firm := func(j int) bool { return o.spec.Jobs[j].Pin != nil || o.spec.Jobs[j].Promised }
	pinned := firm(j)
	for _, v := range o.spec.Shipments {
		pinned = pinned || v.Pickup == j && firm(v.Delivery)
	}
	if pinned {
		return 4
	}
	return o.spec.Jobs[j].Priority
}

func (o *oracle) orders(r int, jobs []int, set int, alone []int64) {
	if len(jobs) > 0 && o.whole(jobs) && o.carries(r, jobs) && !o.idle(r, jobs) {
		if c, ok := o.route(r, jobs); ok {
			alone[set] = min(alone[set], c)
		}
	}
	for j := range o.spec.Jobs {
		if set&(1<<j) == 0 && o.may(r, j) {
			o.orders(r, append(slices.Clone(jobs), j), set|1<<j, alone)
		}
	}
}

// TestOptimum solves small problems and compares with the exact optimum.
func TestOptimum(t *testing.T) {
	t.Parallel()
	rules := features{}
	for name, f := range map[string]features{
		"even": {windows: true, even: true}, "even and nights": {several: true, windows: true, even: true, nights: true, minimum: true},
		"told": {windows: true, tell: true}, "told alone": {tell: true, unpaid: true},
		"told and late":   {windows: true, several: true, due: true, tell: true, people: true, work: true, even: true},
		"told and breaks": {windows: true, breaks: true, tell: true},
		"bare":            rules, "windows": {windows: true}, "several windows": {windows: true, several: true}, "skills": {skills: true},
		"breaks": {windows: true, breaks: true}, "breaks and due": {windows: true, several: true, due: true, breaks: true, work: true, nights: true},
		"due": {windows: true, due: true}, "loads": {loads: true}, "work": {windows: true, work: true}, "people": {people: true},
		"pins":  {windows: true, pins: true, skills: true},
		"takes": {takes: true}, "takes and windows": {takes: true, windows: true, several: true, work: true},
		"pairs": {pairs: true}, "pairs and windows": {pairs: true, windows: true, several: true, work: true}, "pairs and takes": {pairs: true, takes: true, windows: true},
		"pairs and breaks": {pairs: true, windows: true, breaks: true, due: true, people: true, pins: true},
		"partners":         {partners: true},
		"surcharges":       {surcharges: true},
		"all but worth": {
			windows: true, several: true, due: true, skills: true, breaks: true, loads: true, pins: true, people: true, work: true,
			partners: true, surcharges: true, visits: true, roads: true, minimum: true, nights: true,
		},
		// without breaks: with them two visits may fit where neither fits alone, which no search by single visits finds
		"everything": {
			windows: true, several: true, due: true, skills: true, loads: true, pins: true, people: true, work: true,
			partners: true, surcharges: true, visits: true, roads: true, minimum: true, nights: true, worth: true, ways: true, paces: true, setups: true, takes: true, pairs: true, state: true, even: true, tell: true,
		},
		"state": {windows: true, state: true}, "state and limits": {windows: true, work: true, visits: true, roads: true, minimum: true, state: true},
		"state and worth": {windows: true, state: true, worth: true, pins: true},
		"visits":          {visits: true}, "roads": {roads: true}, "minimum": {windows: true, minimum: true}, "nights": {windows: true, nights: true},
		"ways": {windows: true, ways: true}, "ways and work": {windows: true, ways: true, work: true, roads: true, due: true, breaks: true},
		"paces": {windows: true, paces: true}, "setups": {windows: true, setups: true}, "paces, setups and breaks": {windows: true, paces: true, setups: true, breaks: true, ways: true},
		"tide": {windows: true, tide: true}, "tide and breaks": {windows: true, several: true, due: true, breaks: true, work: true, roads: true, tide: true},
		"tide and ways": {windows: true, tide: true, ways: true, setups: true, paces: true, nights: true, minimum: true}, "tide unpaid": {windows: true, several: true, tide: true, unpaid: true},
		"tide and state": {windows: true, tide: true, state: true, visits: true}, "tide and promises": {windows: true, tide: true, even: true, tell: true},
		"tide and pairs": {windows: true, several: true, tide: true, pairs: true, takes: true},
		"setups unpaid":  {windows: true, setups: true, unpaid: true}, "paces unpaid": {windows: true, paces: true, unpaid: true, ways: true},
		"worth": {windows: true, work: true, worth: true}, "worth and pins": {windows: true, work: true, pins: true, worth: true},
		"roads alone": {windows: true, roads: true, unpaid: true}, "nights alone": {windows: true, nights: true, unpaid: true},
		"minimum and nights": {windows: true, several: true, due: true, minimum: true, nights: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(15) {
				r := rand.New(rand.NewPCG(seed, 7))
				spec := generate(r, 3+int(seed%4), 2+int(seed%2), f)
				compareOptimum(t, spec, fmt.Sprint(name, "/", seed))
			}
		})
	}
}

func TestOptimumOfSeven(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("prices 13,700 orders per shift")
	}
	for seed := range uint64(3) {
		spec := generate(rand.New(rand.NewPCG(seed, 8)), 7, 3, features{windows: true, due: true, skills: true, breaks: true, loads: true, work: true, nights: true})
		compareOptimum(t, spec, fmt.Sprint("seven/", seed))
	}
}

func worthLeft(o *oracle, unserved []int) (sum int) {
	for _, j := range unserved {
		if o.class(j) < 4 {
			sum += int(o.spec.Jobs[j].Worth)
		}
	}
	return sum
}

func compareOptimum(t *testing.T, spec routing.Spec, name string) {
	t.Helper()
	p, err := routing.New(spec)
	if err != nil {
		t.Fatalf("%s: New() = %v", name, err)
	}
	want, money := newOracle(spec).best()
	for _, iterations := range []int{1000, 20000} { // which nearly always, and always, do
		plan := routing.Improve(p, iterations, 1)
		if b := routing.Check(p, plan); b != nil {
			t.Errorf("%s: Check() = %v", name, b)
		}
		got, cost := achieved(&spec, p, plan)
		if got == want && cost == money {
			return
		}
		if iterations == 20000 || cost < money && got == want {
			t.Errorf("%s: unserved %v money %d, want %v %d; plan %v", name, got, cost, want, money, plan)
		}
	}
}

// delayOf is what the lateness of a job costs: as it says itself, or as its priority does.
func delayOf(spec *routing.Spec, j int) []routing.Slope {
	if own := spec.Jobs[j].Lateness; len(own) > 0 {
		return own
	}
	return spec.Lateness[spec.Jobs[j].Priority]
}

// achieved is what a plan leaves, in the terms of the oracle, and what it costs.
func achieved(spec *routing.Spec, p *routing.Problem, plan routing.Plan) (left [5]int, cost int64) {
	bill := routing.Cost(p, plan)
	left = [5]int{bill.Unkept, bill.Unserved[3], bill.Unserved[2], bill.Unserved[1]}
	if spec.ByWorth {
		left = [5]int{bill.Unkept, worthLeft(newOracle(*spec), p.Unserved(plan))}
	}
	return left, int64(bill.Total())
}
