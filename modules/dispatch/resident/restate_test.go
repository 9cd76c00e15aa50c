package resident_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// statement says of a technician's shift what a board says of it.
func statement(b *resident.Board, technician, shift int) resident.Restate {
	out := resident.Restate{Technician: b.Technician(technician)}
	for _, key := range b.Places() {
		out.Places = append(out.Places, resident.Place{Key: key})
	}
	st := resident.Stated{Shift: shift, As: b.Shift(technician, shift)}
	st.As.Frozen = nil
	for i, j := range b.Plan().Routes[b.Problem().Route(technician, shift)] {
		job := b.Problem().Job(j)
		job.Pin = &routing.Pin{Technician: technician, Start: routing.Any}
		if slices.Contains(b.Shift(technician, shift).Frozen, j) {
			st.As.Frozen = append(st.As.Frozen, i)
		}
		st.Holds = append(st.Holds, resident.Work{Key: b.Job(j), Job: job})
	}
	out.Shifts = []resident.Stated{st}
	return out
}

// TestRestate moves work between technicians by stating both anew, and holds the board
// against one that begins with what was stated.
func TestRestate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		w := newWorld(seed, 2, 30_000)
		b := w.board(t, 6, 40)
		for range 8 {
			from, to, shift := w.r.IntN(6), w.r.IntN(6), w.r.IntN(2)
			a, c := statement(b, from, shift), statement(b, to, shift)
			if mine := &a.Shifts[0].Holds; from != to && len(*mine) > 0 {
				moved := (*mine)[len(*mine)-1]
				moved.Job.Pin = &routing.Pin{Technician: to, Start: routing.Any}
				*mine = (*mine)[:len(*mine)-1]
				c.Shifts[0].Holds = append(c.Shifts[0].Holds, moved)
			}
			list := []resident.Disturbance{a, c}
			if w.r.IntN(2) == 0 {
				slices.Reverse(list)
			}
			b, _ = must(t, b, list...)
			holds(t, b, a, c)
			fresh(t, w, b)
		}
	}
}

// holds wants what was stated, in that order, unless that cannot be carried out.
func holds(t *testing.T, b *resident.Board, list ...resident.Restate) {
	t.Helper()
	stated := b.Plan().Clone()
	for _, c := range list {
		for n := range b.Technicians() {
			if b.Technician(n) != c.Technician {
				continue
			}
			var jobs []int
			for _, v := range c.Shifts[0].Holds {
				j, ok := b.Number(v.Key)
				if !ok {
					t.Fatalf("%s is lost", v.Key)
				}
				jobs = append(jobs, j)
			}
			stated.Routes[b.Problem().Route(n, c.Shifts[0].Shift)] = jobs
		}
	}
	for r, jobs := range stated.Routes {
		got := slices.DeleteFunc(slices.Clone(b.Plan().Routes[r]), func(j int) bool { return !slices.Contains(jobs, j) }) // others may have found room
		if !slices.Equal(got, jobs) && len(routing.Check(b.Problem(), stated)) == 0 {
			t.Fatalf("a route holds %v, want %v", got, jobs)
		}
	}
}

// fresh wants the same offers of a board that begins with the plan.
func fresh(t *testing.T, w *world, b *resident.Board) {
	t.Helper()
	setup := resident.Setup{Spec: b.Problem().Spec(), Places: b.Places()}
	for n := range b.Technicians() {
		setup.Technicians = append(setup.Technicians, b.Technician(n))
	}
	for j := range b.Problem().Jobs() {
		setup.Jobs = append(setup.Jobs, b.Job(j))
	}
	p, err := routing.New(setup.Spec)
	if err != nil {
		t.Fatal(err)
	}
	again, err := resident.Over(p, b.Plan(), setup)
	if err != nil {
		t.Fatal(err)
	}
	if again.Bill() != b.Bill() {
		t.Fatalf("the bill is %+v, want %+v", b.Bill(), again.Bill())
	}
	ask := resident.Ask{Job: w.job(), Place: w.place(b, w.spot()), Windows: []routing.Window{{Open: 8 * hour, Close: 12 * hour}, {Open: day + 9*hour, Close: day + 15*hour}}}
	got, err := b.Offers(ask)
	if err != nil {
		t.Fatal(err)
	}
	want, err := again.Offers(ask)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("offers %+v, want %+v", got, want)
	}
}

// TestRestateByHand states what is frozen, what is new, and what is not there any more.
func TestRestateByHand(t *testing.T) {
	t.Parallel()
	b := pair(t)
	pin := func(n int) *routing.Pin { return &routing.Pin{Technician: n, Start: routing.Any} }
	bob := resident.Restate{
		Technician: "bob", Places: []resident.Place{{Key: "out"}, {Key: "home"}},
		Shifts: []resident.Stated{{
			Shift: 1, As: routing.Shift{Start: 0, End: 1, Open: day + 10*hour, Close: day + 16*hour, Frozen: []int{0}},
			Holds: []resident.Work{
				{Key: "under way", Job: routing.Job{Site: 0, Service: hour}},
				{Key: "job", Job: routing.Job{Site: 0, Service: hour, Pin: pin(1)}},
			},
		}},
	}
	b, _ = must(t, b, bob)
	if v, ok := b.Visit("under way"); !ok || v.Technician != "bob" || v.Shift != 1 || v.Start != day+10*hour {
		t.Errorf("what is under way is at %+v", v)
	}
	if v, ok := b.Visit("job"); !ok || v.Technician != "bob" || v.Start != day+11*hour {
		t.Errorf("the job is at %+v", v)
	}
	bob.Shifts[0].As.Frozen, bob.Shifts[0].Holds = nil, bob.Shifts[0].Holds[1:]
	b, _ = must(t, b, resident.Cancel{Key: "under way"}, bob)
	if v, ok := b.Visit("job"); !ok || v.Technician != "bob" || v.Start != day+10*hour {
		t.Errorf("the job is at %+v when nothing is before it", v)
	}
	if _, ok := b.Number("under way"); ok {
		t.Error("what was called off is still there")
	}
	bob.Shifts[0].Holds = nil
	b, _ = must(t, b, bob)
	if v, ok := b.Visit("job"); !ok || v.Technician != "bob" || v.Start != day+10*hour {
		t.Errorf("the job is at %+v: what no shift holds any more is not lost, and keeps its technician", v)
	}
}

func TestRestateRefuses(t *testing.T) {
	t.Parallel()
	b := pair(t)
	places := []resident.Place{{Key: "home"}}
	for name, tt := range map[string]struct {
		give resident.Restate
		want error
	}{
		"nobody":          {resident.Restate{Technician: "none"}, resident.ErrUnknown},
		"a third shift":   {resident.Restate{Technician: "ann", Places: places, Shifts: []resident.Stated{{Shift: 2}}}, resident.ErrUnknown},
		"no place":        {resident.Restate{Technician: "ann", Shifts: []resident.Stated{{}}}, resident.ErrSetup},
		"a wrong place":   {resident.Restate{Technician: "ann", Places: places, Shifts: []resident.Stated{{As: routing.Shift{End: 1}}}}, resident.ErrSetup},
		"frozen, but who": {resident.Restate{Technician: "ann", Places: places, Shifts: []resident.Stated{{As: routing.Shift{Frozen: []int{0}}}}}, resident.ErrSetup},
		"a nameless job":  {resident.Restate{Technician: "ann", Places: places, Shifts: []resident.Stated{{Holds: []resident.Work{{}}}}}, resident.ErrUnknown},
		"no ways":         {resident.Restate{Technician: "ann", Places: []resident.Place{{Key: "new"}}, Shifts: []resident.Stated{{}}}, routing.ErrSpec},
	} {
		if _, _, err := b.Apply(tt.give); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := resident.Over(b.Problem(), routing.Plan{Routes: [][]int{{0}, {0}, nil, nil}}, resident.Setup{Spec: b.Problem().Spec()}); !errors.Is(err, resident.ErrSetup) {
		t.Errorf("Over() = %v for a plan that does a job twice", err)
	}
}
