package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestTideByHand goes to 10 and 30 and home again, 60 seconds of way in all, while
// everybody is slower or faster for a while.
func TestTideByHand(t *testing.T) {
	t.Parallel()
	late := []routing.Window{{Open: 100, Close: 120}}
	half := func(from, to int64) []routing.Speed {
		return []routing.Speed{{From: from, Permille: 500}, {From: to, Permille: 1000}}
	}
	for _, tt := range []struct {
		name               string
		speeds             []routing.Speed
		windows            []routing.Window // of the visit to 30
		leave, end, travel int64
		starts             []int64
	}{
		{"as the matrix says", []routing.Speed{{From: 0, Permille: 1000}}, nil, 0, 60, 60, []int64{10, 30}},
		{"half as fast", []routing.Speed{{From: 0, Permille: 500}}, nil, 0, 120, 120, []int64{20, 60}},
		{"twice as fast later", []routing.Speed{{From: 20, Permille: 2000}}, nil, 0, 40, 40, []int64{10, 25}},
		{"slow for a while on the way", half(15, 25), nil, 0, 65, 65, []int64{10, 35}},
		{"a part of a second counts as one", []routing.Speed{{From: 0, Permille: 300}}, nil, 0, 34 + 67 + 100, 34 + 67 + 100, []int64{34, 101}},
		{"leaves late for a late window", half(0, 50), late, 70, 130, 60, []int64{80, 100}},
		{"leaves early because it is slow then", half(60, 200), late, 50, 160, 110, []int64{60, 100}},
		{"through the end of a jam", half(0, 90), late, 50, 130, 80, []int64{70, 100}},
	} {
		spec := line([]int{10, 30}, 0)
		spec.Travel.Speeds, spec.Jobs[1].Windows = tt.speeds, tt.windows
		spec.Technicians[0].Rates = routing.Rates{TravelHour: 3600}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", tt.name, err)
		}
		plan := routing.Plan{Routes: [][]int{{0, 1}}}
		s := routing.Timetable(p, plan)[0]
		starts := []int64{s.Stops[0].Start, s.Stops[1].Start}
		if s.Leave != tt.leave || s.End != tt.end || s.Travel != tt.travel || !slices.Equal(starts, tt.starts) {
			t.Errorf("%s: %+v, want %+v", tt.name, s, tt)
		}
		if bill := routing.Cost(p, plan); bill.Travel != minor(tt.travel) {
			t.Errorf("%s: travel costs %d, want %d", tt.name, bill.Travel.Minor(), tt.travel)
		}
	}
}

// TestTideSaysNothing gives the same answers with speeds that are the usual ones as
// without: two ways to judge a route agree.
func TestTideSaysNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		f := everything
		f.breaks, f.tide, f.due, f.several, f.ways = seed%2 == 0, false, seed%3 == 0, seed%5 == 0, seed%7 == 0
		spec := generate(rand.New(rand.NewPCG(seed, 11)), 15, 3, f)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 100, seed)
		spec.Travel.Speeds = []routing.Speed{{From: 0, Permille: 1000}, {From: 300, Permille: 1000}}
		q, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := routing.Cost(p, plan), routing.Cost(q, plan); x != y {
			t.Errorf("seed %d: Cost() = %+v, want %+v", seed, y, x)
		}
		if b := routing.Check(q, plan); b != nil {
			t.Errorf("seed %d: Check() = %v", seed, b)
		}
		for r, s := range routing.Timetable(p, plan) {
			if o := routing.Timetable(q, plan)[r]; !slices.Equal(s.Stops, o.Stops) || !slices.Equal(s.Rests, o.Rests) || s.Leave != o.Leave || s.End != o.End {
				t.Errorf("seed %d: Timetable() = %+v, want %+v", seed, o, s)
			}
		}
	}
}

// TestRefusesSpeeds spoils one speed at a time.
func TestRefusesSpeeds(t *testing.T) {
	t.Parallel()
	for name, speeds := range map[string][]routing.Speed{
		"stands still": {{Permille: 0}}, "too fast": {{Permille: 10_001}}, "before time": {{From: -1, Permille: 1000}},
		"twice": {{From: 5, Permille: 1000}, {From: 5, Permille: 900}}, "after all time": {{From: 1 << 49, Permille: 1000}},
	} {
		spec := line([]int{1}, 0)
		spec.Travel.Speeds = speeds
		_, err := routing.New(spec)
		if f := fields(err); len(f) != 1 || f[0] != "/travel/speeds/0" && f[0] != "/travel/speeds/1" {
			t.Errorf("%s: New() points at %v, want a speed", name, f)
		}
		spec.Travel.Speeds, spec.Others = nil, []routing.Travel{spec.Travel}
		spec.Others[0].Speeds = speeds
		if _, err = routing.New(spec); len(fields(err)) != 1 || fields(err)[0] == "/travel" {
			t.Errorf("%s: New() points at %v, want a speed of the other travel", name, fields(err))
		}
	}
}

// TestTideAgainstEverySecond drives second by second, as fast as everybody is then; who
// sets out later never arrives earlier, and who sets out at the latest arrives in time.
func TestTideAgainstEverySecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []routing.Speed
		at := rapid.Int64Range(0, 50).Draw(t, "first")
		for range rapid.IntRange(1, 12).Draw(t, "speeds") {
			list = append(list, routing.Speed{From: at, Permille: rapid.Int32Range(10, 3000).Draw(t, "speed")})
			at += rapid.Int64Range(1, 60).Draw(t, "length")
		}
		now, seconds := rapid.Int64Range(0, 500).Draw(t, "now"), rapid.Int64Range(0, 40).Draw(t, "seconds")
		arrive, rate, next := now, int64(1000), 0
		for left := seconds * 1000; left > 0; arrive++ {
			for next < len(list) && arrive >= list[next].From {
				rate, next = int64(list[next].Permille), next+1
			}
			left -= rate
		}
		if got := routing.Arrive(list, now, seconds); got != arrive {
			t.Fatalf("who sets out at %d arrives at %d, want %d; %v", now, got, arrive, list)
		}
		if later := routing.Arrive(list, now+1, seconds); later < arrive {
			t.Fatalf("who sets out at %d arrives at %d, a second later at %d; %v", now, arrive, later, list)
		}
		last := routing.Depart(list, arrive, seconds)
		if last < now || routing.Arrive(list, last, seconds) > arrive || routing.Arrive(list, last+1, seconds) <= arrive {
			t.Fatalf("to arrive by %d one sets out by %d, arriving at %d; %v", arrive, last, routing.Arrive(list, last, seconds), list)
		}
	})
}

// TestTideInLongTimes has speeds change over all the time there is.
func TestTideInLongTimes(t *testing.T) {
	t.Parallel()
	const end = int64(1) << 48
	list := []routing.Speed{{From: 0, Permille: 10_000}, {From: end - 10, Permille: 10}, {From: end, Permille: 10_000}}
	for _, tt := range []struct{ now, seconds, want int64 }{
		{0, 1 << 28, (1<<28*1000 + 9999) / 10_000},
		{end - 20, 100, end - 10},
		{end - 10, 1, end + 1}, // a tenth driven by the end
		{1 << 50, 100, 1<<50 + 10},
	} {
		if got := routing.Arrive(list, tt.now, tt.seconds); got != tt.want {
			t.Errorf("Arrive(%d, %d) = %d, want %d", tt.now, tt.seconds, got, tt.want)
		}
		if got := routing.Depart(list, tt.want, tt.seconds); got < tt.now || routing.Arrive(list, got, tt.seconds) > tt.want {
			t.Errorf("Depart(%d, %d) = %d, want %d or a bit later", tt.want, tt.seconds, got, tt.now)
		}
	}
}

// TestEbbsHideNothing compares what stands in front of walking a route with walking it:
// no place costs less than that says, and scan finds the cheapest place.
func TestEbbsHideNothing(t *testing.T) {
	t.Parallel()
	places, close := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.tide, f.stock = true, false // a refill is put in as well where a job needs it
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		spec := generate(r, rapid.IntRange(1, 20).Draw(t, "jobs"), rapid.IntRange(1, 3).Draw(t, "technicians"), f)
		for i := range spec.Others {
			spec.Others[i].Speeds = speeds(r)
		}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 20, 1)
		for at, jobs := range plan.Routes { // make room
			plan.Routes[at] = slices.DeleteFunc(jobs, func(j int) bool { return !half(spec, j) && r.IntN(3) == 0 })
		}
		if routing.Check(p, plan) != nil { // what was frozen has gone, or what saved a set-up
			return
		}
		s := routing.NewProbe(p, plan, r)
		for _, j := range p.Unserved(plan) {
			for at := range plan.Routes {
				if !half(spec, j) {
					s.Ebbs(int32(at), int32(j), func(least, cost routing.Grain) {
						if least > cost {
							t.Fatalf("job %d in route %d costs %d, not at least %d", j, at, cost, least)
						}
						places++
						if least > cost/2 {
							close++
						}
					})
				}
				leastPlace(t, &spec, p, s, plan, at, j)
			}
		}
	})
	if places < 20 || close < places/20 {
		t.Errorf("of %d places %d cost about what they cost at least: too few to show anything", places, close)
	}
}

// leastPlace tries every place of a job, or of both halves of a shipment, in a route.
func leastPlace(t *rapid.T, spec *routing.Spec, p *routing.Problem, s *routing.Probe, plan routing.Plan, at, j int) {
	mate := -1
	for _, v := range spec.Shipments {
		if v.Pickup == j {
			mate = v.Delivery
		}
		if v.Delivery == j {
			return
		}
	}
	before := routing.Cost(p, plan)
	best, found := routing.Grain(0), false
	try := func(jobs []int) {
		next := plan.Clone()
		next.Routes[at] = jobs
		if routing.Check(p, next) != nil {
			return
		}
		after := routing.Cost(p, next)
		if cost := after.Total() - after.Left - before.Total() + before.Left; !found || cost < best {
			best, found = cost, true
		}
	}
	for a := range len(plan.Routes[at]) + 1 {
		jobs := slices.Insert(slices.Clone(plan.Routes[at]), a, j)
		for b := a + 1; mate >= 0 && b <= len(jobs); b++ {
			try(slices.Insert(slices.Clone(jobs), b, mate))
		}
		if mate < 0 {
			try(jobs)
		}
	}
	if got, ok := s.Best(int32(at), int32(j)); ok != found || ok && got != best {
		t.Fatalf("job %d in route %d costs %d (%v), want %d (%v)", j, at, got, ok, best, found)
	}
}
