package warrantysvc_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

func TestOpenedCaseIsDecided(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		stored := must(k.UpsertTerms(system(t), []warranty.Term{term("all-24")}))
		opened := k.open(t)
		e := k.holds(t, opened.Case)
		if e.Decision.Standing != warranty.Covered || e.Seq != 1 || e.Unit != known || e.PolicyHash != warranty.PolicyHash(stored) {
			t.Errorf("decided %+v", e)
		}
		if e.Decision.On != "2026-11-23" || e.Decision.Of(warranty.Parts).Until != "2027-06-02" {
			t.Errorf("decided on %s until %s", e.Decision.On, e.Decision.Of(warranty.Parts).Until)
		}
		if diff := cmp.Diff([]warranty.EntitlementDecided{e.Event()}, k.told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		k.publish(t, opened) // once more, from the past
		if again := k.holds(t, opened.Case); again.ID != e.ID || len(k.told) != 1 {
			t.Errorf("a repeat decided again: %+v, %d told", again, len(k.told))
		}
		if _, err := k.Entitlement(t.Context(), dbtest.Other, opened.Case); !errors.Is(err, warranty.ErrNoEntitlement) {
			t.Errorf("another tenant reads %v", err)
		}
	})
}

// A cause that a term excludes and that the work has found is decided on, once;
// what no term names changes nothing. Who asks with the cause hears the same
// before and after the register has heard of it.
func TestFoundCauseIsDecided(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24", func(t *warranty.Term) {
			t.Excludes = []warranty.Exclusion{{Cause: warranty.Misuse, Costs: []warranty.CostKind{warranty.Parts}}}
		})}))
		c := k.open(t).Case
		k.publish(t, work.OrderCompleted{Case: c, Outcome: work.Fixed, Cause: "worn_out"})
		k.publish(t, work.AttemptFailed{Case: c, Outcome: work.NotFixed})
		if e := k.holds(t, c); e.Seq != 1 {
			t.Errorf("what no term names decided %+v", e)
		}
		before := must(k.EntitlementGiven(t.Context(), dbtest.Tenant, c, warranty.Misuse))
		if k.holds(t, c).Seq != 1 {
			t.Error("asking decided")
		}
		for range 2 {
			k.publish(t, work.AttemptFailed{Case: c, Outcome: work.NotFixed, Cause: string(warranty.Misuse)})
			k.publish(t, work.OrderCompleted{Case: c, Outcome: work.Fixed, Cause: string(warranty.Misuse)})
		}
		e := k.holds(t, c)
		if e.Seq != 2 || e.Decision.Standing != warranty.Partly || e.Decision.Of(warranty.Parts).Payer != warranty.CustomerPays || !slices.Contains(e.Decision.Codes(), warranty.Excluded) {
			t.Errorf("after misuse decided %+v", e)
		}
		if len(k.told) != 2 || k.told[1].Payers[warranty.Parts] != warranty.CustomerPays {
			t.Errorf("told %+v", k.told)
		}
		after := must(k.EntitlementGiven(t.Context(), dbtest.Tenant, c, warranty.Misuse))
		if diff := cmp.Diff(before.Decision, after.Decision); diff != "" || after.ID != e.ID {
			t.Errorf("asked with the cause before and after it was heard of:\n%s", diff)
		}
		k.publish(t, work.OrderCompleted{Case: id.Case{9}, Outcome: work.Fixed, Cause: string(warranty.Misuse)}) // of no decision
		if _, err := k.EntitlementGiven(t.Context(), dbtest.Tenant, id.Case{9}, warranty.Misuse); !errors.Is(err, warranty.ErrNoEntitlement) {
			t.Errorf("of no case: %v", err)
		}
	})
}

func TestTheDayIsTheSites(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24")}))
		late := time.Date(2027, 6, 1, 21, 30, 0, 0, time.UTC) // still the first in Berlin, the second in Shanghai
		for zone, want := range map[string]warranty.Standing{"Europe/Berlin": warranty.Covered, "Asia/Shanghai": warranty.NotCovered} {
			e := k.open(t, func(e *desk.CaseOpened) { e.OpenedAt, e.Zone = late, zone })
			if got := k.holds(t, e.Case).Decision; got.Standing != want {
				t.Errorf("in %s on %s: %s, want %s", zone, got.On, got.Standing, want)
			}
		}
	})
}

func TestCasesWithoutUnit(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24")}))
		none := k.open(t, func(e *desk.CaseOpened) { e.Unit = id.Unit{} })
		gone := k.open(t, func(e *desk.CaseOpened) { e.Unit = id.Unit{9} })
		for _, c := range []id.Case{none.Case, gone.Case} {
			if e := k.holds(t, c); e.Decision.Standing != warranty.NeedsProof || !slices.Contains(e.Decision.Codes(), warranty.UnitUnknown) || !e.Unit.IsZero() {
				t.Errorf("decided %+v", e)
			}
		}
		k.publish(t, desk.UnitIdentified{Case: none.Case, Unit: known, Line: acLine, Model: acModel})
		e := k.holds(t, none.Case)
		if e.Decision.Standing != warranty.Covered || e.Seq != 2 || e.Unit != known {
			t.Errorf("with its unit decided %+v", e)
		}
		if n := len(k.told); n != 3 || k.told[2].Seq != 2 {
			t.Errorf("%d told: %+v", n, k.told)
		}
		k.publish(t, desk.UnitIdentified{Case: none.Case, Unit: known, Line: acLine, Model: acModel})
		if again := k.holds(t, none.Case); again.ID != e.ID {
			t.Errorf("the same unit again decided again: %+v", again)
		}
	})
}

func TestDecideAgainWithEvidence(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := system(t)
		must(k.UpsertTerms(ctx, []warranty.Term{term("all-24", func(t *warranty.Term) { t.Excludes = []warranty.Exclusion{{Cause: warranty.Misuse}} })}))
		opened := k.open(t)
		first := k.holds(t, opened.Case)
		second := must(k.Decide(ctx, opened.Case, warranty.Evidence{Causes: []warranty.Cause{warranty.Misuse}}))
		if second.Decision.Standing != warranty.NotCovered || second.Seq != 2 || second.Decision.On != first.Decision.On {
			t.Errorf("with misuse decided %+v", second)
		}
		third := must(k.Decide(ctx, opened.Case, warranty.Evidence{Causes: []warranty.Cause{}}))
		if third.Decision.Standing != warranty.Covered || third.Seq != 3 {
			t.Errorf("with the cause taken back decided %+v", third)
		}
		var chain []id.Entitlement
		must(db.Get(ctx, k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (int, error) {
			rows, err := tx.Rows(ctx, `SELECT superseded_by FROM warranty_entitlement WHERE tenant_id = ? AND case_id = ? ORDER BY seq`, tx.Tenant(), opened.Case)
			chain, err = db.Collect(rows, err, func(scan func(...any) error) (e id.Entitlement, err error) { return e, scan(&e) })
			return 0, err
		}))
		if diff := cmp.Diff([]id.Entitlement{second.ID, third.ID, {}}, chain); diff != "" {
			t.Errorf("superseded by (-want +got):\n%s", diff)
		}
		k.drain(t)
		if len(k.told) != 3 || k.told[1].Payers[warranty.Labour] != warranty.CustomerPays {
			t.Errorf("told %+v", k.told)
		}
		for name, tt := range map[string]struct {
			ev   warranty.Evidence
			want error
		}{
			"bad cause":     {warranty.Evidence{Causes: []warranty.Cause{"Not A Code"}}, warranty.ErrInvalid},
			"future sale":   {warranty.Evidence{SoldOn: "2026-11-30"}, warranty.ErrInvalid},
			"unknown unit":  {warranty.Evidence{Unit: id.Unit{9}}, catalog.ErrUnitNotFound},
			"foreign brand": {warranty.Evidence{Unit: k.foreign()}, warranty.ErrUnitOfOtherBrand},
		} {
			if _, err := k.Decide(ctx, opened.Case, tt.ev); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if got := k.holds(t, opened.Case); got.ID != third.ID {
			t.Errorf("refused evidence changed %+v", got)
		}
		if _, err := k.Decide(ctx, id.Case{9}, warranty.Evidence{}); !errors.Is(err, access.ErrHidden) {
			t.Errorf("deciding an unknown case = %v", err)
		}
	})
}

// Deciding a case before its opening has been heard makes the first decision;
// the event then finds the thing done.
func TestDecideBeforeTheEvent(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24")}))
		e := desk.CaseOpened{Case: id.New[id.CaseKind](), Brand: nordwind, Unit: known, Line: acLine, Country: "DE", Zone: "Europe/Berlin", WorkType: desk.Repair, OpenedAt: dbtest.Now}
		k.cases[e.Case] = desk.Brief{ID: e.Case, Brand: nordwind, Unit: known, Line: acLine, Country: "DE", Zone: "Europe/Berlin", WorkType: desk.Repair, OpenedAt: dbtest.Now}
		now := must(k.Decide(system(t), e.Case, warranty.Evidence{}))
		if now.Seq != 1 || now.Decision.Standing != warranty.Covered {
			t.Errorf("decided %+v", now)
		}
		k.publish(t, e)
		if got := k.holds(t, e.Case); got.ID != now.ID || len(k.told) != 1 {
			t.Errorf("then %+v, %d told", got, len(k.told))
		}
	})
}

func TestTermsHaveVersions(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := system(t)
		one := must(k.UpsertTerms(ctx, []warranty.Term{term("all-24")}))[0]
		if same := must(k.UpsertTerms(ctx, []warranty.Term{term("all-24")}))[0]; same.Version != 1 || same.ID != one.ID {
			t.Errorf("a repeat became %+v", same)
		}
		before := k.open(t)
		two := must(k.UpsertTerms(ctx, []warranty.Term{term("all-24", func(t *warranty.Term) { t.SoldIn = "FR" })}))[0]
		if two.ID != one.ID || two.Version != 2 {
			t.Errorf("a change became %+v", two)
		}
		after := k.open(t)
		a, b := k.holds(t, before.Case), k.holds(t, after.Case)
		if a.Decision.Standing != warranty.Covered || b.Decision.Standing != warranty.NotCovered || a.PolicyHash == b.PolicyHash {
			t.Errorf("before %s (%s), after %s (%s)", a.Decision.Standing, a.PolicyHash, b.Decision.Standing, b.PolicyHash)
		}
		if g := a.Decision.Of(warranty.Labour).Grants; len(g) != 1 || g[0].Version != 1 {
			t.Errorf("the old decision names %+v", g)
		}
		other := newKit(t, k.d) // another process
		must(other.UpsertTerms(ctx, []warranty.Term{term("fr", func(t *warranty.Term) { t.SoldIn = "" })}))
		if c := k.open(t); k.holds(t, c.Case).Decision.Standing != warranty.Covered {
			t.Error("a term of another process is not seen")
		}
	})
}

func TestBadTermsChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := system(t)
		law := term("law", func(t *warranty.Term) { t.Kind, t.Covers = warranty.Statutory, t.Covers[:1] })
		must(k.UpsertTerms(ctx, []warranty.Term{law}))
		for name, tt := range map[string]struct {
			give warranty.Term
			want error
		}{
			"unknown brand":  {term("x", func(t *warranty.Term) { t.Brand = id.Brand{9} }), network.ErrBrandNotFound},
			"unknown line":   {term("x", func(t *warranty.Term) { t.Line = id.Line{9} }), catalog.ErrLineNotFound},
			"foreign line":   {term("x", func(t *warranty.Term) { t.Brand, t.Line = polar, acLine }), warranty.ErrInvalid},
			"no covers":      {term("x", func(t *warranty.Term) { t.Covers = nil }), warranty.ErrInvalid},
			"below the law":  {term("x", func(t *warranty.Term) { t.Covers[0].Months = 23 }), warranty.ErrBelowMinimum},
			"another's code": {term("law", func(t *warranty.Term) { t.Brand = polar }), warranty.ErrCodeTaken},
		} {
			if _, err := k.UpsertTerms(ctx, []warranty.Term{term("good"), tt.give}); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		c := k.open(t)
		if e := k.holds(t, c.Case); e.Decision.Standing != warranty.Partly {
			t.Errorf("half of a refused list holds: %+v", e.Decision)
		}
	})
}

func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := system(t)
		must(k.UpsertTerms(ctx, []warranty.Term{term("all-24")}))
		fresh := id.Unit{15: 3}
		k.units[fresh] = catalog.Unit{ID: fresh, Brand: nordwind, Line: acLine, Serial: "SN3", State: catalog.Made}
		if e := k.open(t, func(e *desk.CaseOpened) { e.Unit = fresh }); k.holds(t, e.Case).Decision.Standing != warranty.NeedsProof {
			t.Errorf("an unsold unit: %+v", k.holds(t, e.Case).Decision)
		}
		give := warranty.Registration{Unit: fresh, SoldOn: "2026-01-10", SoldIn: "DE", Proof: warranty.Claimed}
		one := must(k.Register(ctx, give))
		if again := must(k.Register(ctx, give)); again != one || one.Version != 1 || !one.RegisteredAt.Equal(dbtest.Now) {
			t.Errorf("registered %+v, then %+v", one, again)
		}
		other := give
		other.SoldOn = "2026-05-05"
		if _, err := k.Register(ctx, other); !errors.Is(err, warranty.ErrAlreadyRegistered) {
			t.Errorf("something else = %v", err)
		}
		other.Proof = warranty.Seen
		if two := must(k.Register(ctx, other)); two.Version != 2 || two.SoldOn != "2026-05-05" {
			t.Errorf("with the receipt seen %+v", two)
		}
		opened := k.open(t, func(e *desk.CaseOpened) { e.Unit = fresh })
		if e := k.holds(t, opened.Case); e.Decision.Standing != warranty.Covered || e.Facts.SoldOn != "2026-05-05" {
			t.Errorf("a registered unit: %+v", e)
		}
		if len(k.signed) != 2 {
			t.Errorf("%d registrations told", len(k.signed))
		}
		for name, tt := range map[string]struct {
			give warranty.Registration
			want error
		}{
			"unknown unit": {warranty.Registration{Unit: id.Unit{9}}, catalog.ErrUnitNotFound},
			"no day":       {warranty.Registration{Unit: known, SoldIn: "DE"}, warranty.ErrInvalid},
		} {
			if _, err := k.Register(ctx, tt.give); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
	})
}

// Two who decide at the same time make two decisions, one after the other.
func TestConcurrentDecisions(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24")}))
		opened := k.open(t)
		done := make(chan error)
		for range 8 {
			go func() {
				_, err := k.Decide(system(t), opened.Case, warranty.Evidence{})
				done <- err
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if e := k.holds(t, opened.Case); e.Seq != 9 {
			t.Errorf("after 9 decisions seq is %d", e.Seq)
		}
	})
}

// BenchmarkEntitle is what the relay and the handler take for one case, from its
// opening to the stored decision and its event, without the disk.
func BenchmarkEntitle(b *testing.B) {
	h := dbtest.SQLite(b, schemas()...)
	d := h.Open(b, db.Options{NoSync: true})
	k := newKit(b, d)
	must(k.UpsertTerms(system(b), []warranty.Term{term("all-24")}))
	k.drain(b)
	err := d.InTx(b.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		for range b.N {
			e := desk.CaseOpened{Case: id.New[id.CaseKind](), Brand: nordwind, Unit: known, Line: acLine, Country: "DE", Zone: "Europe/Berlin", WorkType: desk.Repair, OpenedAt: dbtest.Now}
			if err := k.bus.Publish(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	k.drain(b)
}
