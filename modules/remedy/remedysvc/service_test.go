package remedysvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/remedy/remedysvc"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

var (
	acLine, acModel = id.Line{15: 1}, id.Model{15: 1}
	unit, board     = id.Unit{15: 1}, id.Part{15: 1}
)

// kit is the module as the application puts it together, with what it asks.
type kit struct {
	*remedysvc.Module
	d        *db.DB
	bus      *outbox.Bus
	cases    map[id.Case]desk.Brief
	modes    string
	proposed []remedy.PlanProposed
	accepted []remedy.PlanAccepted
	gone     []remedy.PlanSuperseded
	begun    id.WorkOrder // the one that somebody is at
}

// EntitlementGiven: every case is covered, unless it was misuse.
func (k *kit) EntitlementGiven(_ context.Context, _ id.Tenant, c id.Case, cause warranty.Cause) (warranty.Entitlement, error) {
	e := warranty.Entitlement{Case: c, Seq: 1, Decision: warranty.Decision{Standing: warranty.Covered, Coverage: []warranty.Coverage{
		{Cost: warranty.Labour, Standing: warranty.Covered, Payer: warranty.BrandPays},
	}}}
	if cause == warranty.Misuse {
		e.Decision = warranty.Decision{Standing: warranty.NotCovered}
	}
	return e, nil
}

func (k *kit) Entitlement(ctx context.Context, tenant id.Tenant, c id.Case) (warranty.Entitlement, error) {
	return k.EntitlementGiven(ctx, tenant, c, "")
}

func (k *kit) WorkOrder(_ context.Context, _ id.Tenant, wo id.WorkOrder) (work.Brief, error) {
	if wo == k.begun {
		return work.Brief{ID: wo, State: work.InProgress}, nil
	}
	return work.Brief{}, work.ErrNotFound
}

func (k *kit) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	if b, ok := k.cases[c]; ok && tenant == dbtest.Tenant {
		return b, nil
	}
	return desk.Brief{}, desk.ErrCaseNotFound
}

func (k *kit) Line(context.Context, id.Tenant, id.Line) (catalog.Line, error) {
	return catalog.Line{ID: acLine, Code: "AC"}, nil
}

func (k *kit) Model(_ context.Context, _ id.Tenant, m id.Model) (catalog.Model, error) {
	if m != acModel {
		return catalog.Model{}, catalog.ErrModelNotFound
	}
	return catalog.Model{ID: m, Line: acLine, Attributes: map[string]string{"modes": k.modes, "price_minor": "90000", "visit_minutes": "75"}}, nil
}

func (k *kit) Parts(_ context.Context, _ id.Tenant, _ id.Model, symptom string) ([]catalog.Suggestion, error) {
	if symptom != "drips" {
		return nil, nil
	}
	return []catalog.Suggestion{{Part: catalog.Part{ID: board, Price: money.Of(8900, "EUR")}, Quantity: 1, Permille: 600}}, nil
}

func (k *kit) Operator(context.Context, id.Tenant) (network.Operator, error) {
	return network.Operator{Currency: "EUR"}, nil
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{d: d, bus: outbox.New(d, outbox.Options{}), cases: map[id.Case]desk.Brief{}, modes: "on_site remote"}
		k.Module = remedysvc.New(remedysvc.Deps{DB: d, Bus: k.bus, Guard: guard, Desk: k, Catalog: k, Network: k, Warranty: k, Work: k})
		outbox.On(k.bus, "test.proposed", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e remedy.PlanProposed) error {
			k.proposed = append(k.proposed, e)
			return nil
		})
		outbox.On(k.bus, "test.gone", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e remedy.PlanSuperseded) error {
			k.gone = append(k.gone, e)
			return nil
		})
		outbox.On(k.bus, "test.accepted", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e remedy.PlanAccepted) error {
			k.accepted = append(k.accepted, e)
			return nil
		})
		fn(t, k)
	}, outbox.Schema(), command.Schema(), remedysvc.Schema())
}

func as(t testing.TB, role access.Role, kind access.ScopeKind, raw id.Raw) context.Context {
	return access.With(t.Context(), access.Caller{
		Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}},
	})
}

func agent(t testing.TB) context.Context { return as(t, access.Agent, access.Tenant, id.Raw{}) }

func (k *kit) publish(t testing.TB, events ...outbox.Event) {
	t.Helper()
	err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, events...) })
	if err == nil {
		err = k.bus.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// decided opens a case and says that it is covered.
func (k *kit) decided(t testing.TB, change ...func(*desk.Brief)) id.Case {
	t.Helper()
	b := desk.Brief{
		ID: id.New[id.CaseKind](), State: desk.New, Brand: id.Brand{1}, Node: id.Node{1}, Partner: id.Partner{1}, Line: acLine, Model: acModel, Unit: unit,
		Symptom: "drips", WorkType: desk.Repair, Priority: desk.Normal,
	}
	for _, f := range change {
		f(&b)
	}
	k.cases[b.ID] = b
	k.publish(t, entitlement(b.ID, 1))
	return b.ID
}

func entitlement(c id.Case, seq int64) warranty.EntitlementDecided {
	return warranty.EntitlementDecided{
		Case: c, Seq: seq, Standing: warranty.Covered, Payers: map[warranty.CostKind]warranty.Payer{warranty.Labour: warranty.BrandPays}, DecidedAt: dbtest.Now,
	}
}

// decide calls the use case with what a request's body says.
func (k *kit) decide(ctx context.Context, c id.Case, mode remedy.Mode, reason string) error {
	return call(ctx, k.Decide, c, map[string]any{"mode": mode, "reason": reason})
}

func call[In, Out any](ctx context.Context, use func(context.Context, id.Case, In) (Out, error), c id.Case, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var in In
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	_, err = use(ctx, c, in)
	return err
}

// A plan is proposed from what is known; what it needs travels with the decision.
func TestPropose(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.decided(t)
		v, err := k.View(agent(t), c)
		if err != nil || v.State != "proposed" || v.Facts.UnitMinor != 90000 || v.Facts.Minutes != 75 || len(v.Facts.Parts) != 1 || len(v.Proposal.Options) != len(remedy.Modes) {
			t.Fatalf("the plan is %+v, %v", v, err)
		}
		for _, o := range v.Proposal.Options {
			if len(o.Reasons) == 0 {
				t.Errorf("%s has no reason", o.Mode)
			}
		}
		if err := k.decide(agent(t), c, "", ""); err != nil {
			t.Fatal(err)
		}
		k.publish(t)
		if len(k.accepted) != 1 || k.accepted[0].Overruled || k.accepted[0].Mode != k.proposed[0].Mode || k.accepted[0].Minutes != 75 || k.accepted[0].Skills[0].Skill != "AC" {
			t.Errorf("accepted %+v of %+v", k.accepted, k.proposed)
		}
		if _, err := k.View(access.With(t.Context(), access.System(dbtest.Other)), c); !errors.Is(err, remedy.ErrNoPlan) {
			t.Errorf("another tenant reads %v", err)
		}
	})
}

// Whoever chooses another way says why and may do so; what a rule puts out
// nobody can choose.
func TestDecide(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.decided(t)
		for name, tt := range map[string]struct {
			ctx    context.Context
			mode   remedy.Mode
			reason string
			want   error
		}{
			"no reason":          {agent(t), remedy.OnSite, "", remedy.ErrReason},
			"out by a rule":      {agent(t), remedy.MailIn, "wish", remedy.ErrNotOffered},
			"no way at all":      {agent(t), "pray", "wish", remedy.ErrNotOffered},
			"not theirs to see":  {as(t, access.Agent, access.Node, id.Node{2}.Raw()), "", "", access.ErrHidden},
			"not theirs to take": {as(t, access.Brand, access.OfBrand, id.Brand{1}.Raw()), "", "", access.ErrHidden},
			"not theirs to turn": {as(t, access.Dispatcher, access.Tenant, id.Raw{}), remedy.OnSite, "wish", access.ErrHidden},
		} {
			if err := k.decide(tt.ctx, c, tt.mode, tt.reason); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if err := k.decide(agent(t), id.Case{9}, "", ""); !errors.Is(err, remedy.ErrNoPlan) {
			t.Errorf("of no case = %v", err)
		}
		if err := k.decide(agent(t), c, remedy.OnSite, "wish"); err != nil {
			t.Fatal(err)
		}
		if err := k.decide(agent(t), c, remedy.Remote, "wish"); !errors.Is(err, remedy.ErrDecided) {
			t.Errorf("again = %v", err)
		}
		k.publish(t)
		if len(k.accepted) != 1 || !k.accepted[0].Overruled || len(k.accepted[0].Parts) != 1 {
			t.Errorf("accepted %+v", k.accepted)
		}
		// Partial refunds are put out by a rule, and agreed between people all the same.
		other := k.decided(t)
		if err := k.decide(agent(t), other, remedy.Partial, "agreed"); err != nil {
			t.Error(err)
		}
	})
}

// A new decision on who pays makes a new proposal, unless somebody has decided
// already how the case is fixed; repeats change nothing.
func TestSupersede(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		open, taken := k.decided(t), k.decided(t)
		if err := k.decide(agent(t), taken, "", ""); err != nil {
			t.Fatal(err)
		}
		first, err := k.View(agent(t), open)
		if err != nil {
			t.Fatal(err)
		}
		k.publish(t, entitlement(open, 2), entitlement(taken, 2))
		second, err := k.View(agent(t), open)
		if err != nil || second.ID == first.ID || second.State != "proposed" {
			t.Errorf("decided anew, the plan is %+v, %v", second, err)
		}
		if v, err := k.View(agent(t), taken); err != nil || v.State != "accepted" {
			t.Errorf("what was decided became %+v, %v", v, err)
		}
		if len(k.proposed) != 3 {
			t.Errorf("%d plans were proposed", len(k.proposed))
		}
		over := k.decided(t, func(b *desk.Brief) { b.State = desk.Cancelled })
		if _, err := k.View(agent(t), over); !errors.Is(err, remedy.ErrNoPlan) {
			t.Errorf("a case that is over has a plan: %v", err)
		}
	})
}

// What came of a plan is counted once, for its line and way, and the same fault
// that comes back is known.
func TestLearn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for range 3 {
			c := k.decided(t)
			if err := k.decide(agent(t), c, remedy.OnSite, "wish"); err != nil && !errors.Is(err, remedy.ErrDecided) { // the only way left needs nobody
				t.Fatal(err)
			}
			wo := k.order(t, c)
			missing := work.AttemptFailed{WorkOrder: wo, Case: c, Kind: work.Visit, Outcome: work.PartMissing, Attempts: 1, At: dbtest.Now}
			absent := work.AttemptFailed{WorkOrder: wo, Case: c, Kind: work.Visit, Outcome: work.NotPresent, Attempts: 2, At: dbtest.Now}
			k.publish(t, missing, absent, work.OrderCompleted{WorkOrder: wo, Case: c, Kind: work.Visit, Outcome: work.Fixed, CompletedAt: dbtest.Now})
		}
		v, err := k.View(agent(t), k.decided(t))
		if err != nil || v.Facts.Counts[remedy.OnSite] != (remedy.Count{Tried: 6, Fixed: 3}) || v.Facts.Repeats != 3 {
			t.Errorf("afterwards the facts are %+v, %v", v.Facts, err)
		}
		if o, _ := v.Proposal.Find(remedy.Remote); !o.Out {
			t.Error("a fault that came back three times is advised on")
		}
		if v, err := k.View(agent(t), k.decided(t, func(b *desk.Brief) { b.Unit = id.Unit{9} })); err != nil || v.Facts.Repeats != 0 {
			t.Errorf("another unit has %d repairs, %v", v.Facts.Repeats, err)
		}
		k.publish(t, work.OrderCompleted{Case: id.Case{9}, Outcome: work.Fixed, CompletedAt: dbtest.Now}) // of no plan
	})
}

// What the catalogue does not know any more does not stop a plan.
func TestWithoutModel(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		gone := k.decided(t, func(b *desk.Brief) { b.Model = id.Model{9} })
		none := k.decided(t, func(b *desk.Brief) { b.Model, b.Line, b.Unit = id.Model{}, id.Line{}, id.Unit{} })
		for _, c := range []id.Case{gone, none} {
			if v, err := k.View(agent(t), c); err != nil || v.Proposal.Best() == remedy.NoRemedy {
				t.Errorf("the plan is %+v, %v", v, err)
			}
		}
	})
}

func TestPolicy(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		quality := as(t, access.Quality, access.Tenant, id.Raw{})
		p := remedy.Standard
		p.VisitMinutes = 99
		one, err := k.SetPolicy(quality, p)
		if err != nil || one.Version != 1 {
			t.Fatalf("published %d, %v", one.Version, err)
		}
		if two, err := k.SetPolicy(quality, p); err != nil || two.Version != 2 {
			t.Errorf("then published %d, %v", two.Version, err)
		}
		c := k.decided(t, func(b *desk.Brief) { b.Model = id.Model{} })
		if v, err := k.View(agent(t), c); err != nil || v.Needs.Minutes != 99 || v.Proposal.Policy != 2 {
			t.Errorf("by it the plan is %+v, %v", v, err)
		}
		p.KitPermille = 1001
		if _, err := k.SetPolicy(quality, p); !errors.Is(err, remedy.ErrPolicy) {
			t.Errorf("beyond the whole = %v", err)
		}
		if _, err := k.SetPolicy(agent(t), remedy.Standard); !errors.Is(err, access.ErrHidden) {
			t.Errorf("by an agent = %v", err)
		}
	})
}
