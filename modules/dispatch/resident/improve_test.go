package resident_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

func improve(t *testing.T, b *resident.Board, f resident.Focus) resident.Better {
	t.Helper()
	better, err := b.Improve(context.Background(), f, routing.Budget{Iterations: 300}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatalf("Improve() = %v", err)
	}
	return better
}

// TestImprove finds something in a plan made quickly, never moves more people than it
// may, and does the same again.
func TestImprove(t *testing.T) {
	t.Parallel()
	for hands := range 4 {
		b := newWorld(7, 2, 60_000).board(t, 12, 90)
		f := resident.Focus{Jobs: []string{"job-1", "job-2"}, Hands: hands, Whole: hands == 3}
		better := improve(t, b, f)
		if hands == 3 && !better.Gain() {
			t.Error("nothing is better than a plan made quickly")
		}
		next, a, err := b.Adopt(better)
		if err != nil {
			t.Fatalf("Adopt() = %v", err)
		}
		if again, _, err := b.Adopt(improve(t, b, f)); err != nil || !reflect.DeepEqual(again.Plan(), next.Plan()) {
			t.Errorf("the same again gives another plan, %v", err)
		}
		moved := 0
		for _, c := range a.Changes {
			if c.Hands() && c.Job != "job-1" && c.Job != "job-2" {
				moved++
			}
		}
		if !f.Whole && moved > max(1, hands) {
			t.Errorf("%d jobs change hands, at most %d may", moved, max(1, hands))
		}
		if c := resident.Compare(b, next); better.Gain() && !c.After.Bill.Score().Less(c.Before.Bill.Score()) || len(c.Changes) != len(a.Changes) {
			t.Errorf("Compare() = %+v", c)
		}
		if breaches := routing.Check(next.Problem(), next.Plan()); breaches != nil {
			t.Errorf("Check() = %v", breaches)
		}
	}
}

// TestAdoptIsRefused when what it is about has changed, and only then.
func TestAdoptIsRefused(t *testing.T) {
	t.Parallel()
	b := newWorld(7, 2, 60_000).board(t, 12, 90)
	better := improve(t, b, resident.Focus{Whole: true})
	if !better.Gain() {
		t.Fatal("nothing to adopt")
	}
	touched, _ := must(t, b, resident.Overrun{Key: "job-3", Service: 60})
	if _, _, err := touched.Adopt(better); !errors.Is(err, resident.ErrStale) {
		t.Errorf("Adopt() = %v, want %v", err, resident.ErrStale)
	}
	k := resident.NewKeeper(b)
	if next, _, err := k.Adopt(better); err != nil || k.Board() != next {
		t.Errorf("Adopt() = %v", err)
	}
	if _, _, err := k.Adopt(better); !errors.Is(err, resident.ErrStale) {
		t.Errorf("the second Adopt() = %v, want %v", err, resident.ErrStale)
	}
}

// TestCompare plays a bad day on a copy and reads the figures.
func TestCompare(t *testing.T) {
	t.Parallel()
	b := pair(t)
	bad, _ := must(t, b, resident.Away{Technician: "ann", Until: day})
	c := resident.Compare(b, bad)
	if c.Hands != 1 || c.Days+c.Times != 0 || c.Before.Visits != 1 || c.After.Visits != 1 || c.Before.Metres != 18000 || c.Before.Travel != 1200 {
		t.Errorf("Compare() = %+v", c)
	}
	worse, _ := must(t, bad, resident.Away{Technician: "bob", Until: 2 * day}, resident.Away{Technician: "ann", Until: 2 * day})
	if c := resident.Compare(b, worse); c.After.Visits != 0 || c.After.Unserved != [4]int{0, 1} || c.Hands != 0 || len(c.Changes) != 1 {
		t.Errorf("Compare() = %+v", c)
	}
}

// TestRestore brings a plan back from its JSON, first into the same world, then into one
// in which things have happened.
func TestRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(7, 2, 60_000)
	setup := w.setup(12, 90)
	b, err := resident.New(setup)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = b.Adopt(improve(t, b.Fill(), resident.Focus{Whole: true}))
	if !errors.Is(err, resident.ErrStale) {
		t.Fatalf("an improvement of another plan: %v", err)
	}
	b, err = resident.New(setup)
	if err != nil {
		t.Fatal(err)
	}
	b = b.Fill()
	text, err := json.Marshal(b.Save())
	if err != nil {
		t.Fatal(err)
	}
	var saved resident.Saved
	if err := json.Unmarshal(text, &saved); err != nil {
		t.Fatal(err)
	}
	back, a, err := resident.Restore(setup, saved)
	if err != nil || !reflect.DeepEqual(back.Plan(), b.Plan()) || len(a.Unkept) > 0 {
		t.Fatalf("Restore() = %v, unkept %v", err, a.Unkept)
	}
	setup.Spec.Technicians[3].Shifts[0].Off = true
	setup.Spec.Jobs[5].Retired, setup.Jobs[5] = true, ""
	setup.Spec.Jobs[6].PartsFrom = routing.Never
	saved.Routes = append(saved.Routes, resident.SavedWork{Technician: "somebody", Jobs: []string{"job-7"}})
	saved.Routes[0].Jobs = append(saved.Routes[0].Jobs, "a job that nobody knows")
	back, a, err = resident.Restore(setup, saved)
	if err != nil {
		t.Fatal(err)
	}
	if breaches := routing.Check(back.Problem(), back.Plan()); breaches != nil {
		t.Errorf("Check() = %v", breaches)
	}
	if _, ok := back.Visit("job-7"); ok || len(a.Unkept) == 0 || a.Unkept[0].Job != "job-7" {
		t.Errorf("unkept %+v, want job-7, whose part nobody knows", a.Unkept)
	}
	if len(back.Plan().Routes[back.Problem().Route(3, 0)]) > 0 {
		t.Error("a shift that is off has work")
	}
}

// TestOutsiderSees shows the outsider boards that break what was said.
func TestOutsiderSees(t *testing.T) {
	t.Parallel()
	b := pair(t)
	for name, spoil := range map[string]func(o *outsider){
		"another technician": func(o *outsider) { o.promises["job"] = promised{routing.Window{Close: day}, "bob"} },
		"another time":       func(o *outsider) { o.promises["job"] = promised{window: routing.Window{Open: 9 * hour, Close: day}} },
		"not in the plan":    func(o *outsider) { o.promises["other"] = promised{} },
		"forgotten":          func(o *outsider) { o.alive["other"] = true },
	} {
		o := newOutsider()
		if err := o.judge(b, resident.Answer{}); err != nil {
			t.Fatalf("a good board: %v", err)
		}
		if spoil(o); o.judge(b, resident.Answer{}) == nil {
			t.Errorf("%s: the outsider sees nothing", name)
		}
	}
}
