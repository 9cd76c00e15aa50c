package routing_test

import (
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestWaysByHand sends one or the other technician to 10 and 30, as they travel and
// work, and bills it.
func TestWaysByHand(t *testing.T) {
	t.Parallel()
	double := func(s *routing.Spec) {
		s.Others = []routing.Travel{routing.Matrix(s.Travel.Sites, func(i, j int) (int32, int32) {
			k := i*s.Travel.Sites + j
			return 2 * s.Travel.Seconds[k], 3 * s.Travel.Metres[k]
		})}
	}
	for _, tt := range []struct {
		name   string
		build  func(s *routing.Spec, who *routing.Technician)
		travel int64
		metres int64
		end    int64
		bill   int64 // minor units
		starts []int64
	}{
		{"as usual", func(*routing.Spec, *routing.Technician) {}, 60, 60, 60, 60, []int64{10, 30}},
		{"another matrix", func(s *routing.Spec, w *routing.Technician) { double(s); w.Profile = 1 }, 120, 180, 120, 180, []int64{20, 60}},
		{"twice as fast", func(_ *routing.Spec, w *routing.Technician) { w.Speed = 2000 }, 30, 60, 30, 60, []int64{5, 15}},
		{"a third slower", func(_ *routing.Spec, w *routing.Technician) { w.Speed = 750 }, 13 + 27 + 40, 60, 80, 60, []int64{13, 40}},
		{"other times", func(s *routing.Spec, w *routing.Technician) {
			w.Type, w.Rates.TaskHour = 7, 3600
			s.Jobs[0].Service, s.Jobs[1].Paces = 4, []routing.Pace{{Type: 7, Service: 5, Setup: 2}}
		}, 60, 60, 71, 71, []int64{10, 34}},
		{"times of others", func(s *routing.Spec, w *routing.Technician) {
			s.Jobs[1].Paces = []routing.Pace{{Type: 7, Service: 5, Setup: 2}}
		}, 60, 60, 60, 60, []int64{10, 30}},
		{"tolls", func(s *routing.Spec, _ *routing.Technician) {
			s.Travel.Tolls = make([]int32, 16)
			s.Travel.Tolls[2*4+0], s.Travel.Tolls[0*4+1], s.Travel.Tolls[1*4+2], s.Travel.Tolls[3] = 1, 20, 300, 999
		}, 60, 60, 60, 60 + 321, []int64{10, 30}},
	} {
		spec := line([]int{10, 30}, 0, 1000)
		tt.build(&spec, &spec.Technicians[0])
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", tt.name, err)
		}
		plan := routing.Plan{Routes: [][]int{{0, 1}, nil}}
		s, bill := routing.Timetable(p, plan)[0], routing.Cost(p, plan)
		starts := []int64{s.Stops[0].Start, s.Stops[1].Start}
		if s.Travel != tt.travel || s.Metres != tt.metres || s.End != tt.end || !slices.Equal(starts, tt.starts) || bill.Total() != minor(tt.bill) {
			t.Errorf("%s: %+v costs %d, want %+v", tt.name, s, bill.Total().Minor(), tt)
		}
	}
}

// TestSetups counts a set-up once for stops that follow one another at one site.
func TestSetups(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		order []int
		done  []int64 // of the visits
		task  int64
	}{
		{"apart", []int{0, 2, 1}, []int64{17, 37, 54}, 24},
		{"together", []int{0, 1, 2}, []int64{17, 19, 39}, 19},
	} {
		spec := line([]int{10, 10, 20}, 0)
		for i := range spec.Jobs {
			spec.Jobs[i].Site, spec.Jobs[i].Setup, spec.Jobs[i].Service = i/2*2, 5, 2
		}
		spec.Technicians[0].Rates.TaskHour = 3600
		spec.Jobs[2].Setup, spec.Jobs[2].Service = 3, 7
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Plan{Routes: [][]int{tt.order}}
		for i, s := range routing.Timetable(p, plan)[0].Stops {
			if s.Done != tt.done[i] {
				t.Errorf("%s: visit %d is done at %d, want %d", tt.name, i, s.Done, tt.done[i])
			}
		}
		if bill := routing.Cost(p, plan); bill.Task != minor(tt.task) {
			t.Errorf("%s: time on site costs %d, want %d", tt.name, bill.Task.Minor(), tt.task)
		}
	}
}
