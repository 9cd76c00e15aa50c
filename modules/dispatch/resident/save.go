package resident

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Saved is the plan of a board in the caller's keys, to be kept as JSON. It says who does
// what in which order; what the jobs and shifts are, the caller knows.
type Saved struct {
	Now    int64       `json:"now"`
	Routes []SavedWork `json:"routes"` // those with a visit
	Holds  []SavedHold `json:"holds,omitempty"`
	Linked []SavedTime `json:"linked,omitempty"`
}

// SavedWork is one route.
type SavedWork struct {
	Technician string   `json:"technician"`
	Open       int64    `json:"open"` // the stretch of the shift
	Close      int64    `json:"close"`
	Jobs       []string `json:"jobs"`
}

// SavedHold is a job that is held.
type SavedHold struct {
	Job   string `json:"job"`
	Until int64  `json:"until"`
}

// SavedTime is in which window a linked visit starts.
type SavedTime struct {
	Job   string `json:"job"`
	Open  int64  `json:"open"`
	Close int64  `json:"close"`
}

// Save states the plan.
func (b *Board) Save() Saved {
	s, p := Saved{Now: b.now, Routes: []SavedWork{}}, b.Problem()
	for r, jobs := range b.Plan().Routes {
		if len(jobs) == 0 {
			continue
		}
		t, k := p.Owner(r)
		shift := p.Shift(t, k)
		w := SavedWork{Technician: b.people.list[t], Open: shift.Open, Close: shift.Close}
		for _, j := range jobs {
			w.Jobs = append(w.Jobs, b.jobs[j].key)
		}
		s.Routes = append(s.Routes, w)
	}
	for j := range b.jobs {
		if e := &b.jobs[j]; e.until > 0 {
			s.Holds = append(s.Holds, SavedHold{e.key, e.until})
		}
	}
	for _, a := range b.Plan().Appointed {
		s.Linked = append(s.Linked, SavedTime{b.jobs[a.Job].key, a.Open, a.Close})
	}
	slices.SortFunc(s.Holds, func(a, b SavedHold) int { return cmp.Compare(a.Job, b.Job) })
	return s
}

// Restore begins with a saved plan, repaired against what is true now: what the setup
// does not know is forgotten, what does not fit any more gets another place, and the
// Answer names what has none. Errors: those of New.
func Restore(setup Setup, s Saved) (*Board, Answer, error) {
	b, err := New(setup)
	if err != nil {
		return nil, Answer{}, err
	}
	b.now = max(b.now, s.Now)
	for _, h := range s.Holds {
		if j, ok := b.number[h.Job]; ok {
			b.jobs[j].until = h.Until
		}
	}
	plan := b.Problem().Empty()
	for _, w := range s.Routes {
		if r, ok := b.route(w); ok {
			plan.Routes[r] = append(plan.Routes[r], b.numbers(w.Jobs)...)
		}
	}
	for _, l := range s.Linked {
		if j, ok := b.number[l.Job]; ok {
			plan.Appointed = append(plan.Appointed, routing.Appointed{Job: j, Open: l.Open, Close: l.Close})
		}
	}
	slices.SortFunc(plan.Appointed, func(a, b routing.Appointed) int { return a.Job - b.Job })
	next := *b
	view, lost := b.view.Mend(b.Problem(), plan)
	next.view, next.bill = view, routing.Cost(b.Problem(), view.Plan())
	a := b.answer(&next, nil, lost)
	return &next, a, nil
}

// route is the shift of a technician that has most of a saved one.
func (b *Board) route(w SavedWork) (route int, ok bool) {
	t, known := b.people.number[w.Technician]
	if !known {
		return 0, false
	}
	most := int64(-1)
	for k := range b.Problem().ShiftsOf(t) {
		s := b.Problem().Shift(t, k)
		if v := min(s.Close, w.Close) - max(s.Open, w.Open); v > most {
			most, route, ok = v, b.Problem().Route(t, k), true
		}
	}
	return route, ok
}

func (b *Board) numbers(list []string) (out []int) {
	for _, key := range list {
		if j, ok := b.number[key]; ok {
			out = append(out, j)
		}
	}
	return out
}
