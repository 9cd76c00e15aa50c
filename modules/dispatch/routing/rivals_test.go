package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// dearer is by how much b is dearer than a, prices of what is left aside.
func dearer(p *routing.Problem, a, b routing.Plan) routing.Grain {
	x, y := routing.Cost(p, a), routing.Cost(p, b)
	return y.Total() - y.Left - x.Total() + x.Left
}

// cheapestPlace tries every place of a job in some routes of a plan and asks Check
// and Cost.
func cheapestPlace(p *routing.Problem, plan routing.Plan, job int, routes []int) (best routing.Grain, ok bool) {
	rest := lessOne(plan, job)
	for _, r := range routes {
		for k := range len(rest.Routes[r]) + 1 {
			next := rest.Clone()
			next.Routes[r] = slices.Insert(next.Routes[r], k, job)
			if routing.Check(p, next) != nil {
				continue
			}
			if c := dearer(p, rest, next); !ok || c < best {
				best, ok = c, true
			}
		}
	}
	return best, ok
}

func lessOne(plan routing.Plan, job int) routing.Plan {
	rest := plan.Clone()
	for i, r := range rest.Routes {
		rest.Routes[i] = slices.DeleteFunc(r, func(j int) bool { return j == job })
	}
	return rest
}

func routesOf(p *routing.Problem, technician, shifts int) (out []int) {
	for k := range shifts {
		out = append(out, p.Route(technician, k))
	}
	return out
}

// TestRivals compares every rival of every served job with trying all places.
func TestRivals(t *testing.T) {
	t.Parallel()
	could, blocked := 0, 0
	for seed := range uint64(150) {
		spec := mixed(seed)
		p := must(t, spec)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 20})
		for job := range p.Jobs() {
			a, ok := routing.Rivals(p, plan, job)
			r := slices.IndexFunc(plan.Routes, func(r []int) bool { return slices.Contains(r, job) })
			frozen := slices.ContainsFunc(spec.Technicians[0].Shifts, func(s routing.Shift) bool { return slices.Contains(s.Frozen, job) })
			if ok != (r >= 0 && !frozen) {
				t.Fatalf("Rivals(%d) = %+v, %v in route %d", job, a, ok, r)
			}
			if !ok || halfOfShipment(spec, job) {
				continue
			}
			rest := lessOne(plan, job)
			if technician, shift := p.Owner(r); a.Technician != technician || a.Shift != shift || a.Cost != dearer(p, rest, plan) {
				t.Fatalf("Rivals(%d) = %+v, want technician %d shift %d cost %d", job, a, technician, shift, dearer(p, rest, plan))
			}
			if len(a.Rivals) != len(spec.Technicians)-1 {
				t.Fatalf("Rivals(%d) names %d of %d others", job, len(a.Rivals), len(spec.Technicians)-1)
			}
			for i, v := range a.Rivals {
				if frozenBreaks := routing.Check(p, rest) != nil; frozenBreaks {
					break // the job holds the others of its route in place, so Check approves nothing
				}
				cost, fits := cheapestPlace(p, plan, job, routesOf(p, v.Technician, len(spec.Technicians[v.Technician].Shifts)))
				if fits != (v.Rule == routing.RuleNone) || fits && cost-a.Cost != v.More {
					t.Fatalf("Rivals(%d) says %+v, trying says %v, more %d", job, v, fits, cost-a.Cost)
				}
				if i > 0 && v.Rule == routing.RuleNone && (a.Rivals[i-1].Rule != routing.RuleNone || a.Rivals[i-1].More > v.More) {
					t.Fatalf("Rivals(%d) is not ranked: %+v", job, a.Rivals)
				}
				could, blocked = could+b2i(fits), blocked+b2i(!fits)
				if fits {
					next := rest.Clone()
					next.Routes[v.Route] = slices.Insert(next.Routes[v.Route], v.Position, job)
					if b := routing.Check(p, next); b != nil || dearer(p, plan, next) != v.More {
						t.Fatalf("Rivals(%d): %+v carried out: %v, more %d", job, v, b, dearer(p, plan, next))
					}
				}
			}
		}
	}
	if could < 20 || blocked < 20 {
		t.Errorf("%d could, %d could not: too few to show anything", could, blocked)
	}
}

// TestCompare compares two plans with what their timetables and bills say.
func TestCompare(t *testing.T) {
	t.Parallel()
	changes, backs := 0, 0
	for seed := range uint64(150) {
		spec := mixed(seed)
		p := must(t, spec)
		was := routing.Improve(p, 20, 1)
		is := shuffled(rand.New(rand.NewPCG(seed, 1)), p, was)
		c := routing.Compare(p, was, is)
		old, now := places(p, was), places(p, is)
		i := 0
		for job := range p.Jobs() {
			if old[job] == now[job] {
				continue
			}
			if i >= len(c.Changes) || c.Changes[i].Job != job || c.Changes[i].Was != old[job] || c.Changes[i].Is != now[job] {
				t.Fatalf("job %d: %+v became %+v, but Compare() = %+v", job, old[job], now[job], c)
			}
			backs += b2i(checkBack(t, spec, p, is, c.Changes[i]))
			i++
		}
		if i != len(c.Changes) {
			t.Fatalf("Compare() = %+v, want %d changes", c, i)
		}
		changes += i
		var sum routing.Grain
		for _, s := range c.Sets {
			sum += s
		}
		a, b := routing.Cost(p, was), routing.Cost(p, is)
		if sum != b.Total()-a.Total() {
			t.Fatalf("the sets add up to %d, want %d", sum, b.Total()-a.Total())
		}
	}
	if changes < 50 || backs < 20 {
		t.Errorf("%d changes, %d tried back: too few to show anything", changes, backs)
	}
}

// halfOfShipment is whether a job is half of a shipment, of which both halves move.
func halfOfShipment(spec routing.Spec, job int) bool {
	return slices.ContainsFunc(spec.Shipments, func(s routing.Shipment) bool { return s.Pickup == job || s.Delivery == job })
}

// shuffled moves some jobs of a plan to other places that Check approves, and leaves
// some out.
func shuffled(r *rand.Rand, p *routing.Problem, plan routing.Plan) routing.Plan {
	for range 8 {
		job := r.IntN(p.Jobs())
		next := lessOne(plan, job)
		if o := routing.Insert(p, plan, job); len(o) > 0 && r.IntN(4) > 0 {
			to := o[r.IntN(len(o))]
			next.Routes[to.Route] = slices.Insert(next.Routes[to.Route], min(to.Position, len(next.Routes[to.Route])), job)
		}
		if routing.Check(p, next) == nil {
			plan = next
		}
	}
	return plan
}

func places(p *routing.Problem, plan routing.Plan) map[int]routing.Spot {
	out := map[int]routing.Spot{}
	for j := range p.Jobs() {
		out[j] = routing.Spot{Technician: routing.Any, Shift: routing.Any, Start: routing.Any}
	}
	for r, s := range routing.Timetable(p, plan) {
		technician, shift := p.Owner(r)
		for _, stop := range s.Stops {
			out[stop.Job] = routing.Spot{Technician: technician, Shift: shift, Start: stop.Start}
		}
	}
	return out
}

// checkBack puts a job that has changed hands or shift back by trying all places.
func checkBack(t *testing.T, spec routing.Spec, p *routing.Problem, is routing.Plan, c routing.Change) bool {
	if c.Was.Technician == c.Is.Technician && c.Was.Shift == c.Is.Shift {
		if c.Back != routing.RuleNone || c.More != 0 {
			t.Fatalf("%+v: only the start has changed", c)
		}
		return false
	}
	if halfOfShipment(spec, c.Job) {
		return false
	}
	rest := lessOne(is, c.Job)
	if c.Was.Technician == routing.Any {
		if got := dearer(p, is, rest); got != c.More {
			t.Fatalf("%+v: without it %d", c, got)
		}
		return true
	}
	if routing.Check(p, rest) != nil {
		return false
	}
	cost, fits := cheapestPlace(p, is, c.Job, []int{p.Route(c.Was.Technician, c.Was.Shift)})
	if fits != (c.Back == routing.RuleNone) || fits && cost+dearer(p, is, rest) != c.More {
		t.Fatalf("%+v: back it fits %v, more %d", c, fits, cost+dearer(p, is, rest))
	}
	return true
}

func BenchmarkRivals(b *testing.B) {
	p, err := routing.New(generate(rand.New(rand.NewPCG(1, 1)), 1000, 160, everything))
	if err != nil {
		b.Fatal(err)
	}
	plan := routing.Improve(p, 200, 1)
	n := 0
	for b.Loop() {
		routing.Rivals(p, plan, n%1000)
		n++
	}
}
