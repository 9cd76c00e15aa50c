package worksvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/modules/work/worksvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

var theCase, board = id.Case{15: 1}, id.Part{15: 1}

// kit is the module as the application puts it together; it knows one case.
type kit struct {
	*worksvc.Module
	d     *db.DB
	ring  *keys.Ring
	bus   *outbox.Bus
	who   id.Person
	ready []work.OrderReady
	done  []work.OrderCompleted
	vain  []work.AttemptFailed
}

func (k *kit) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	if c != theCase || tenant != dbtest.Tenant {
		return desk.Brief{}, desk.ErrCaseNotFound
	}
	return desk.Brief{ID: c, Brand: id.Brand{1}, Node: id.Node{1}, Partner: id.Partner{1}, Requester: k.who}, nil
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	schemas := []db.Schema{outbox.Schema(), command.Schema(), leaf.Schema(), keys.Schema(), worksvc.Schema()}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		ring, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "ledger")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ring.Close() })
		made, err := ring.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
		if err != nil {
			t.Fatal(err)
		}
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{d: d, ring: ring, bus: outbox.New(d, outbox.Options{}), who: made[0].Person()}
		k.Module = worksvc.New(worksvc.Deps{DB: d, Bus: k.bus, Ring: ring, Guard: guard, Desk: k})
		hear(k.bus, &k.ready)
		hear(k.bus, &k.done)
		hear(k.bus, &k.vain)
		fn(t, k)
	}, schemas...)
}

func hear[E outbox.Event](bus *outbox.Bus, into *[]E) {
	outbox.On(bus, "test.heard", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e E) error {
		*into = append(*into, e)
		return nil
	})
}

func as(t testing.TB, role access.Role, kind access.ScopeKind, raw id.Raw) context.Context {
	return access.With(t.Context(), access.Caller{
		Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}},
	})
}

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

// plan accepts a plan for the case and returns its work order.
func (k *kit) plan(t testing.TB, m remedy.Mode) id.WorkOrder {
	t.Helper()
	p := id.New[id.FixPlanKind]()
	k.publish(t, accepted(p, m))
	return id.WorkOrder(p)
}

func accepted(p id.FixPlan, m remedy.Mode) remedy.PlanAccepted {
	return remedy.PlanAccepted{
		Case: theCase, Plan: p, Mode: m, Brand: id.Brand{1}, Node: id.Node{1}, Minutes: 60, Skills: []remedy.SkillNeed{{Skill: "AC", Level: 1}},
		Parts: []remedy.Need{{Part: board, Quantity: 1}}, At: dbtest.Now,
	}
}

func (k *kit) state(t testing.TB, wo id.WorkOrder) work.State {
	t.Helper()
	b, err := k.WorkOrder(t.Context(), dbtest.Tenant, wo)
	if err != nil {
		t.Fatal(err)
	}
	return b.State
}

func (k *kit) recorded(wo id.WorkOrder, o work.Outcome) field.VisitRecorded {
	return field.VisitRecorded{
		Visit: id.New[id.VisitKind](), Case: theCase, WorkOrder: wo, Outcome: o, WorkedMinutes: 30, TravelMetres: 4000,
		Parts: []remedy.Need{{Part: board, Quantity: 1}}, FinishedAt: dbtest.Now.Add(time.Hour),
	}
}

func (k *kit) leaves(t testing.TB) int {
	t.Helper()
	got, err := db.Get(t.Context(), k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]leaf.Leaf, error) { return leaf.Of(ctx, tx, theCase.Raw()) })
	if err != nil {
		t.Fatal(err)
	}
	return len(got)
}

// call calls a use case with what a request's body says.
func call[K id.Kind, In, Out any](t testing.TB, ctx context.Context, use func(context.Context, id.ID[K], In) (Out, error), about id.ID[K], body any) error {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var in In
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	_, err = use(ctx, about, in)
	return err
}

// One accepted plan is one work order, however often it is heard; what needs no
// work has none.
func TestPlanBecomesWork(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		p := id.New[id.FixPlanKind]()
		k.publish(t, accepted(p, remedy.OnSite), accepted(p, remedy.OnSite), accepted(id.New[id.FixPlanKind](), remedy.NoRemedy))
		if len(k.ready) != 1 || k.ready[0].Kind != work.Visit || k.ready[0].WorkOrder != id.WorkOrder(p) || k.ready[0].Again || k.ready[0].Minutes != 60 {
			t.Errorf("ready %+v", k.ready)
		}
		b, err := k.WorkOrder(t.Context(), dbtest.Tenant, id.WorkOrder(p))
		if err != nil || b.State != work.Ready || len(b.Parts) != 1 || len(b.Skills) != 1 {
			t.Errorf("the work is %+v, %v", b, err)
		}
		if _, err := k.WorkOrder(t.Context(), dbtest.Other, id.WorkOrder(p)); !errors.Is(err, work.ErrNotFound) {
			t.Errorf("another tenant reads %v", err)
		}
	})
}

// A visit from the appointment to the books: what happens too late changes
// nothing, and the record counts once.
func TestVisit(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		wo := k.plan(t, remedy.OnSite)
		for _, step := range []struct {
			e    outbox.Event
			want work.State
		}{
			{dispatch.AppointmentScheduled{Case: theCase, WorkOrder: wo}, work.Scheduled},
			{dispatch.AppointmentEnded{Case: theCase, WorkOrder: wo, State: dispatch.Declined}, work.Ready},
			{dispatch.AppointmentScheduled{Case: theCase, WorkOrder: wo}, work.Scheduled},
			{dispatch.AppointmentMoved{Case: theCase, WorkOrder: wo, To: dispatch.Accepted}, work.Scheduled},
			{dispatch.AppointmentMoved{Case: theCase, WorkOrder: wo, To: dispatch.OnSite}, work.InProgress},
			{k.recorded(wo, work.Fixed), work.Completed},
			{k.recorded(wo, work.NotFixed), work.Completed},
			{dispatch.AppointmentEnded{Case: theCase, WorkOrder: wo, State: dispatch.Cancelled}, work.Completed},
			{settlement.ChargesRated{Case: theCase, WorkOrder: wo}, work.Posted},
			{settlement.ChargesRated{Case: theCase, WorkOrder: wo}, work.Posted},
			{desk.CaseMoved{Case: theCase, From: desk.Open, To: desk.Cancelled}, work.Posted},
		} {
			k.publish(t, step.e)
			if got := k.state(t, wo); got != step.want {
				t.Fatalf("after %+v the work is %s, want %s", step.e, got, step.want)
			}
		}
		if len(k.done) != 1 || k.done[0].WorkedMinutes != 30 || k.done[0].TravelMetres != 4000 || len(k.done[0].Parts) != 1 || k.leaves(t) != 1 {
			t.Errorf("done %+v, %d leaves", k.done, k.leaves(t))
		}
		if len(k.ready) != 2 || !k.ready[1].Again {
			t.Errorf("ready %+v", k.ready)
		}
	})
}

// An attempt in vain is told, and the work is ready once more or waits for what
// was missing.
func TestAttemptsInVain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		wo := k.plan(t, remedy.OnSite)
		k.publish(t, dispatch.AppointmentScheduled{Case: theCase, WorkOrder: wo}, k.recorded(wo, work.NotPresent))
		if got := k.state(t, wo); got != work.Ready || len(k.vain) != 1 || k.vain[0].Attempts != 1 {
			t.Errorf("the work is %s after %+v", got, k.vain)
		}
		k.publish(t, k.recorded(wo, work.PartMissing))
		if got := k.state(t, wo); got != work.Waiting {
			t.Errorf("without the part the work is %s", got)
		}
		k.publish(t, parts.Arrived{Part: board, Case: theCase, WorkOrder: wo})
		if got := k.state(t, wo); got != work.Ready {
			t.Errorf("with the part the work is %s", got)
		}
		if k.leaves(t) != 0 || len(k.done) != 0 {
			t.Errorf("an attempt promised a record: %d leaves, %+v", k.leaves(t), k.done)
		}
		k.publish(t, desk.CaseMoved{Case: theCase, From: desk.Open, To: desk.Cancelled}, k.recorded(wo, work.Fixed))
		if got := k.state(t, wo); got != work.Cancelled || len(k.done) != 0 {
			t.Errorf("given up, the work is %s, done %+v", got, k.done)
		}
	})
}

// A way that failed is given up, and so is the work of a plan that gave way;
// what comes after changes nothing.
func TestGivenUp(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		wo := k.plan(t, remedy.OnSite)
		k.publish(t, dispatch.AppointmentScheduled{Case: theCase, WorkOrder: wo}, k.recorded(wo, work.NotFixed))
		if got := k.state(t, wo); got != work.Cancelled || len(k.vain) != 1 || k.vain[0].Outcome != work.NotFixed || len(k.ready) != 1 {
			t.Errorf("a way that failed is %s after %+v, ready %+v", got, k.vain, k.ready)
		}
		for _, s := range []outbox.Event{nil, dispatch.AppointmentScheduled{}, k.recorded(wo, work.PartMissing)} {
			wo := k.plan(t, remedy.OnSite)
			switch e := s.(type) {
			case dispatch.AppointmentScheduled:
				e.Case, e.WorkOrder = theCase, wo
				k.publish(t, e)
			case field.VisitRecorded:
				e.WorkOrder = wo
				k.publish(t, e)
			}
			gone := remedy.PlanSuperseded{Case: theCase, Plan: id.FixPlan(wo), Reason: remedy.OnRequest, At: dbtest.Now}
			k.publish(t, gone, gone, k.recorded(wo, work.Fixed))
			if got := k.state(t, wo); got != work.Cancelled || len(k.done) != 0 {
				t.Errorf("the work of a plan that gave way is %s, done %+v", got, k.done)
			}
		}
		k.publish(t, remedy.PlanSuperseded{Case: theCase, Plan: id.New[id.FixPlanKind](), At: dbtest.Now}) // of no work
	})
}

// A wish for another plan comes after work that has begun, in the order in which
// the case tells of them; what is known of the plan itself does not.
func TestKept(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var kept []work.OrderKept
		outbox.On(k.bus, "test.kept", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e work.OrderKept) error {
			kept = append(kept, e)
			return nil
		})
		gone := func(wo id.WorkOrder, why remedy.Again) remedy.PlanSuperseded {
			return remedy.PlanSuperseded{Case: theCase, Plan: id.FixPlan(wo), Reason: why, At: dbtest.Now}
		}
		started := func(wo id.WorkOrder) dispatch.AppointmentMoved {
			return dispatch.AppointmentMoved{Case: theCase, WorkOrder: wo, To: dispatch.OnSite}
		}
		first, late, failed := k.plan(t, remedy.OnSite), k.plan(t, remedy.OnSite), k.plan(t, remedy.OnSite)
		k.publish(t, started(first), gone(first, remedy.OnRequest))
		k.publish(t, gone(late, remedy.OnRequest), started(late))
		k.publish(t, started(failed), gone(failed, remedy.AfterStart))
		for wo, want := range map[id.WorkOrder]work.State{first: work.InProgress, late: work.Cancelled, failed: work.Cancelled} {
			if got := k.state(t, wo); got != want {
				t.Errorf("the work is %s, want %s", got, want)
			}
		}
		if len(kept) != 1 || kept[0].WorkOrder != first || kept[0].Case != theCase {
			t.Errorf("told %+v", kept)
		}
	})
}

// What is no visit is ended by those who may, once.
func TestFinish(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		visit, advice := k.plan(t, remedy.OnSite), k.plan(t, remedy.Remote)
		agent := as(t, access.Agent, access.Tenant, id.Raw{})
		finish := func(ctx context.Context, wo id.WorkOrder, quantity ...int64) error {
			r := map[string]any{"outcome": work.Fixed}
			for _, n := range quantity {
				r["parts"] = []remedy.Need{{Part: board, Quantity: n}}
			}
			return call(t, ctx, k.Finish, wo, r)
		}
		for name, tt := range map[string]struct {
			ctx      context.Context
			wo       id.WorkOrder
			quantity []int64
			want     error
		}{
			"a visit":           {agent, visit, nil, work.ErrByVisit},
			"nothing":           {agent, id.WorkOrder{9}, nil, work.ErrNotFound},
			"too many":          {agent, advice, []int64{1001}, work.ErrOutcome},
			"none":              {agent, advice, []int64{0}, work.ErrOutcome},
			"another's node":    {as(t, access.Agent, access.Node, id.Node{2}.Raw()), advice, nil, access.ErrHidden},
			"another's partner": {as(t, access.Partner, access.OfPartner, id.Partner{2}.Raw()), advice, nil, access.ErrHidden},
			"a brand":           {as(t, access.Brand, access.OfBrand, id.Brand{1}.Raw()), advice, nil, access.ErrHidden},
		} {
			if err := finish(tt.ctx, tt.wo, tt.quantity...); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if err := finish(as(t, access.Partner, access.OfPartner, id.Partner{1}.Raw()), advice); err != nil {
			t.Fatal(err)
		}
		if err := finish(agent, advice); !errors.Is(err, work.ErrTransition) {
			t.Errorf("once more = %v", err)
		}
		k.publish(t)
		if len(k.done) != 1 || k.done[0].WorkOrder != advice || k.leaves(t) != 1 {
			t.Errorf("done %+v, %d leaves", k.done, k.leaves(t))
		}
	})
}

// The work of somebody who was erased is done and proved all the same.
func TestErased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		wo := k.plan(t, remedy.OnSite)
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, k.who); err != nil {
			t.Fatal(err)
		}
		k.publish(t, k.recorded(wo, work.Fixed))
		if got := k.state(t, wo); got != work.Completed || k.leaves(t) != 1 {
			t.Errorf("the work is %s with %d leaves", got, k.leaves(t))
		}
	})
}

// Finance takes work out of the books that is in them, once and with a reason;
// nobody else does.
func TestReverse(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var heard []work.OrderReversed
		hear(k.bus, &heard)
		wo := k.plan(t, remedy.Remote)
		finance := as(t, access.Finance, access.Tenant, id.Raw{})
		why := func(code string) any { return map[string]string{"reason": code} }
		if err := call(t, finance, k.Reverse, wo, why("agreed")); !errors.Is(err, work.ErrTransition) {
			t.Errorf("before anything was charged: %v", err)
		}
		if err := call(t, access.With(t.Context(), access.System(dbtest.Tenant)), k.Finish, wo, map[string]any{"outcome": "fixed"}); err != nil {
			t.Fatal(err)
		}
		k.publish(t, settlement.ChargesRated{Case: theCase, WorkOrder: wo})
		if got := k.state(t, wo); got != work.Posted {
			t.Fatalf("charged, the work is %s", got)
		}
		if err := call(t, as(t, access.Agent, access.Tenant, id.Raw{}), k.Reverse, wo, why("agreed")); !errors.Is(err, access.ErrHidden) {
			t.Errorf("by an agent: %v", err)
		}
		for _, tt := range []struct {
			reason string
			want   error
		}{{"because", work.ErrReason}, {"agreed", nil}, {"agreed", work.ErrTransition}} {
			if err := call(t, finance, k.Reverse, wo, why(tt.reason)); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", tt.reason, err, tt.want)
			}
		}
		k.publish(t)
		if got := k.state(t, wo); got != work.Reversed || len(heard) != 1 || heard[0].Reason != "work.reversed_agreed" {
			t.Errorf("afterwards the work is %s: %+v", got, heard)
		}
	})
}
