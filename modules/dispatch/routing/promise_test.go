package routing_test

import (
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestTold goes to 10 and 30, where the second visit has been told a time; a second
// on duty costs 1, and another start 50.
func TestTold(t *testing.T) {
	t.Parallel()
	w := func(open, close int64) routing.Window { return routing.Window{Open: open, Close: close} }
	for _, tt := range []struct {
		name          string
		told          routing.Window
		windows       []routing.Window
		price         int64
		leave, start  int64 // of the second visit
		moved, onDuty int64
	}{
		{name: "in time", told: w(0, 40), price: 50, start: 30, onDuty: 60},
		{name: "later than told", told: w(0, 29), price: 50, start: 30, moved: 50, onDuty: 60},
		{name: "waits at home", told: w(75, 80), price: 50, leave: 45, start: 75, onDuty: 60},
		{name: "waiting looks dearer than coming early", told: w(81, 90), price: 50, start: 30, moved: 50, onDuty: 60},
		{name: "without a price", told: w(75, 80), start: 30, onDuty: 60},
		{name: "told outside the windows", told: w(75, 80), windows: []routing.Window{w(0, 60)}, price: 50, start: 30, moved: 50, onDuty: 60},
		{name: "told within the second window", told: w(75, 80), windows: []routing.Window{w(0, 60), w(70, 90)}, price: 50, leave: 45, start: 75, onDuty: 60},
		{name: "not put off out of what was told", told: w(0, 35), windows: []routing.Window{w(0, 1000)}, price: 50, start: 30, onDuty: 60},
	} {
		spec := line([]int{10, 30}, 0)
		spec.Technicians[0].Rates = routing.Rates{WorkHour: 3600}
		spec.Jobs[1].Windows = tt.windows
		spec.Jobs[1].Last = &routing.Last{Start: tt.told, StartPrice: tt.price}
		p := must(t, spec)
		plan := routing.Plan{Routes: [][]int{{0, 1}}}
		s, bill := routing.Timetable(p, plan)[0], routing.Cost(p, plan)
		if s.Leave != tt.leave || s.Stops[1].Start != tt.start || bill.Change != minor(tt.moved) || bill.Work != minor(tt.onDuty) {
			t.Errorf("%s: leaves %d, starts %d, change %d, work %d, want %+v", tt.name, s.Leave, s.Stops[1].Start, bill.Change.Minor(), bill.Work.Minor(), tt)
		}
	}
}

// TestToldAndPutOff has a third visit for which the technician would leave later: no
// later than what the second one has been told allows.
func TestToldAndPutOff(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 30, 40}, 0)
	spec.Technicians[0].Rates = routing.Rates{WorkHour: 3600}
	spec.Jobs[1].Last = &routing.Last{Start: routing.Window{Open: 20, Close: 50}, StartPrice: 1}
	spec.Jobs[2].Windows = []routing.Window{{Open: 200, Close: 300}}
	p := must(t, spec)
	s := routing.Timetable(p, routing.Plan{Routes: [][]int{{0, 1, 2}}})[0]
	if s.Leave != 20 || s.Stops[1].Start != 50 {
		t.Errorf("leaves %d, starts %d, want 20 and 50", s.Leave, s.Stops[1].Start)
	}
}

// TestEven shares four visits between two technicians of whom one is nearer: work
// beyond 50 seconds costs more than the way of the other.
func TestEven(t *testing.T) {
	t.Parallel()
	for slope, want := range map[int64][]int{0: {0, 4}, 36_000: {2, 2}} {
		spec := line([]int{10, 10, 10, 10}, 0, 1)
		for i := range spec.Jobs {
			spec.Jobs[i].Service = 15
		}
		spec.Technicians[0].Rates.Kilometre = 1100
		for i := range spec.Technicians {
			spec.Technicians[i].Shifts[0].Even = []routing.Slope{{After: 50, PerHour: slope}}
		}
		p := must(t, spec)
		plan := routing.Improve(p, 200, 1)
		if got := []int{len(plan.Routes[0]), len(plan.Routes[1])}; !slices.Equal(got, want) {
			t.Errorf("with %d an hour the shares are %v, want %v", slope, got, want)
		}
	}
	spec := line([]int{10}, 0)
	spec.Jobs[0].Service = 100
	spec.Technicians[0].Shifts[0].Even = []routing.Slope{{After: 50, PerHour: 3600}, {After: 90, PerHour: 7200}}
	if got := routing.Cost(must(t, spec), routing.Plan{Routes: [][]int{{0}}}); got.Balance != minor(40+60) {
		t.Errorf("Balance = %d, want 40 s at 1 and 30 s at 2", got.Balance.Minor())
	}
}

func TestRefusesPromises(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, pointer string
		spoil         func(s *routing.Spec)
	}{
		{"slopes in disorder", "/technicians/0/shifts/0/even/1", func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Even = []routing.Slope{{After: 5}, {After: 5, PerHour: 1}}
		}},
		{"slopes that fall", "/technicians/0/shifts/0/even/1", func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Even = []routing.Slope{{PerHour: 2}, {After: 5, PerHour: 1}}
		}},
		{"a slope below nothing", "/technicians/0/shifts/0/even/0", func(s *routing.Spec) { s.Technicians[0].Shifts[0].Even = []routing.Slope{{PerHour: -1}} }},
		{"reversed", "/jobs/0/last", func(s *routing.Spec) {
			s.Jobs[0].Last = &routing.Last{Start: routing.Window{Open: 2, Close: 1}, StartPrice: 1}
		}},
		{"far out", "/jobs/0/last", func(s *routing.Spec) {
			s.Jobs[0].Last = &routing.Last{Start: routing.Window{Close: 1 << 62}, StartPrice: 1}
		}},
		{"a price below nothing", "/jobs/0/last", func(s *routing.Spec) { s.Jobs[0].Last = &routing.Last{StartPrice: -1} }},
		{"overflow", "/rates", func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Close, s.Technicians[0].Shifts[0].Even = 1<<29, []routing.Slope{{PerHour: 1 << 40}}
		}},
	} {
		spec := line([]int{1, 2}, 0)
		tt.spoil(&spec)
		if _, err := routing.New(spec); !slices.Contains(fields(err), tt.pointer) {
			t.Errorf("%s: New() points at %v, want %s", tt.name, fields(err), tt.pointer)
		}
	}
}
