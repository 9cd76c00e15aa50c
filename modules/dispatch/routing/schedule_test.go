package routing_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch/routing"
)

func TestTimetable(t *testing.T) {
	t.Parallel()
	w := func(open, end int64) []routing.Window { return []routing.Window{{Open: open, Close: end}} }
	for _, tt := range []struct {
		name  string
		build func(s *routing.Spec)
		leave int64
		end   int64
		start []int64 // of the visits to 10 and 30
		rests []routing.Rest
	}{
		{name: "as early as possible", build: func(*routing.Spec) {}, leave: 0, end: 60, start: []int64{10, 30}},
		{
			name: "leaves late for a late window", leave: 70, end: 130, start: []int64{80, 100},
			build: func(s *routing.Spec) { s.Jobs[1].Windows = w(100, 120) },
		},
		{
			name: "but not beyond an earlier window", leave: 30, end: 130, start: []int64{40, 100},
			build: func(s *routing.Spec) { s.Jobs[0].Windows, s.Jobs[1].Windows = w(0, 40), w(100, 120) },
		},
		{
			name: "nor beyond a due time", leave: 20, end: 130, start: []int64{30, 100},
			build: func(s *routing.Spec) { s.Jobs[0].Due, s.Jobs[1].Windows = 30, w(100, 120) },
		},
		{
			name: "nor makes the late later", leave: 0, end: 130, start: []int64{10, 100},
			build: func(s *routing.Spec) { s.Jobs[0].Due, s.Jobs[1].Windows = 5, w(100, 120) },
		},
		{
			name: "second window", leave: 40, end: 100, start: []int64{50, 70},
			build: func(s *routing.Spec) { s.Jobs[0].Windows = append(w(0, 5), w(50, 60)...) },
		},
		{
			name: "break between visits", leave: 0, end: 75, start: []int64{10, 45}, rests: []routing.Rest{{Start: 10, Done: 25}},
			build: func(s *routing.Spec) {
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 5, Close: 50, Length: 15}}
			},
		},
		{
			name: "break in the waiting", leave: 60, end: 130, start: []int64{70, 100}, rests: []routing.Rest{{Start: 90, Done: 100, Way: 20}},
			build: func(s *routing.Spec) {
				s.Jobs[1].Windows = w(100, 120)
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 40, Close: 90, Length: 10}}
			},
		},
		{
			name: "waits for a break that the visit would outlast", leave: 20, end: 190, start: []int64{30, 60},
			rests: []routing.Rest{{Start: 30, Done: 40}},
			build: func(s *routing.Spec) {
				s.Jobs[1].Service = 100
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 30, Close: 40, Length: 10}}
			},
		},
		{
			name: "break in a later window", leave: 0, end: 75, start: []int64{10, 30}, rests: []routing.Rest{{Start: 30, Done: 45}},
			build: func(s *routing.Spec) {
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 1, Close: 5, Length: 15, Later: w(15, 50)}}
			},
		},
		{
			name: "waits for the last window that the visit would outlast", leave: 10, end: 180, start: []int64{20, 50},
			rests: []routing.Rest{{Start: 20, Done: 30}},
			build: func(s *routing.Spec) {
				s.Jobs[1].Service = 100
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 1, Close: 5, Length: 10, Later: w(20, 40)}}
			},
		},
		{
			name: "one break behind the other", leave: 0, end: 95, start: []int64{10, 65}, rests: []routing.Rest{{Start: 10, Done: 25}, {Start: 25, Done: 45}},
			build: func(s *routing.Spec) {
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 5, Close: 50, Length: 15}, {Open: 0, Close: 50, Length: 20}}
			},
		},
		{
			name: "home before the break", leave: 0, end: 60, start: []int64{10, 30},
			build: func(s *routing.Spec) {
				s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 50, Close: 90, Length: 10}}
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := line([]int{10, 30}, 0)
			spec.Lateness[1] = []routing.Slope{{PerHour: 3600}}
			tt.build(&spec)
			p, err := routing.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			plan := routing.Plan{Routes: [][]int{{0, 1}}}
			s := routing.Timetable(p, plan)[0]
			got := routing.Schedule{Leave: s.Leave, End: s.End, Rests: s.Rests, Travel: s.Travel, Metres: s.Metres}
			want := routing.Schedule{Leave: tt.leave, End: tt.end, Rests: tt.rests, Travel: 60, Metres: 60}
			if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(routing.Schedule{})); d != "" {
				t.Errorf("Timetable() (-want +got):\n%s", d)
			}
			for i, stop := range s.Stops {
				if stop.Start != tt.start[i] {
					t.Errorf("visit %d starts at %d, want %d", i, stop.Start, tt.start[i])
				}
			}
			if b := routing.Check(p, plan); b != nil {
				t.Errorf("Check() = %v", b)
			}
		})
	}
}

// A job with a price of its own waits at one price and is late at another, whatever its
// priority says.
func TestOwnLateness(t *testing.T) {
	t.Parallel()
	spec := line([]int{1000, 3000}, 0)
	spec.Jobs[1].Due, spec.Jobs[1].Priority = 1000, 1
	spec.Jobs[1].Lateness = []routing.Slope{{PerHour: 36}, {After: 1500, PerHour: 360}}
	for range 2 { // with and without one for its priority
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		// It begins at 3,000: 1,500 s at 0.01 and 500 s at 0.10.
		if got := routing.Cost(p, routing.Plan{Routes: [][]int{{0, 1}}}).Lateness; got != minor(65) {
			t.Errorf("it costs %d, want 65", got.Minor())
		}
		spec.Lateness[1] = []routing.Slope{{PerHour: 1 << 30}}
	}
}

func TestCostByHand(t *testing.T) {
	t.Parallel()
	spec := line([]int{1000, 3000, 5}, 0)
	spec.Technicians[0].Rates = routing.Rates{TravelHour: 36, Kilometre: 7, WorkHour: 3600, OvertimeHour: 1800}
	sh := &spec.Technicians[0].Shifts[0]
	sh.Regular, sh.CallOut = 5000, 11
	spec.Jobs[0].Preferred, spec.Jobs[0].PreferPrice = []int{0}, 5
	spec.Jobs[0].Surcharges, sh.PerJob, sh.Repeat = []routing.Surcharge{{Technician: 0, Price: 9}}, 3, 2
	spec.Jobs[1].Last = &routing.Last{Technician: 0, Shift: 1, HandPrice: 100, DayPrice: 13}
	spec.Jobs[1].Due, spec.Jobs[2].Price, spec.Jobs[2].Priority = 2000, 17, 2
	spec.Lateness[1] = []routing.Slope{{After: 100, PerHour: 36}, {After: 600, PerHour: 360}}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	// 6,000 s and m, home at 6,000: 60 for travel, 42 for way, 6,000 for work, 500 for overtime of 1,000 s;
	// 1,000 s late: 500 s at 0.01 and 400 s at 0.10.
	want := routing.Bill{
		Unserved: [4]int{0, 0, 1, 0}, Lost: 3,
		Travel: minor(60), Distance: minor(42), Work: minor(6000), Overtime: minor(500), CallOut: minor(11),
		Lateness: minor(45), Change: minor(13), Surcharge: minor(9), Visits: minor(6), Repeat: minor(4), Left: minor(17),
	}
	got := routing.Cost(p, routing.Plan{Routes: [][]int{{0, 1}}})
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Cost() (-want +got):\n%s", d)
	}
	if got.Total().Minor() != 6707 {
		t.Errorf("Total() = %d minor units, want 6707", got.Total().Minor())
	}
}

func TestMinor(t *testing.T) {
	t.Parallel()
	for give, want := range map[routing.Grain]int64{0: 0, 8999: 0, 9000: 1, 18000: 1, -8999: 0, -9000: -1, 26999: 1, 27000: 2} {
		if got := give.Minor(); got != want {
			t.Errorf("Grain(%d).Minor() = %d, want %d", give, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(s *routing.Spec){
		"/travel":     func(s *routing.Spec) { s.Travel.Sites = 7 },
		"/travel/0/2": func(s *routing.Spec) { s.Travel.Seconds[2] = 1 << 30 },
		"/travel/0/1": func(s *routing.Spec) { s.Travel.Tolls = []int32{0, -1, 0, 0, 0, 0, 0, 0, 0} },
		"/others/0":   func(s *routing.Spec) { s.Others = []routing.Travel{{Sites: 2}} },
		"/others/1/2/0": func(s *routing.Spec) {
			far := routing.Matrix(3, func(from, to int) (int32, int32) { return int32(from/2) << 29, 0 })
			s.Others = []routing.Travel{s.Travel, far}
		},
		"/technicians/0/profile": func(s *routing.Spec) { s.Technicians[0].Profile = 1 },
		"/technicians/0/speed":   func(s *routing.Spec) { s.Technicians[0].Speed = 9 },
		"/technicians/0/type":    func(s *routing.Spec) { s.Technicians[0].Type = -1 },
		"/jobs/1":                func(s *routing.Spec) { s.Jobs[1].Setup = 1 << 50 },
		"/jobs/1/paces/0":        func(s *routing.Spec) { s.Jobs[1].Paces = []routing.Pace{{Service: -1}} },
		"/jobs/1/paces/1":        func(s *routing.Spec) { s.Jobs[1].Paces = []routing.Pace{{Type: 1}, {Type: 1}} },
		"/technicians": func(s *routing.Spec) {
			s.Technicians[0].Type, s.Jobs = 1<<16-1, make([]routing.Job, 1000)
		},
		"/jobs/1/site":                     func(s *routing.Spec) { s.Jobs[1].Site = 3 },
		"/jobs/0":                          func(s *routing.Spec) { s.Jobs[0].Service = -1 },
		"/jobs/0/priority":                 func(s *routing.Spec) { s.Jobs[0].Priority = 4 },
		"/jobs/0/price":                    func(s *routing.Spec) { s.Jobs[0].Price = -1 },
		"/jobs/0/windows/0":                func(s *routing.Spec) { s.Jobs[0].Windows = []routing.Window{{Open: 2, Close: 1}} },
		"/jobs/0/windows/1":                func(s *routing.Spec) { s.Jobs[0].Windows = []routing.Window{{Open: 2, Close: 4}, {Open: 4, Close: 9}} },
		"/jobs/0/load":                     func(s *routing.Spec) { s.Jobs[0].Load = []int32{-1} },
		"/jobs/0/take":                     func(s *routing.Spec) { s.Jobs[0].Take = []int32{0, -1} },
		"/jobs/0/pin":                      func(s *routing.Spec) { s.Jobs[0].Pin = &routing.Pin{Technician: 9} },
		"/jobs/0/last":                     func(s *routing.Spec) { s.Jobs[0].Last = &routing.Last{Technician: -1} },
		"/jobs/0/surcharges/0":             func(s *routing.Spec) { s.Jobs[0].Surcharges = []routing.Surcharge{{Technician: 1}} },
		"/jobs/0/surcharges/1":             func(s *routing.Spec) { s.Jobs[0].Surcharges = []routing.Surcharge{{Price: 1}, {Price: 2}} },
		"/technicians/0/rates":             func(s *routing.Spec) { s.Technicians[0].Rates.WorkHour = -1 },
		"/technicians/0/shifts/0":          func(s *routing.Spec) { s.Technicians[0].Shifts[0].Close = -1 },
		"/technicians/0/shifts/0/nights/0": func(s *routing.Spec) { s.Technicians[0].Shifts[0].Nights = []routing.Surplus{{From: 2, To: 2}} },
		"/technicians/0/shifts/0/nights/1": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Nights = []routing.Surplus{{To: 2, PerHour: 1}, {From: 2, To: 3, PerHour: -1}}
		},
		"/technicians/0/shifts/0/frozen":   func(s *routing.Spec) { s.Technicians[0].Shifts[0].Frozen = []int{0, 0} },
		"/technicians/0/shifts/0/breaks/0": func(s *routing.Spec) { s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Open: 2, Close: 1}} },
		"/technicians/0/shifts/0/breaks/1": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Close: 3, Later: []routing.Window{{Open: 5, Close: 9}}}, {Close: 8}}
		},
		"/technicians/0/shifts/0/breaks/0/later/1": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Breaks = []routing.Break{{Close: 1, Later: []routing.Window{{Open: 2, Close: 4}, {Open: 4, Close: 9}}}}
		},
		"/technicians/0/shifts/0/capacity": func(s *routing.Spec) { s.Technicians[0].Shifts[0].Capacity = []int32{-1} },
		"/jobs/0/lateness/1":               func(s *routing.Spec) { s.Jobs[0].Lateness = []routing.Slope{{After: 7}, {After: 7}} },
		"/lateness/1/0":                    func(s *routing.Spec) { s.Lateness[1] = []routing.Slope{{After: -5}} },
		"/rates":                           func(s *routing.Spec) { s.Travel.Metres[1], s.Technicians[0].Rates.Kilometre = 1<<28, 1<<40 },
	} {
		spec := line([]int{1, 2}, 0)
		spoil(&spec)
		_, err := routing.New(spec)
		if !errors.Is(err, routing.ErrSpec) {
			t.Errorf("%s: New() = %v, want ErrSpec", pointer, err)
			continue
		}
		if f := fields(err); !slices.Contains(f, pointer) {
			t.Errorf("New() points at %v, want %s", f, pointer)
		}
	}
}

func fields(err error) (out []string) {
	for _, f := range fault.Of(err).Fields {
		out = append(out, f.Pointer)
	}
	return out
}
