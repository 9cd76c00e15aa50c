package remedysvc_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// order is the work order of the case's newest plan.
func (k *kit) order(t testing.TB, c id.Case) id.WorkOrder {
	t.Helper()
	v, err := k.View(agent(t), c)
	if err != nil {
		t.Fatal(err)
	}
	return id.WorkOrder(v.ID)
}

// moved lets the case be in a state and tells of it.
func (k *kit) moved(t testing.TB, c id.Case, to desk.State) {
	t.Helper()
	b := k.cases[c]
	from := b.State
	b.State = to
	k.cases[c] = b
	k.publish(t, desk.CaseMoved{Case: c, From: from, To: to, At: dbtest.Now})
}

func (k *kit) fails(t testing.TB, c id.Case, cause string) work.AttemptFailed {
	e := work.AttemptFailed{WorkOrder: k.order(t, c), Case: c, Outcome: work.NotFixed, Cause: cause, Attempts: 1, At: dbtest.Now}
	k.publish(t, e)
	return e
}

// What has failed gives way to a plan that knows of it, once; work that goes on
// keeps its plan.
func TestFailedPlanGivesWay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.decided(t)
		if err := k.decide(agent(t), c, remedy.OnSite, "wish"); err != nil {
			t.Fatal(err)
		}
		old := k.order(t, c)
		for _, o := range []work.Outcome{work.PartMissing, work.NotPresent} {
			k.publish(t, work.AttemptFailed{WorkOrder: old, Case: c, Outcome: o, At: dbtest.Now})
		}
		if k.order(t, c) != old || len(k.gone) != 0 {
			t.Fatalf("work that goes on lost its plan: %+v", k.gone)
		}
		failed := k.fails(t, c, "")
		v, err := k.View(agent(t), c)
		if err != nil || id.WorkOrder(v.ID) == old || v.State != remedy.Proposed || !slices.Equal(v.Facts.Tried, []remedy.Try{{Mode: remedy.OnSite, Outcome: "not_fixed"}}) {
			t.Fatalf("after the failure the plan is %+v, %v", v, err)
		}
		if o, _ := v.Proposal.Find(remedy.Remote); !o.Out {
			t.Error("advice is offered after a visit has failed")
		}
		if len(k.gone) != 1 || k.gone[0].Plan != id.FixPlan(old) || k.gone[0].By != v.ID || k.gone[0].Reason != remedy.AfterFailure {
			t.Errorf("told %+v", k.gone)
		}
		k.publish(t, failed)
		if again := k.order(t, c); again != id.WorkOrder(v.ID) || len(k.gone) != 1 {
			t.Errorf("a repeat superseded %+v", k.gone)
		}
		if err := k.decide(agent(t), c, "", ""); err != nil {
			t.Fatal(err)
		}
		k.fails(t, c, string(warranty.Misuse))
		if v, err := k.View(agent(t), c); err != nil || v.Facts.Standing != warranty.NotCovered {
			t.Errorf("after misuse the plan is for %s, %v", v.Facts.Standing, err)
		}
		k.publish(t, entitlement(c, 2))
		if v, err := k.View(agent(t), c); err != nil || len(v.Facts.Tried) != 2 {
			t.Errorf("decided anew who pays, the plan forgot %+v, %v", v.Facts.Tried, err)
		}
	})
}

// A case that comes back gets a new plan when the old one has had its chance.
func TestReopened(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		done, undone := k.decided(t), k.decided(t)
		for _, c := range []id.Case{done, undone} {
			if err := k.decide(agent(t), c, remedy.OnSite, "wish"); err != nil {
				t.Fatal(err)
			}
		}
		k.publish(t, work.OrderCompleted{WorkOrder: k.order(t, done), Case: done, Outcome: work.Fixed, CompletedAt: dbtest.Now})
		for _, c := range []id.Case{done, undone} {
			k.moved(t, c, desk.Resolved)
			k.moved(t, c, desk.Open)
			k.publish(t, desk.CaseMoved{Case: c, From: desk.Resolved, To: desk.Open, At: dbtest.Now})
		}
		v, err := k.View(agent(t), done)
		if err != nil || v.State != remedy.Proposed || len(v.Facts.Tried) != 1 || len(k.gone) != 1 || k.gone[0].Reason != remedy.AfterReopen {
			t.Errorf("a case that came back has %+v, %v; gone %+v", v, err, k.gone)
		}
		if v, err := k.View(agent(t), undone); err != nil || v.State != remedy.Overruled && v.State != remedy.Accepted {
			t.Errorf("work that is still to be done lost its plan: %+v, %v", v, err)
		}
	})
}

// Who may overrule may ask for another plan, while nobody is at the work.
func TestAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.decided(t)
		if err := k.decide(agent(t), c, remedy.OnSite, "wish"); err != nil {
			t.Fatal(err)
		}
		for name, tt := range map[string]struct {
			ctx  context.Context
			c    id.Case
			want error
		}{
			"of no case":           {agent(t), id.Case{9}, remedy.ErrNoPlan},
			"another's node":       {as(t, access.Agent, access.Node, id.Node{2}.Raw()), c, access.ErrHidden},
			"a dispatcher":         {as(t, access.Dispatcher, access.Tenant, id.Raw{}), c, access.ErrHidden},
			"not even to be known": {as(t, access.Brand, access.OfBrand, id.Brand{2}.Raw()), c, access.ErrHidden},
		} {
			if _, err := k.Again(tt.ctx, tt.c); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		k.begun = k.order(t, c)
		if _, err := k.Again(agent(t), c); !errors.Is(err, remedy.ErrUnderWay) {
			t.Errorf("while somebody is at it: %v", err)
		}
		k.begun = id.WorkOrder{}
		got, err := k.Again(agent(t), c)
		k.publish(t)
		if v, verr := k.View(agent(t), c); err != nil || verr != nil || v.ID != got.Plan || v.State != remedy.Proposed || v.State != got.State || len(v.Facts.Tried) != 0 {
			t.Errorf("asked for another: %+v, %v; the plan is %+v, %v", got, err, v, verr)
		}
		if len(k.gone) != 1 || k.gone[0].Reason != remedy.OnRequest {
			t.Errorf("told %+v", k.gone)
		}
		k.moved(t, c, desk.Resolved)
		if _, err := k.Again(agent(t), c); !errors.Is(err, remedy.ErrNotOpen) {
			t.Errorf("when it is solved: %v", err)
		}
	})
}

// A plan whose work had begun when another was asked for stands again as it was
// decided, whatever has become of the other meanwhile.
func TestKeptPlanStandsAgain(t *testing.T) {
	for name, meanwhile := range map[string]func(t *testing.T, k *kit, c id.Case){
		"proposed":     func(*testing.T, *kit, id.Case) {},
		"decided":      func(t *testing.T, k *kit, c id.Case) { must(t, k.decide(agent(t), c, "", "")) },
		"decided anew": func(t *testing.T, k *kit, c id.Case) { k.publish(t, entitlement(c, 2)) },
		"asked again":  func(t *testing.T, k *kit, c id.Case) { must(t, second(k.Again(agent(t), c))) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				c := k.decided(t)
				must(t, k.decide(agent(t), c, remedy.OnSite, "wish"))
				old, err := k.View(agent(t), c)
				must(t, err)
				must(t, second(k.Again(agent(t), c)))
				meanwhile(t, k, c)
				e := work.OrderKept{WorkOrder: id.WorkOrder(old.ID), Case: c, At: dbtest.Now}
				k.publish(t, e, e)
				v, err := k.View(agent(t), c)
				if err != nil || v.ID != old.ID || v.State != old.State || v.Mode != old.Mode {
					t.Errorf("the plan is %+v, %v; want %+v", v, err, old)
				}
				if last := k.gone[len(k.gone)-1]; last.By != old.ID || last.Reason != remedy.AfterStart {
					t.Errorf("told %+v", last)
				}
				told := len(k.gone)
				k.publish(t, work.OrderKept{WorkOrder: id.New[id.WorkOrderKind](), Case: c, At: dbtest.Now}) // of no plan
				if len(k.gone) != told {
					t.Errorf("then told %+v", k.gone[told:])
				}
				k.fails(t, c, "")
				if v, err := k.View(agent(t), c); err != nil || v.State != remedy.Proposed || len(v.Facts.Tried) != 1 {
					t.Errorf("after its failure the plan is %+v, %v", v, err)
				}
			})
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func second[T any](_ T, err error) error { return err }

// Whatever happens, an active case is never left standing: its plan is one whose
// work goes on, one to decide on, or one that says for every way why not. There
// is one such plan at a time.
func TestNoCaseIsLeftStanding(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 3 {
			c, seq := k.decided(t), int64(1)
			for range 14 {
				v, err := k.View(agent(t), c)
				if err != nil {
					t.Fatal(err)
				}
				switch n := r.IntN(8); {
				case n < 3 && v.State == remedy.Proposed:
					best := v.Proposal.Best()
					if err := k.decide(agent(t), c, "", ""); (err != nil) != (best == remedy.NoRemedy) {
						t.Fatal(err)
					}
				case n < 5 && v.State != remedy.Proposed:
					k.fails(t, c, []string{"", string(warranty.Misuse)}[r.IntN(2)])
				case n == 5 && v.State != remedy.Proposed:
					k.publish(t, work.OrderCompleted{WorkOrder: id.WorkOrder(v.ID), Case: c, Outcome: []work.Outcome{work.Fixed, work.EndOfLife, work.CustomerNo}[r.IntN(3)], CompletedAt: dbtest.Now})
					k.moved(t, c, desk.Resolved)
					k.moved(t, c, desk.Open)
				case n == 6:
					seq++
					k.publish(t, entitlement(c, seq))
				case n == 7:
					if _, err := k.Again(agent(t), c); err != nil {
						t.Fatal(err)
					}
				}
				k.publish(t)
				v, err = k.View(agent(t), c)
				if err != nil {
					t.Fatal(err)
				}
				switch v.State {
				case remedy.Accepted, remedy.Overruled:
					if v.Outcome != "" {
						t.Fatalf("the case stands with a plan that ended %s", v.Outcome)
					}
				case remedy.Proposed:
					for _, o := range v.Proposal.Options {
						if o.Out && len(o.Reasons) == 0 {
							t.Fatalf("%s is out and nobody says why", o.Mode)
						}
					}
				default:
					t.Fatalf("the case stands with a plan that is %s", v.State)
				}
			}
		}
		seen := map[id.FixPlan]bool{}
		for _, g := range k.gone {
			if seen[g.Plan] {
				t.Errorf("%s gave way twice", g.Plan)
			}
			seen[g.Plan] = true
		}
		if len(k.proposed) != len(k.gone)+3 {
			t.Errorf("%d plans were proposed and %d gave way for 3 cases", len(k.proposed), len(k.gone))
		}
	})
}
