package routing_test

import (
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestRefusesContracts spoils one figure of a contract at a time.
func TestRefusesContracts(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *routing.Shift){
		"jobs": func(s *routing.Shift) { s.MaxJobs = -1 }, "travel": func(s *routing.Shift) { s.MaxTravel = -1 },
		"metres": func(s *routing.Shift) { s.MaxMetres = -1 }, "price": func(s *routing.Shift) { s.PerJob = -1 },
		"again": func(s *routing.Shift) { s.Repeat = -1 },
		"dear":  func(s *routing.Shift) { s.PerJob = 1 << 41 }, "minimum": func(s *routing.Shift) { s.Minimum = 1 << 49 },
	} {
		spec := line([]int{1, 2}, 0)
		spoil(&spec.Technicians[0].Shifts[0])
		if _, err := routing.New(spec); !slices.Contains(fields(err), "/technicians/0/shifts/0") {
			t.Errorf("%s: New() points at %v, want the shift", name, fields(err))
		}
	}
}

// TestRefusesOverflow states problems whose dearest plan, or whose greatest loss,
// would not fit into an integer.
func TestRefusesOverflow(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *routing.Spec){
		"frozen": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Frozen, s.Jobs[0].Service, s.Technicians[0].Rates.WorkHour = []int{0}, 1<<48, 1<<20
		},
		"late": func(s *routing.Spec) {
			s.Jobs[0].Due, s.Technicians[0].Shifts[0].Close, s.Lateness[1] = 1, 1<<29, []routing.Slope{{PerHour: 1 << 40}}
		},
		"visit":  func(s *routing.Spec) { s.Technicians[0].Shifts[0].PerJob, s.Jobs = 1<<40, make([]routing.Job, 200) },
		"repeat": func(s *routing.Spec) { s.Technicians[0].Shifts[0].Repeat, s.Jobs = 1<<40, make([]routing.Job, 200) },
		"surcharge": func(s *routing.Spec) {
			s.Jobs = slices.Repeat([]routing.Job{{Surcharges: []routing.Surcharge{{Price: 1 << 40}}}}, 200)
		},
		"toll": func(s *routing.Spec) {
			s.Travel.Tolls, s.Jobs = []int32{1 << 28, 0, 0, 0, 0, 0, 0, 0, 0}, make([]routing.Job, 1<<19)
		},
		"task": func(s *routing.Spec) {
			s.Technicians[0].Rates.TaskHour, s.Jobs[0].Paces = 1<<20, []routing.Pace{{Service: 1 << 40}}
		},
		"minimum": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Minimum, s.Technicians[0].Rates.WorkHour = 1<<40, 1<<20
		},
		"night": func(s *routing.Spec) {
			s.Technicians[0].Shifts[0].Close, s.Technicians[0].Shifts[0].Nights = 1<<29, []routing.Surplus{{To: 1, PerHour: 1 << 40}}
		},
	} {
		spec := line([]int{1, 2}, 0)
		spoil(&spec)
		if _, err := routing.New(spec); !slices.Contains(fields(err), "/rates") {
			t.Errorf("%s: New() points at %v, want the rates", name, fields(err))
		}
	}
	spec := line([]int{1, 2}, 0)
	spec.ByWorth, spec.Jobs[1].Worth = true, 1<<61
	if _, err := routing.New(spec); !slices.Contains(fields(err), "/jobs") {
		t.Errorf("worth of 2^61: New() points at %v, want the jobs", fields(err))
	}
	spec.Jobs[1].Worth = -1
	if _, err := routing.New(spec); !slices.Contains(fields(err), "/jobs/1/worth") {
		t.Errorf("worth of -1: New() points at %v, want the job", fields(err))
	}
}
