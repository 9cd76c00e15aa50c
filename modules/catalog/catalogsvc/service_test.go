package catalogsvc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/catalog/catalogsvc"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

func TestReadBackWhatWasStored(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, tenant := system(t), dbtest.Tenant
		line, model := k.stock(t)
		same := func(name string, want, got any) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		same("Line", line, must(k.Line(ctx, tenant, line.ID)))
		same("LineByCode", line, must(k.LineByCode(ctx, tenant, nordwind, " AC-Wall ")))
		same("Model", model, must(k.Model(ctx, tenant, model.ID)))
		same("ModelByCode", model, must(k.ModelByCode(ctx, tenant, nordwind, "KFR-35")))
		same("ModelByGTIN", model, must(k.ModelByGTIN(ctx, tenant, "09520123456788")))
		part := must(k.UpsertParts(ctx, []catalog.Part{{
			Number: "p-1", Names: en("fan"), Line: line.ID, Price: money.Of(1250, "EUR"), WeightGrams: 420, Hazardous: true,
		}}))[0]
		same("Part", part, must(k.Part(ctx, tenant, part.ID)))
		same("PartByNumber", part, must(k.PartByNumber(ctx, tenant, "P-1")))
		if part.Brand != nordwind {
			t.Errorf("the part is of brand %s", part.Brand)
		}
		unit := must(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "sn-1 77", Model: model.ID, SoldOn: "2025-01-01", SoldIn: "DE"}}))[0]
		same("Unit", unit, must(k.Unit(ctx, tenant, unit.ID)))
		same("UnitBySerial", unit, must(k.UnitBySerial(ctx, tenant, nordwind, "SN 1/77")))
		same("UnitByLink", unit, must(k.UnitByLink(ctx, tenant, "https://id.example/01/09520123456788/21/sn-177")))
		for name, err := range map[string]error{
			"another tenant's unit": second(k.Unit(ctx, dbtest.Other, unit.ID)),
			"another brand's unit":  second(k.UnitBySerial(ctx, tenant, polar, "SN177")),
			"no serial at all":      second(k.UnitBySerial(ctx, tenant, nordwind, "??")),
			"nothing":               second(k.Unit(ctx, tenant, id.Unit{})),
		} {
			if !errors.Is(err, catalog.ErrUnitNotFound) {
				t.Errorf("%s: %v, want ErrUnitNotFound", name, err)
			}
		}
	})
}

func TestUpsertAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		line, model := k.stock(t)
		line2, model2 := k.stock(t)
		if line2.ID != line.ID || model2.ID != model.ID || model2.Version != 2 {
			t.Errorf("stored again as %+v, %+v", line2, model2)
		}
		give := catalog.Unit{Serial: "1", Model: model.ID, SoldOn: "2025-01-01", SoldIn: "DE"}
		u := must(k.UpsertUnits(ctx, []catalog.Unit{give}))[0]
		if same := must(k.UpsertUnits(ctx, []catalog.Unit{give}))[0]; same != u {
			t.Errorf("a repeat changed %+v to %+v", u, same)
		}
		next := must(k.UpsertUnits(ctx, []catalog.Unit{{Serial: " 1 ", Model: model.ID, InstalledOn: "2025-02-01"}}))[0]
		want := u
		want.InstalledOn, want.State, want.Version = "2025-02-01", catalog.Installed, 2
		if next != want {
			t.Errorf("filled in as %+v, want %+v", next, want)
		}
		must(k.Move(ctx, u.ID, catalog.Retire))
		if again := must(k.UpsertUnits(ctx, []catalog.Unit{give}))[0]; again.State != catalog.Retired {
			t.Errorf("an import brought a retired unit back: %+v", again)
		}
		if _, err := k.Move(ctx, u.ID, catalog.Install); !errors.Is(err, catalog.ErrUnitTransition) {
			t.Errorf("installing what is retired = %v", err)
		}
	})
}

func TestBadInputIsNamedAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		line, model := k.stock(t)
		_, err := k.UpsertParts(ctx, []catalog.Part{
			{Number: "good", Names: en("x"), Price: money.Of(1, "EUR")}, {Number: "bad", Names: en("x"), Price: money.Of(-1, "EUR")},
		})
		if f := fault.Of(err); f.Code != "catalog.invalid" || f.Args["row"] != 1 {
			t.Errorf("UpsertParts = %v with %v, want row 1", err, f.Args)
		}
		if _, err := k.PartByNumber(ctx, dbtest.Tenant, "good"); !errors.Is(err, catalog.ErrPartNotFound) {
			t.Errorf("half of a refused list is stored: %v", err)
		}
		for name, tt := range map[string]struct{ err, want error }{
			"unknown brand":  {second(k.UpsertLines(ctx, []catalog.Line{{Brand: id.Brand{9}, Code: "x", Names: en("x")}})), network.ErrBrandNotFound},
			"unknown line":   {second(k.UpsertModels(ctx, []catalog.Model{{Line: id.Line{9}, Code: "x", Names: en("x")}})), catalog.ErrLineNotFound},
			"taken number":   {second(k.UpsertModels(ctx, []catalog.Model{{Line: line.ID, Code: "y", GTIN: "9520123456788", Names: en("x")}})), catalog.ErrCodeTaken},
			"unknown model":  {second(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "1", Model: id.Model{9}}})), catalog.ErrModelNotFound},
			"foreign brand":  {second(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "1", Model: model.ID, Brand: polar}})), catalog.ErrInvalid},
			"future sale":    {second(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "1", Model: model.ID, SoldOn: "2026-11-25"}})), catalog.ErrInvalid},
			"no serial":      {second(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "-", Model: model.ID}})), catalog.ErrSerial},
			"unknown part":   {second(k.UpsertFits(ctx, []catalog.Fit{{Model: model.ID, Part: id.Part{9}, Quantity: 1}})), catalog.ErrPartNotFound},
			"fit of nothing": {second(k.UpsertFits(ctx, []catalog.Fit{{Model: id.Model{9}, Part: id.Part{9}, Quantity: 1}})), catalog.ErrModelNotFound},
			"unknown unit":   {second(k.Move(ctx, id.Unit{9}, catalog.Retire)), access.ErrHidden},
		} {
			if !errors.Is(tt.err, tt.want) {
				t.Errorf("%s: %v, want %v", name, tt.err, tt.want)
			}
		}
	})
}

func TestPartsBySymptom(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		line, model := k.stock(t)
		ps := must(k.UpsertParts(ctx, []catalog.Part{
			{Number: "a", Names: en("board"), Price: money.Of(1, "EUR")}, {Number: "b", Names: en("fan"), Price: money.Of(1, "EUR")},
		}))
		must(k.UpsertFits(ctx, []catalog.Fit{
			{Model: model.ID, Part: ps[0].ID, Quantity: 1, Hints: map[string]int{"e1": 200}},
			{Model: model.ID, Part: ps[1].ID, Quantity: 2, Hints: map[string]int{"e1": 650, "noise": 800}},
		}))
		got := must(k.Parts(ctx, dbtest.Tenant, model.ID, "e1"))
		want := []catalog.Suggestion{{Part: ps[1], Quantity: 2, Permille: 650}, {Part: ps[0], Quantity: 1, Permille: 200}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parts (-want +got):\n%s", diff)
		}
		must(k.UpsertSymptoms(ctx, []catalog.Symptom{
			{Code: "noise", Names: en("noisy")}, {Line: line.ID, Code: "e1", Names: en("E1")}, {Line: id.Line{}, Code: "leak", Names: en("leaks")},
		}))
		must(k.UpsertFixes(ctx, []catalog.Fix{{Line: line.ID, Code: "swap-fan", Names: en("swap the fan"), Minutes: 45}}))
		ss := must(k.Symptoms(ctx, dbtest.Tenant, line.ID))
		if len(ss) != 3 || ss[0].Code != "E1" || ss[0].Line != line.ID || !ss[1].Line.IsZero() {
			t.Errorf("symptoms of the line: %+v", ss)
		}
		if ss := must(k.Symptoms(ctx, dbtest.Tenant, id.Line{8})); len(ss) != 2 {
			t.Errorf("symptoms of another line: %+v", ss)
		}
		if fs := must(k.Fixes(ctx, dbtest.Tenant, line.ID)); len(fs) != 1 || fs[0].Minutes != 45 {
			t.Errorf("fixes: %+v", fs)
		}
	})
}

// What was stored is seen at once by the process that stored it, and what is
// held is never that of another version, tenant or thing.
func TestShelf(t *testing.T) {
	each(t, func(t *testing.T, k *kit, d *db.DB) {
		ctx := system(t)
		line, model := k.stock(t)
		for i := range 5 {
			name := en(fmt.Sprint("name ", i))
			must(k.UpsertModels(ctx, []catalog.Model{{Line: line.ID, Code: "kfr-35", Names: name}}))
			for range 2 {
				if got := must(k.Model(ctx, dbtest.Tenant, model.ID)); got.Names["en"] != name["en"] || got.Version != int64(i+2) {
					t.Errorf("after change %d the model is %+v", i, got)
				}
			}
		}
		if _, err := k.Model(ctx, dbtest.Other, model.ID); !errors.Is(err, catalog.ErrModelNotFound) {
			t.Errorf("another tenant's model = %v", err)
		}
		if _, err := k.ModelByGTIN(ctx, dbtest.Tenant, "09520123456788"); !errors.Is(err, catalog.ErrModelNotFound) {
			t.Errorf("a number that was taken away = %v", err)
		}
		first, second := must(k.Parts(ctx, dbtest.Tenant, model.ID, "e1")), must(newKit(t, d).Model(ctx, dbtest.Tenant, model.ID))
		if len(first) != 0 || second.Version != 6 {
			t.Errorf("parts %v, another process sees %+v", first, second)
		}
		p := must(k.UpsertParts(ctx, []catalog.Part{{Number: "a", Names: en("a"), Price: money.Of(1, "EUR")}}))[0]
		must(k.UpsertFits(ctx, []catalog.Fit{{Model: model.ID, Part: p.ID, Quantity: 1}}))
		if got := must(k.Parts(ctx, dbtest.Tenant, model.ID, "e1")); len(got) != 1 {
			t.Errorf("parts after the fit: %v", got)
		}
	})
}

func TestManyUnits(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		_, model := k.stock(t)
		give := make([]catalog.Unit, 600)
		for i := range give {
			give[i] = catalog.Unit{Serial: fmt.Sprintf("U%04d", i), Model: model.ID, SoldOn: "2025-05-05", SoldIn: "CN"}
		}
		got := must(k.UpsertUnits(ctx, give))
		if len(got) != 600 || got[599].Serial != "U0599" || got[599].ID.IsZero() {
			t.Errorf("stored %d, the last %+v", len(got), got[len(got)-1])
		}
		give[599].Serial = "?"
		if stored, err := k.UpsertUnits(ctx, give); fault.Of(err).Args["row"] != 599 || len(stored) != 500 {
			t.Errorf("a bad row at the end: %d stored, %v", len(stored), fault.Of(err).Args)
		}
	})
}

func TestLearnsFromRegistrations(t *testing.T) {
	each(t, func(t *testing.T, k *kit, d *db.DB) {
		ctx := system(t)
		_, model := k.stock(t)
		u := must(k.UpsertUnits(ctx, []catalog.Unit{{Serial: "1", Model: model.ID}}))[0]
		for _, day := range []catalog.Day{"2025-03-01", "2025-04-01"} { // the second knows no better
			err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return k.bus.Publish(ctx, tx, warranty.Registered{Unit: u.ID, Brand: nordwind, SoldOn: day, SoldIn: "DE"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := k.bus.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		want := u
		want.SoldOn, want.SoldIn, want.State, want.Version = "2025-03-01", "DE", catalog.Sold, 2
		if got := must(k.Unit(ctx, dbtest.Tenant, u.ID)); got != want {
			t.Errorf("learned %+v, want %+v", got, want)
		}
	})
}

// BenchmarkRead is what other modules ask for every case.
func BenchmarkRead(b *testing.B) {
	h := dbtest.SQLite(b, outbox.Schema(), command.Schema(), catalogsvc.Schema())
	k := newKit(b, h.Open(b, db.Options{NoSync: true}))
	line, model := k.stock(b)
	var ps []catalog.Part
	for i := range 12 {
		ps = append(ps, catalog.Part{Number: fmt.Sprint("p", i), Names: en("part"), Line: line.ID, Price: money.Of(100, "EUR")})
	}
	for _, p := range must(k.UpsertParts(system(b), ps)) {
		must(k.UpsertFits(system(b), []catalog.Fit{{Model: model.ID, Part: p.ID, Quantity: 1, Hints: map[string]int{"E1": 300, "E2": 100}}}))
	}
	unit := must(k.UpsertUnits(system(b), []catalog.Unit{{Serial: "1", Model: model.ID}}))[0]
	for name, ask := range map[string]func() error{
		"unit":   func() error { return second(k.Unit(b.Context(), dbtest.Tenant, unit.ID)) },
		"serial": func() error { return second(k.UnitBySerial(b.Context(), dbtest.Tenant, nordwind, "1")) },
		"model":  func() error { return second(k.Model(b.Context(), dbtest.Tenant, model.ID)) },
		"line":   func() error { return second(k.Line(b.Context(), dbtest.Tenant, line.ID)) },
		"parts":  func() error { return second(k.Parts(b.Context(), dbtest.Tenant, model.ID, "E1")) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
