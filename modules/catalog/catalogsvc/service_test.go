package catalogsvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
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
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

var nordwind, polar = id.Brand{15: 1}, id.Brand{15: 2}

// brands is a network that knows the two brands of the tests.
type brands struct{}

func (brands) Brand(_ context.Context, _ id.Tenant, b id.Brand) (network.Brand, error) {
	if b == nordwind || b == polar {
		return network.Brand{ID: b}, nil
	}
	return network.Brand{}, network.ErrBrandNotFound
}

// kit is the module on a database, as the application puts it together.
type kit struct {
	*catalogsvc.Module
	bus    *outbox.Bus
	api    *httpapi.API
	caller access.Caller // of HTTP requests
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{bus: outbox.New(d, outbox.Options{}), caller: access.Caller{Tenant: dbtest.Tenant, User: id.New[id.UserKind]()}}
	k.Module = catalogsvc.New(catalogsvc.Deps{DB: d, Bus: k.bus, Guard: guard, Network: brands{}})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: slog.New(slog.DiscardHandler)})
	k.Routes(k.api)
	return k
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func each(t *testing.T, fn func(t *testing.T, k *kit, d *db.DB)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newKit(t, d), d) },
		outbox.Schema(), command.Schema(), catalogsvc.Schema())
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func en(name string) catalog.Names { return catalog.Names{"en": name, "zh-CN": name + "中"} }

// stock makes a small catalogue.
func (k *kit) stock(t testing.TB) (catalog.Line, catalog.Model) {
	t.Helper()
	ctx := system(t)
	line := must(k.UpsertLines(ctx, []catalog.Line{{Brand: nordwind, Code: "ac-wall", Names: en("Wall AC")}}))[0]
	model := must(k.UpsertModels(ctx, []catalog.Model{{
		Line: line.ID, Code: "kfr-35", GTIN: "9520123456788", Names: en("KFR 35"), Attributes: map[string]string{"refrigerant": "R32"},
	}}))[0]
	return line, model
}

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

func second[T any](_ T, err error) error { return err }

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

// call sends a request as the kit's caller and expects a status.
func (k *kit) call(t *testing.T, want int, method, path, body string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	got := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s = %d %s", method, path, w.Code, w.Body)
		}
	}
	if w.Code != want {
		t.Fatalf("%s %s = %d %v, want %d", method, path, w.Code, got, want)
	}
	return got
}

func grant(role access.Role, kind access.ScopeKind, raw id.Raw) []access.Grant {
	return []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}}
}

func texts(page map[string]any, member string) string {
	var out []string
	for _, i := range page["items"].([]any) {
		out = append(out, i.(map[string]any)[member].(string))
	}
	return strings.Join(out, " ")
}

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		k.caller.Grants = append(grant(access.Admin, access.Tenant, id.Raw{}), grant(access.Agent, access.Tenant, id.Raw{})...)
		line := k.call(t, 201, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"ac","names":{"en":"AC","zh-CN":"空调"}}`)
		lineID := line["id"].(string)
		k.call(t, 422, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"ac","names":{}}`)
		model := k.call(t, 201, "POST", "/v1/models", `{"line":"`+lineID+`","code":"kfr-35","gtin":"9520123456788","names":{"en":"KFR"},"attributes":{"power_w":"2600"}}`)
		modelID := model["id"].(string)
		part := k.call(t, 201, "POST", "/v1/parts", `{"number":"p-1","names":{"en":"fan"},"price":{"minor":1250,"currency":"EUR"},"weight_grams":420}`)
		k.call(t, 201, "POST", "/v1/models/"+modelID+"/parts", `{"part":"`+part["id"].(string)+`","quantity":1,"hints":{"E1":400}}`)
		if got := k.call(t, 200, "GET", "/v1/models/"+modelID+"/parts?symptom=e1", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("parts of the model: %v", got)
		}
		k.call(t, 201, "POST", "/v1/symptoms", `{"line":"`+lineID+`","code":"e1","names":{"en":"E1"}}`)
		k.call(t, 201, "POST", "/v1/fixes", `{"code":"reset","names":{"en":"Reset"},"minutes":10}`)
		unit := k.call(t, 201, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","sold_on":"2025-01-01","sold_in":"DE"}`)
		k.call(t, 422, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","sold_on":"2025-02-30"}`)
		k.call(t, 422, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","owner":"me"}`)
		if got := k.call(t, 200, "GET", "/v1/units/resolve?link=https%3A%2F%2Fx.example%2F01%2F09520123456788%2F21%2Fsn-1", ""); got["id"] != unit["id"] {
			t.Errorf("resolved %v", got)
		}
		k.call(t, 422, "GET", "/v1/units/resolve?link=nonsense", "")
		for _, path := range []string{
			"/v1/lines/" + lineID, "/v1/models/" + modelID, "/v1/parts/" + part["id"].(string), "/v1/units/" + unit["id"].(string),
			"/v1/lines", "/v1/models?line=" + lineID, "/v1/parts?prefix=P", "/v1/symptoms?line=" + lineID, "/v1/fixes", "/v1/units?serial=SN&model=" + modelID,
		} {
			if got := k.call(t, 200, "GET", path, ""); got["items"] != nil && len(got["items"].([]any)) != 1 {
				t.Errorf("GET %s = %v", path, got)
			}
		}
		k.call(t, 200, "POST", "/v1/units/"+unit["id"].(string)+"/retire", "")
		k.call(t, 409, "POST", "/v1/units/"+unit["id"].(string)+"/retire", "")
		k.call(t, 404, "GET", "/v1/units/"+id.New[id.UnitKind]().String(), "")
	})
}

func TestListsPageAndFilter(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		var give []catalog.Line
		for _, b := range []id.Brand{nordwind, polar} {
			for _, code := range []string{"ac", "ac-floor", "heat", "字"} {
				give = append(give, catalog.Line{Brand: b, Code: code, Names: en(code)})
			}
		}
		must(k.UpsertLines(ctx, give))
		k.caller.Grants = grant(access.Admin, access.Tenant, id.Raw{})
		var all []string
		next := ""
		for range 10 {
			got := k.call(t, 200, "GET", "/v1/lines?limit=3&cursor="+next, "")
			all = append(all, texts(got, "code"))
			if got["next"] == nil {
				break
			}
			next = got["next"].(string)
		}
		if got := strings.Join(all, " "); got != "AC AC AC-FLOOR AC-FLOOR HEAT HEAT 字 字" {
			t.Errorf("all pages: %q", got)
		}
		if got := texts(k.call(t, 200, "GET", "/v1/lines?prefix=ac&brand="+polar.String(), ""), "code"); got != "AC AC-FLOOR" {
			t.Errorf("lines of a brand by prefix: %q", got)
		}
		k.caller.Grants = grant(access.Brand, access.OfBrand, polar.Raw())
		if got := texts(k.call(t, 200, "GET", "/v1/lines", ""), "brand"); strings.Contains(got, nordwind.String()) || got == "" {
			t.Errorf("a brand sees the lines of %q", got)
		}
		k.call(t, 404, "POST", "/v1/lines", `{"brand":"`+polar.String()+`","code":"x","names":{"en":"x"}}`)
		k.caller.Grants = grant(access.Integrator, access.OfBrand, polar.Raw())
		k.call(t, 201, "POST", "/v1/lines", `{"brand":"`+polar.String()+`","code":"x","names":{"en":"x"}}`)
		k.call(t, 404, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"x","names":{"en":"x"}}`)
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
