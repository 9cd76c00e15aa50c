package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestLimits goes to 10, 20 and home again, a way of 40 in time and metres.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		build func(s *routing.Shift)
		want  routing.Rule
		why   routing.Rule // beside the visit to 10, for the visit to 20
	}{
		{"none", func(*routing.Shift) {}, routing.RuleNone, routing.RuleNone},
		{"travel", func(s *routing.Shift) { s.MaxTravel = 40 }, routing.RuleNone, routing.RuleNone},
		{"less travel", func(s *routing.Shift) { s.MaxTravel = 39 }, routing.RuleTravel, routing.RuleTravel},
		{"metres", func(s *routing.Shift) { s.MaxMetres = 40 }, routing.RuleNone, routing.RuleNone},
		{"less metres", func(s *routing.Shift) { s.MaxMetres = 39 }, routing.RuleDistance, routing.RuleDistance},
		{"visits", func(s *routing.Shift) { s.MaxJobs = 2 }, routing.RuleNone, routing.RuleNone},
		{"less visits", func(s *routing.Shift) { s.MaxJobs = 1 }, routing.RuleJobs, routing.RuleJobs},
	} {
		spec := line([]int{10, 20}, 0)
		tt.build(&spec.Technicians[0].Shifts[0])
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		got := routing.RuleNone
		for _, b := range routing.Check(p, routing.Plan{Routes: [][]int{{0, 1}}}) {
			got = b.Rule
		}
		if got != tt.want {
			t.Errorf("%s: Check() = %q, want %q", tt.name, got, tt.want)
		}
		if why := routing.Why(p, routing.Plan{Routes: [][]int{{0}}}, 1); why[0].Rule != tt.why {
			t.Errorf("%s: Why() = %q, want %q", tt.name, why[0].Rule, tt.why)
		}
		if n := len(routing.Insert(p, routing.Plan{Routes: [][]int{{0}}}, 1)); (n > 0) != (tt.why == routing.RuleNone) {
			t.Errorf("%s: Insert() offers %d places, but Why() says %q", tt.name, n, tt.why)
		}
	}
}

// TestWhyOnTheRoad tells a job that is too far by itself from one that is so only
// beside another on the other side.
func TestWhyOnTheRoad(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]routing.Rule{39: routing.RuleTravel, 40: routing.RuleFull, 60: routing.RuleNone} {
		spec := line([]int{10, -20}, 0)
		spec.Technicians[0].Shifts[0].MaxTravel = limit
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := routing.Why(p, routing.Plan{Routes: [][]int{{0}}}, 1); got[0].Rule != want {
			t.Errorf("Why() with %d seconds of travel = %q, want %q", limit, got[0].Rule, want)
		}
	}
}

// TestVisitsAndLoad names the van when it is full, the number of visits otherwise.
func TestVisitsAndLoad(t *testing.T) {
	t.Parallel()
	for capacity, want := range map[int32]routing.Rule{3: routing.RuleLoaded, 4: routing.RuleJobs} {
		spec := line([]int{10, 20}, 0)
		spec.Technicians[0].Shifts[0].MaxJobs, spec.Technicians[0].Shifts[0].Capacity = 1, []int32{capacity}
		spec.Jobs[0].Load, spec.Jobs[1].Load = []int32{2}, []int32{2}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := routing.Why(p, routing.Plan{Routes: [][]int{{0}}}, 1); got[0].Rule != want {
			t.Errorf("Why() with room for %d = %q, want %q", capacity, got[0].Rule, want)
		}
	}
}

// TestDuty goes to 10 and 30 and home at 60, or with the second visit from 100 on,
// away from 70 to 130, and pays for it.
func TestDuty(t *testing.T) {
	t.Parallel()
	late := []routing.Window{{Open: 100, Close: 120}}
	for _, tt := range []struct {
		name        string
		windows     []routing.Window
		minimum     int64
		nights      []routing.Surplus
		work, night int64
	}{
		{name: "as long as it takes", work: 60},
		{name: "more than the minimum", minimum: 60, work: 60},
		{name: "the minimum", minimum: 90, work: 90},
		{name: "a night", nights: []routing.Surplus{{From: 20, To: 30, PerHour: 7200}}, work: 60, night: 20},
		{name: "two nights", nights: []routing.Surplus{{From: 0, To: 10, PerHour: 7200}, {From: 50, To: 99, PerHour: 3600}}, work: 60, night: 30},
		{name: "leaves after the night", windows: late, nights: []routing.Surplus{{From: 0, To: 70, PerHour: 7200}}, work: 60},
		{name: "leaves in the night", windows: late, nights: []routing.Surplus{{From: 0, To: 71, PerHour: 7200}}, work: 60, night: 2},
		{name: "the night after work is not paid", minimum: 90, nights: []routing.Surplus{{From: 60, To: 99, PerHour: 7200}}, work: 90},
	} {
		spec := line([]int{10, 30}, 0)
		spec.Jobs[1].Windows = tt.windows
		spec.Technicians[0].Rates = routing.Rates{WorkHour: 3600}
		spec.Technicians[0].Shifts[0].Minimum, spec.Technicians[0].Shifts[0].Nights = tt.minimum, tt.nights
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		bill := routing.Cost(p, routing.Plan{Routes: [][]int{{0, 1}}})
		if bill.Work != minor(tt.work) || bill.Night != minor(tt.night) || bill.Total() != minor(tt.work+tt.night) {
			t.Errorf("%s: work %d, night %d, total %d, want %d and %d", tt.name, bill.Work.Minor(), bill.Night.Minor(), bill.Total().Minor(), tt.work, tt.night)
		}
		if empty := routing.Cost(p, p.Empty()); empty.Total() != 0 {
			t.Errorf("%s: an empty shift costs %d", tt.name, empty.Total())
		}
	}
}

// TestPartners sends a partner only where that is cheaper than the own way.
func TestPartners(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 40}, 0, 0)
	spec.Technicians[1].Rates.Kilometre, spec.Technicians[1].Shifts[0].PerJob = 0, 30
	for surcharge, want := range map[int64][][]int{0: {{0}, {1}}, 29: {{0}, {1}}, 31: {{0, 1}, nil}} {
		spec.Jobs[1].Surcharges = []routing.Surcharge{{Technician: 1, Price: surcharge}}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 300, 1)
		for _, r := range plan.Routes {
			slices.Sort(r)
		}
		if !slices.EqualFunc(plan.Routes, want, slices.Equal) {
			t.Errorf("with a surcharge of %d the plan is %v, want %v", surcharge, plan.Routes, want)
		}
	}
}

// TestBreedWithLimits breeds for equal vans that may make so many visits each.
func TestBreedWithLimits(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		spec := uniformSpec(rand.New(rand.NewPCG(seed, 6)), 24, 8)
		for i := range spec.Technicians {
			spec.Technicians[i].Shifts[0].Capacity, spec.Technicians[i].Shifts[0].MaxJobs = nil, 4
		}
		for i := range spec.Jobs {
			spec.Jobs[i].Load = nil
		}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan, stats := solved(t, p, routing.Plan{}, seed)
		bill := routing.Cost(p, plan)
		if b := routing.Check(p, plan); len(b) > 0 || bill.Score() != stats.End {
			t.Errorf("seed %d: %v, score %v, want %v", seed, b, stats.End, bill.Score())
		}
	}
}

// TestByWorth has room for one of two ends of the line: the greater sum goes first,
// then the greater number, whatever the priorities and prices say.
func TestByWorth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		worths [3]int64
		pinned bool
		want   []int // the jobs at 60 and 70, or the one at -70
		lost   int64
	}{
		{"one outweighs two", [3]int64{4, 5, 10}, false, []int{2}, 9},
		{"two outweigh one", [3]int64{5, 6, 10}, false, []int{0, 1}, 10},
		{"as much, then more of them", [3]int64{5_001, 5_001, 10_001}, false, []int{0, 1}, 10_001},
		{"a pin outweighs all", [3]int64{5_001, 5_001, 0}, true, []int{2}, 10_002},
	} {
		spec := line([]int{60, 70, -70}, 0)
		spec.ByWorth = true
		spec.Technicians[0].Shifts[0].MaxTravel = 150
		for i := range spec.Jobs {
			spec.Jobs[i].Worth, spec.Jobs[i].Priority, spec.Jobs[i].Price = tt.worths[i], i, int64(1000*i)
		}
		if tt.pinned {
			spec.Jobs[2].Pin = &routing.Pin{Technician: 0, Start: routing.Any}
		}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 300, 1)
		slices.Sort(plan.Routes[0])
		if !slices.Equal(plan.Routes[0], tt.want) {
			t.Errorf("%s: serves %v, want %v", tt.name, plan.Routes[0], tt.want)
		}
		other := routing.Plan{Routes: [][]int{{0, 1}}}
		if len(tt.want) == 2 {
			other = routing.Plan{Routes: [][]int{{2}}}
		}
		bill, worse := routing.Cost(p, plan), routing.Cost(p, other)
		if got := bill.Lost; !tt.pinned && got != tt.lost || tt.pinned && worse.Lost != tt.lost+1 {
			t.Errorf("%s: leaves %d, or %d otherwise, want %d", tt.name, got, worse.Lost, tt.lost)
		}
	}
}

// TestSurchargeTellsShiftsApart has two shifts that are alike but for a surcharge:
// the job goes to the one without, though that is not the first.
func TestSurchargeTellsShiftsApart(t *testing.T) {
	t.Parallel()
	spec := line([]int{10}, 0, 0)
	spec.Jobs[0].Surcharges = []routing.Surcharge{{Technician: 0, Price: 1}}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	if plan := routing.Improve(p, 20, 1); len(plan.Routes[1]) != 1 {
		t.Errorf("the plan is %v, want the job in route 1", plan.Routes)
	}
}
