package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// linked is a problem small enough to try every order on every shift at every
// second: four visits, two of them linked, within 90 seconds.
func linkedSpec(r *rand.Rand) routing.Spec {
	var at [6]int
	for i := range at {
		at[i] = r.IntN(21) - 10
	}
	spec := line(at[:4], at[4], at[5])
	for i := range spec.Technicians {
		spec.Technicians[i].Shifts[0].Close = 90
		spec.Technicians[i].Rates.WorkHour = int64(r.IntN(2) * 3600)
	}
	for i := range spec.Jobs {
		j := &spec.Jobs[i]
		j.Service, j.Priority, j.Price = int64(3+r.IntN(10)), r.IntN(2), int64(r.IntN(60))
		if r.IntN(3) == 0 {
			open := int64(r.IntN(50))
			j.Windows = []routing.Window{{Open: open, Close: open + int64(r.IntN(25))}}
		}
	}
	l := routing.Link{First: 1, Second: 2, Sequence: routing.Sequence(r.IntN(3)), Crew: routing.Crew(r.IntN(3))}
	switch l.Sequence {
	case routing.Unordered:
	case routing.Follows:
		l.Least = int64(r.IntN(8))
		l.Most = int64(r.IntN(2)) * (l.Least + int64(r.IntN(9)))
	case routing.Together:
		spec.Jobs[2].Site, l.Crew = spec.Jobs[1].Site, routing.OtherCrew
	}
	spec.Links = []routing.Link{l}
	return spec
}

// optimum tries everything.
func (o *oracle) linkedOptimum() (lost int, money int64) {
	lost = len(o.spec.Jobs) + 1
	routes := make([][]int, len(o.shifts))
	var next func(j int)
	next = func(j int) {
		if j == len(o.spec.Jobs) {
			if l, m, ok := o.together(routes); ok && (l < lost || l == lost && m < money) {
				lost, money = l, m
			}
			return
		}
		next(j + 1)
		for r := range routes {
			for k := range len(routes[r]) + 1 {
				old := routes[r]
				routes[r] = slices.Insert(slices.Clone(old), k, j)
				next(j + 1)
				routes[r] = old
			}
		}
	}
	next(0)
	return lost, money
}

// together prices routes with the best instants of the two linked visits.
func (o *oracle) together(routes [][]int) (lost int, money int64, ok bool) {
	l := o.spec.Links[0]
	var at [4]int
	for j := range at {
		at[j] = slices.IndexFunc(routes, func(r []int) bool { return slices.Contains(r, j) })
		if at[j] < 0 {
			lost += o.spec.Jobs[j].Priority
			money += o.spec.Jobs[j].Price * 18000
		}
	}
	a, b := at[l.First], at[l.Second]
	if (a < 0) != (b < 0) || a >= 0 && (l.Crew == routing.SameCrew && a != b || l.Crew == routing.OtherCrew && a == b) {
		return 0, 0, false
	}
	if a < 0 || l.Sequence == routing.Unordered {
		sum, fine := o.price(routes)
		return lost, money + sum, fine
	}
	best := int64(-1)
	for first := range int64(90) {
		from, to := first, first
		if l.Sequence == routing.Follows {
			from = first + o.spec.Jobs[l.First].Service + l.Least
			to = 90
			if l.Most > 0 {
				to = first + o.spec.Jobs[l.First].Service + l.Most
			}
		}
		if sum, fine := o.appointed(routes, l, first, from, to); fine && (best < 0 || sum < best) {
			best = sum
		}
	}
	return lost, money + best, best >= 0
}

// appointed prices routes when the first visit starts at an instant and the second
// at the best one of a stretch.
func (o *oracle) appointed(routes [][]int, l routing.Link, first, from, to int64) (best int64, ok bool) {
	a, b := &o.spec.Jobs[l.First], &o.spec.Jobs[l.Second]
	old, then := a.Windows, b.Windows
	defer func() { a.Windows, b.Windows = old, then }()
	in := func(ws []routing.Window, at int64) bool {
		return len(ws) == 0 || ws[0].Open <= at && at <= ws[0].Close
	}
	if !in(old, first) {
		return 0, false
	}
	a.Windows = []routing.Window{{Open: first, Close: first}}
	for second := from; second <= min(to, 90); second++ {
		if !in(then, second) {
			continue
		}
		b.Windows = []routing.Window{{Open: second, Close: second}}
		if sum, fine := o.price(routes); fine && (!ok || sum < best) {
			best, ok = sum, true
		}
	}
	return best, ok
}

func (o *oracle) price(routes [][]int) (sum int64, ok bool) {
	for r, jobs := range routes {
		c, fine := o.route(r, jobs)
		if !fine {
			return 0, false
		}
		sum += c
	}
	return sum, true
}

// TestLinkedOptimum compares with trying every order at every second.
func TestLinkedOptimum(t *testing.T) {
	t.Parallel()
	seeds, served := uint64(45), 0
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 12))
		spec := linkedSpec(r)
		if seed >= 30 {
			spec.Travel.Speeds = speeds(r)
		}
		p := must(t, spec)
		plan := routing.Improve(p, 3000, 1)
		bill := routing.Cost(p, plan)
		lost, money := newOracle(spec).linkedOptimum()
		if bill.Unserved[1] != lost || int64(bill.Total()) != money {
			t.Errorf("seed %d: unserved %v money %d, want %d %d; link %+v, plan %v", seed, bill.Unserved, bill.Total(), lost, money, spec.Links, plan)
		}
		served += len(plan.Appointed)
	}
	if served == 0 {
		t.Error("no linked visit was served")
	}
}
