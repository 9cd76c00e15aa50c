package routing_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestMend revises a planned problem over and over. Each time the mended plan keeps
// every rule, is what the same arguments give again, and gives up nothing that counts
// most while there is a place for it.
func TestMend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.links = rapid.Bool().Draw(t, "links")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p, err := routing.New(generate(r, rapid.IntRange(1, 20).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f))
		if err != nil {
			t.Fatal(err)
		}
		v := routing.NewView(p, routing.Improve(p, 30, 1))
		for range 4 {
			next, err := revise(r, v.Problem(), f).Seal()
			if errors.Is(err, routing.ErrSpec) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			mended, _ := v.Mend(next, v.Plan())
			if b := routing.Check(next, mended.Plan()); b != nil {
				t.Fatalf("Check() = %v", b)
			}
			if again, _ := routing.NewView(v.Problem(), v.Plan()).Mend(next, v.Plan()); !reflect.DeepEqual(again.Plan(), mended.Plan()) {
				t.Fatalf("Mend() = %v, then %v", mended.Plan(), again.Plan())
			}
			keepsUrgent(t, v, mended)
			for j := range next.Jobs() {
				if got, want := mended.Why(j), routing.Why(next, mended.Plan(), j); !reflect.DeepEqual(got, want) {
					t.Fatalf("Why(%d) = %v, want %v", j, got, want)
				}
			}
			v = mended
		}
	})
}

// keepsUrgent wants a place for every job of the classes that are strict, where there
// is one beside those that count as much.
func keepsUrgent(t *rapid.T, before, after *routing.View) {
	p, plan := after.Problem(), after.Plan()
	spec := p.Spec()
	if spec.ByWorth {
		return
	}
	class := func(j int) int {
		job := &spec.Jobs[j]
		frozen := slices.ContainsFunc(spec.Technicians, func(t routing.Technician) bool {
			return slices.ContainsFunc(t.Shifts, func(s routing.Shift) bool { return slices.Contains(s.Frozen, j) })
		})
		if job.Pin != nil || job.Promised || frozen {
			return 4
		}
		return job.Priority
	}
	for _, j := range p.Unserved(plan) {
		if _, served := before.Served(j); !served || class(j) == 0 || tiedUp(&spec, j) {
			continue
		}
		for _, b := range routing.Why(p, plan, j) {
			if b.Rule == routing.RuleNone {
				t.Fatalf("job %d lost its place, but %+v", j, b)
			}
		}
	}
}

// tiedUp reports whether a job is not planned by itself.
func tiedUp(spec *routing.Spec, j int) bool {
	return slices.ContainsFunc(spec.Links, func(l routing.Link) bool { return l.First == j || l.Second == j }) ||
		slices.ContainsFunc(spec.Shipments, func(v routing.Shipment) bool { return v.Pickup == j || v.Delivery == j })
}

// TestMendMakesRoom fills a day and needs a place for one job more.
func TestMendMakesRoom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		other    func(j *routing.Job) // the job that has the place
		free     bool                 // there is a second technician who may do the other job
		promised bool                 // the new job
		want     []int                // who is served
	}{
		{"the other goes elsewhere", func(*routing.Job) {}, true, false, []int{0, 1}},
		{"a promised one goes elsewhere too", func(j *routing.Job) { j.Promised = true }, true, true, []int{0, 1}},
		{"a lower one gives way", func(j *routing.Job) { j.Priority = 1 }, false, false, []int{1}},
		{"an equal one stays", func(j *routing.Job) { j.Priority = 2 }, false, false, []int{0}},
		{"a promised one stays", func(j *routing.Job) { j.Promised = true }, false, false, []int{0}},
		{"a pinned one stays", func(j *routing.Job) { j.Pin = &routing.Pin{Technician: 0, Start: routing.Any} }, true, false, []int{0}},
		{"a promise outweighs the urgent", func(j *routing.Job) { j.Priority = 3 }, false, true, []int{1}},
	} {
		spec := line([]int{10}, 0, 0)
		spec.Jobs[0].Windows, spec.Jobs[0].Service, spec.Jobs[0].Priority = []routing.Window{{Open: 50, Close: 60}}, 20, 1
		tt.other(&spec.Jobs[0])
		if !tt.free {
			spec.Technicians = spec.Technicians[:1]
		}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := p.Empty()
		plan.Routes[0] = []int{0}
		v := p.Revise()
		v.AddJob(routing.Job{Site: spec.Jobs[0].Site, Windows: spec.Jobs[0].Windows, Service: 20, Priority: 2, Required: []int{0}, Promised: tt.promised})
		next, err := v.Seal()
		if err != nil {
			t.Fatal(err)
		}
		mended, _ := routing.NewView(p, plan).Mend(next, plan)
		got := mended.Plan()
		if served := slices.Sorted(slices.Values(slices.Concat(got.Routes...))); !slices.Equal(served, tt.want) {
			t.Errorf("%s: serves %v, want %v", tt.name, served, tt.want)
		}
	}
}

// TestOffers holds every window's offer against Insert, asked about that window alone.
func TestOffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.pins, f.frozen = false, false
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		technicians := rapid.IntRange(1, 4).Draw(t, "technicians")
		spec := generate(r, rapid.IntRange(2, 20).Draw(t, "jobs"), technicians, f)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		view := routing.NewView(p, routing.Improve(p, 30, 1))
		var windows []routing.Window
		for k := range int64(8) {
			open := k%4*150 + k/4*1000
			windows = append(windows, routing.Window{Open: open, Close: open + int64(r.IntN(140))})
		}
		ask := aJob(r, r.IntN(spec.Travel.Sites), technicians, f)
		ask.Windows = nil
		v := p.Revise()
		j := v.AddJob(ask)
		next, err := v.Seal()
		if err != nil {
			t.Fatal(err)
		}
		offers := view.Offers(next, j, windows)
		for i, w := range windows {
			k := slices.IndexFunc(offers, func(o routing.Offer) bool { return o.Window == i })
			if k < 0 {
				offers, k = append(offers, routing.Offer{Window: i, Technician: routing.Any}), len(offers)
			}
			compareOffer(t, p, view.Plan(), ask, w, offers[k])
		}
	})
}

func compareOffer(t *rapid.T, p *routing.Problem, plan routing.Plan, ask routing.Job, w routing.Window, got routing.Offer) {
	ask.Windows = []routing.Window{w}
	v := p.Revise()
	j := v.AddJob(ask)
	p, err := v.Seal()
	if err != nil {
		t.Fatal(err)
	}
	options := routing.Insert(p, plan, j)
	if len(options) == 0 {
		if got.Technician != routing.Any {
			t.Fatalf("%+v, but Insert() has no place", got)
		}
		return
	}
	best := options[0]
	at := slices.IndexFunc(options, func(o routing.Option) bool { return o.Route == got.Route && o.Position == got.Position })
	if got.Technician == routing.Any || got.Cost != best.Cost || at < 0 || options[at].Cost != got.Cost {
		t.Fatalf("%+v, want %+v", got, best)
	}
	if o := options[at]; o.Earliest != got.Earliest || o.Latest != got.Latest || o.Shift != got.Shift {
		t.Fatalf("%+v, want %+v", got, o)
	}
	second := slices.IndexFunc(options, func(o routing.Option) bool { return o.Technician != got.Technician })
	if second < 0 && got.Second != routing.Any || second >= 0 && options[second].Cost != got.SecondCost {
		t.Fatalf("%+v, want a second of %+v", got, options)
	}
	routes := plan.Clone()
	routes.Routes[got.Route] = slices.Insert(routes.Routes[got.Route], got.Position, j)
	stop := routing.Timetable(p, routes)[got.Route].Stops[got.Position]
	if stop.Start != got.Start || stop.Late != got.Late {
		t.Fatalf("%+v, want %+v", got, stop)
	}
}

// TestViewsAreShared asks and mends one view from many sides at once; the race
// detector listens.
func TestViewsAreShared(t *testing.T) {
	t.Parallel()
	f := features{windows: true, skills: true, due: true, breaks: true, loads: true, takes: true, people: true}
	shareView(t, f)
	f.tide, f.work, f.roads = true, true, true
	shareView(t, f)
}

func shareView(t *testing.T, f features) {
	t.Helper()
	p, err := routing.New(generate(rand.New(rand.NewPCG(2, 2)), 60, 10, f))
	if err != nil {
		t.Fatal(err)
	}
	view := routing.NewView(p, routing.Improve(p, 50, 1))
	var wait sync.WaitGroup
	for g := range uint64(6) {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(g, 2))
			for range 20 {
				v := view.Problem().Revise()
				j := v.AddJob(aJob(r, r.IntN(60), 10, f))
				next, err := v.Seal()
				if err != nil {
					t.Error(err)
					return
				}
				view.Offers(next, j, []routing.Window{{Open: 0, Close: 300}, {Open: 301, Close: 1500}})
				view.Fits(next, j)
				for _, left := range p.Unserved(view.Plan()) {
					view.Why(left)
					routing.Relax(p, view.Plan(), left)
				}
				mended, _ := view.Mend(next, view.Plan())
				if b := routing.Check(next, mended.Plan()); b != nil {
					t.Error(b)
				}
			}
		})
	}
	wait.Wait()
}
