package routing_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// numbers goes through every integer of a spec, of long lists only the first ones.
func numbers(path string, v reflect.Value, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			numbers(path+"."+v.Type().Field(i).Name, v.Field(i), visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), 12) {
			numbers(fmt.Sprint(path, "[", i, "]"), v.Index(i), visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			numbers(path, v.Elem(), visit)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		visit(path, v)
	default:
	}
}

// TestExtremeNumbers sets each number of a problem that uses every rule to each of
// some that are out of all bounds: New refuses it, or a plan comes out that keeps the
// rules and costs neither less than nothing nor other than recomputed.
func TestExtremeNumbers(t *testing.T) {
	t.Parallel()
	f := everything
	f.links = true
	refused, solved := 0, 0
	for seed := range uint64(3) {
		spec := generate(rand.New(rand.NewPCG(seed, 40)), 9, 2, f)
		spec.Links = append(spec.Links, routing.Link{First: 7, Second: 1, Sequence: routing.Follows, Least: 1, Most: 2}, routing.Link{First: 7, Second: 8})
		if _, err := routing.New(spec); err != nil {
			spec.Links = spec.Links[:len(spec.Links)-2]
		}
		numbers("", reflect.ValueOf(&spec), func(path string, v reflect.Value) {
			old := v.Int()
			defer v.SetInt(old)
			for _, x := range []int64{math.MinInt64, math.MinInt32, -1, 0, math.MaxInt32, 1 << 40, 1 << 48, 1 << 50, 1 << 62, math.MaxInt64} {
				if v.OverflowInt(x) {
					continue
				}
				v.SetInt(x)
				p, err := routing.New(spec)
				if err != nil {
					refused++
					continue
				}
				solved++
				plan, stats := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 3})
				bill := routing.Cost(p, plan)
				if b := routing.Check(p, plan); b != nil || bill.Total() < 0 || bill.Lost < 0 || bill.Score() != stats.End {
					t.Errorf("seed %d: %s = %d: Check() = %v, bill %+v, stats %+v", seed, path, x, b, bill, stats)
				}
				for _, job := range p.Unserved(plan)[:min(2, len(p.Unserved(plan)))] {
					routing.Why(p, plan, job)
					routing.Relax(p, plan, job)
					routing.Insert(p, plan, job)
				}
			}
		})
	}
	if refused < 500 || solved < 500 {
		t.Errorf("%d refused, %d solved: too few to show anything", refused, solved)
	}
}

// TestHopeless states what cannot be served: the plan leaves it, and Why says which
// rule keeps it out.
func TestHopeless(t *testing.T) {
	t.Parallel()
	pin := func(who int, at int64) *routing.Pin { return &routing.Pin{Technician: who, Start: at} }
	for _, tt := range []struct {
		name   string
		spoil  func(s *routing.Spec)
		served int
		why    routing.Rule // of the first job that is left, for the first technician
	}{
		{"windows before any shift", func(s *routing.Spec) {
			for i := range s.Jobs {
				s.Jobs[i].Windows = []routing.Window{{Open: 1, Close: 2}}
			}
			s.Technicians[0].Shifts[0].Open, s.Technicians[1].Shifts[0].Open = 100, 100
		}, 0, routing.RuleWindow},
		{"windows too short for the way", func(s *routing.Spec) {
			for i := range s.Jobs {
				s.Jobs[i].Windows = []routing.Window{{Open: 0, Close: 3}}
			}
		}, 0, routing.RuleShift},
		{"no ways", func(s *routing.Spec) {
			for i := range s.Travel.Seconds {
				s.Travel.Seconds[i] = routing.Unreachable
			}
		}, 0, routing.RuleReach},
		{"a place that nobody comes back from", func(s *routing.Spec) {
			for to := range s.Travel.Sites {
				s.Travel.Seconds[to] = routing.Unreachable
			}
		}, 2, routing.RuleReach},
		{"no technicians", func(s *routing.Spec) { s.Technicians = nil }, 0, routing.RuleNone},
		{"no shifts", func(s *routing.Spec) { s.Technicians[0].Shifts, s.Technicians[1].Shifts = nil, nil }, 0, routing.RuleNoShift},
		{"two promised for the same second", func(s *routing.Spec) {
			s.Jobs[0].Pin, s.Jobs[1].Pin, s.Jobs[0].Service, s.Jobs[1].Service = pin(0, 50), pin(0, 50), 9, 9
		}, 2, routing.RuleFull},
		{"promised outside of the shift", func(s *routing.Spec) { s.Jobs[0].Pin = pin(0, 20_000) }, 2, routing.RuleWindow},
		{"pinned to who has no shift", func(s *routing.Spec) {
			s.Jobs[0].Pin, s.Technicians[0].Shifts = pin(0, routing.Any), nil
		}, 2, routing.RuleNoShift},
		{"required and excluded", func(s *routing.Spec) { s.Jobs[0].Required, s.Jobs[0].Excluded = []int{0}, []int{0} }, 2, routing.RuleExcluded},
		{"a visit longer than any shift", func(s *routing.Spec) { s.Jobs[0].Service = 1 << 40 }, 2, routing.RuleShift},
		{"shifts without length", func(s *routing.Spec) { s.Technicians[0].Shifts[0].Close, s.Technicians[1].Shifts[0].Close = 0, 0 }, 0, routing.RuleShift},
	} {
		spec := line([]int{10, 20, 30}, 0, 40)
		tt.spoil(&spec)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", tt.name, err)
		}
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 50})
		left := p.Unserved(plan)
		if b := routing.Check(p, plan); b != nil || p.Jobs()-len(left) != tt.served {
			t.Errorf("%s: %d served, Check() = %v, want %d", tt.name, p.Jobs()-len(left), b, tt.served)
		}
		if len(left) > 0 {
			if why := routing.Why(p, plan, left[0]); len(why) > 0 && why[0].Rule != tt.why || len(why) != len(spec.Technicians) {
				t.Errorf("%s: Why() = %v, want %q", tt.name, why, tt.why)
			}
			routing.Relax(p, plan, left[0])
		}
	}
}

// queue is many visits at one place.
func queue(jobs, technicians int) routing.Spec {
	spec := line([]int{10}, slices.Repeat([]int{0}, technicians)...)
	spec.Jobs = slices.Repeat(spec.Jobs, jobs)
	return spec
}

// calls is a context that is cancelled when it has been asked so many times.
type calls struct {
	context.Context
	asked, most int
}

func (c *calls) Err() error {
	if c.asked++; c.asked > c.most {
		return context.Canceled
	}
	return nil
}

// TestManyAtOnePlace plans 100,000 visits at one place and gives up early: the memory
// stays within bounds, and so does what is done after giving up.
func TestManyAtOnePlace(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 visits")
	}
	for _, technicians := range []int{1, 20} {
		p := must(t, queue(100_000, technicians))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ctx := &calls{Context: context.Background(), most: 120}
		plan, _, err := routing.Solve(ctx, p, routing.Plan{}, routing.Budget{OnlyContext: true}, rand.New(rand.NewPCG(1, 1)))
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if served := p.Jobs() - len(p.Unserved(plan)); served == 0 || served == p.Jobs() {
			t.Errorf("%d technicians: %d served, want some, for it gave up on the way", technicians, served)
		}
		if ctx.asked > ctx.most+8 {
			t.Errorf("%d technicians: asked %d times after it was cancelled", technicians, ctx.asked-ctx.most)
		}
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 600 {
			t.Errorf("%d technicians: %d MB were allocated", technicians, got)
		}
		if b := routing.Check(p, plan); b != nil {
			t.Errorf("%d technicians: Check() = %v", technicians, b[:1])
		}
	}
}

// TestRepairOfMany cuts a route of 30,000 visits down to those that fit.
func TestRepairOfMany(t *testing.T) {
	t.Parallel()
	spec := queue(30_000, 1)
	for i := range spec.Jobs {
		spec.Jobs[i].Service = 90
		if i%3 == 0 {
			spec.Jobs[i].Windows = []routing.Window{{Close: 5}} // too early for the way
		}
	}
	p := must(t, spec)
	all := make([]int, p.Jobs())
	for j := range all {
		all[j] = j
	}
	plan, err := routing.Repair(p, routing.Plan{Routes: [][]int{all}})
	if err != nil {
		t.Fatal(err)
	}
	var want []int // 110 visits of 90 in 10,000, less the way of 20
	for j := 1; len(want) < 110; j++ {
		if j%3 != 0 {
			want = append(want, j)
		}
	}
	if !slices.Equal(plan.Routes[0], want) {
		t.Errorf("Repair() keeps %d visits %v, want %d", len(plan.Routes[0]), plan.Routes[0], len(want))
	}
}

// TestGivesUpInsideAStep has steps that would each try every one of many jobs that
// find no place: the search asks whether to stop between them.
func TestGivesUpInsideAStep(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("60,000 visits")
	}
	spec := queue(60_000, 40)
	for i := range spec.Technicians {
		spec.Technicians[i].Shifts[0].MaxJobs = 5
	}
	for i := range spec.Jobs {
		spec.Jobs[i].Service = 1
	}
	p := must(t, spec)
	ctx := &calls{Context: context.Background(), most: 290}
	_, stats, err := routing.Solve(ctx, p, routing.Plan{}, routing.Budget{OnlyContext: true}, rand.New(rand.NewPCG(1, 1)))
	if err != nil || stats.Iterations == 0 || stats.Iterations > ctx.most {
		t.Errorf("%d iterations, %v, want no more than it was asked times", stats.Iterations, err)
	}
}
