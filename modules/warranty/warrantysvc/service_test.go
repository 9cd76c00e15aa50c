package warrantysvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/warranty/warrantysvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

var (
	nordwind, polar = id.Brand{15: 1}, id.Brand{15: 2}
	acLine          = id.Line{15: 1}
	acModel         = id.Model{15: 1}
	known           = id.Unit{15: 1}
)

// world is the modules that warranty asks, in memory.
type world struct {
	mu    sync.Mutex
	units map[id.Unit]catalog.Unit
	cases map[id.Case]desk.Brief
}

func (w *world) Unit(_ context.Context, _ id.Tenant, u id.Unit) (catalog.Unit, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if got, ok := w.units[u]; ok {
		return got, nil
	}
	return catalog.Unit{}, catalog.ErrUnitNotFound
}

func (w *world) UnitBySerial(_ context.Context, _ id.Tenant, b id.Brand, serial string) (catalog.Unit, error) {
	form, err := catalog.Serial(serial)
	for _, u := range w.units {
		if err == nil && u.Brand == b && u.Serial == form {
			return u, nil
		}
	}
	return catalog.Unit{}, catalog.ErrUnitNotFound
}

func (w *world) UnitByLink(ctx context.Context, t id.Tenant, link string) (catalog.Unit, error) {
	l, err := catalog.ParseLink(link)
	if err != nil {
		return catalog.Unit{}, err
	}
	return w.UnitBySerial(ctx, t, nordwind, l.Serial)
}

func (w *world) Line(_ context.Context, _ id.Tenant, l id.Line) (catalog.Line, error) {
	if l != acLine {
		return catalog.Line{}, catalog.ErrLineNotFound
	}
	return catalog.Line{ID: l, Brand: nordwind}, nil
}

func (w *world) Model(_ context.Context, _ id.Tenant, m id.Model) (catalog.Model, error) {
	if m != acModel {
		return catalog.Model{}, catalog.ErrModelNotFound
	}
	return catalog.Model{ID: m, Names: catalog.Names{"en": "Wall AC", "zh-CN": "壁挂空调"}}, nil
}

func (w *world) Brand(_ context.Context, _ id.Tenant, b id.Brand) (network.Brand, error) {
	if b != nordwind && b != polar {
		return network.Brand{}, network.ErrBrandNotFound
	}
	return network.Brand{ID: b, Name: "Nordwind"}, nil
}

func (w *world) BrandByCode(ctx context.Context, t id.Tenant, code string) (network.Brand, error) {
	if code != "nordwind" {
		return network.Brand{}, network.ErrBrandNotFound
	}
	return w.Brand(ctx, t, nordwind)
}

func (w *world) Node(context.Context, id.Tenant, id.Node) (network.Node, error) {
	return network.Node{}, network.ErrNodeNotFound
}

func (w *world) Brief(_ context.Context, _ id.Tenant, c id.Case) (desk.Brief, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b, ok := w.cases[c]; ok {
		return b, nil
	}
	return desk.Brief{}, desk.ErrCaseNotFound
}

// kit is the module on a database, as the application puts it together.
type kit struct {
	*warrantysvc.Module
	*world
	d      *db.DB
	bus    *outbox.Bus
	api    *httpapi.API
	caller access.Caller // of HTTP requests
	told   []warranty.EntitlementDecided
	signed []warranty.Registered
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{
		d: d, bus: outbox.New(d, outbox.Options{}), caller: access.Caller{Tenant: dbtest.Tenant, User: id.New[id.UserKind]()},
		world: &world{cases: map[id.Case]desk.Brief{}, units: map[id.Unit]catalog.Unit{known: {
			ID: known, Brand: nordwind, Serial: "SN1", Model: acModel, Line: acLine, SoldOn: "2025-06-01", SoldIn: "DE", State: catalog.Sold, Version: 1,
		}}},
	}
	k.Module = warrantysvc.New(warrantysvc.Deps{DB: d, Bus: k.bus, Guard: guard, Catalog: k.world, Network: k.world, Desk: k.world})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: slog.New(slog.DiscardHandler)})
	k.Routes(k.api)
	outbox.On(k.bus, "test.told", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e warranty.EntitlementDecided) error {
		k.told = append(k.told, e)
		return nil
	})
	outbox.On(k.bus, "test.signed", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e warranty.Registered) error {
		k.signed = append(k.signed, e)
		return nil
	})
	return k
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func schemas() []db.Schema {
	return []db.Schema{outbox.Schema(), command.Schema(), leaf.Schema(), warrantysvc.Schema()}
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newKit(t, d)) }, schemas()...)
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

// term is the brand's ordinary promise: everything, 24 months, in Germany.
func term(code string, change ...func(*warranty.Term)) warranty.Term {
	t := warranty.Term{Code: code, Brand: nordwind, SoldIn: "DE", Kind: warranty.Manufacturer, Start: warranty.FromSale}
	for _, c := range warranty.CostKinds {
		t.Covers = append(t.Covers, warranty.Cover{Cost: c, Months: 24, Payer: warranty.BrandPays})
	}
	for _, f := range change {
		f(&t)
	}
	return t
}

// open publishes the opening of a case, as the desk does, and drains.
func (k *kit) open(t testing.TB, change ...func(*desk.CaseOpened)) desk.CaseOpened {
	t.Helper()
	e := desk.CaseOpened{
		Case: id.New[id.CaseKind](), Brand: nordwind, Unit: known, Line: acLine, Model: acModel, Requester: id.New[id.PersonKind](),
		Country: "DE", Zone: "Europe/Berlin", WorkType: desk.Repair, OpenedAt: dbtest.Now,
	}
	for _, f := range change {
		f(&e)
	}
	k.mu.Lock()
	k.cases[e.Case] = desk.Brief{
		ID: e.Case, Brand: e.Brand, Unit: e.Unit, Line: e.Line, Requester: e.Requester, Country: e.Country, Zone: e.Zone,
		WorkType: e.WorkType, OpenedAt: e.OpenedAt,
	}
	k.mu.Unlock()
	k.publish(t, e)
	return e
}

func (k *kit) publish(t testing.TB, e outbox.Event) {
	t.Helper()
	err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, e) })
	if err != nil {
		t.Fatal(err)
	}
	k.drain(t)
}

func (k *kit) drain(t testing.TB) {
	t.Helper()
	if err := k.bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) holds(t testing.TB, c id.Case) warranty.Entitlement {
	t.Helper()
	e, err := k.Entitlement(t.Context(), dbtest.Tenant, c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

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

// foreign adds a unit of the other brand.
func (k *kit) foreign() id.Unit {
	k.mu.Lock()
	defer k.mu.Unlock()
	u := id.Unit{15: 7}
	k.units[u] = catalog.Unit{ID: u, Brand: polar, Serial: "P7", State: catalog.Sold}
	return u
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

// call sends a request as the kit's caller and expects a status.
func (k *kit) call(t *testing.T, want int, method, path, body string, headers ...string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
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

func TestPublicCheck(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24", func(t *warranty.Term) { t.Covers = t.Covers[:2] })}))
		k.caller = access.Caller{Tenant: dbtest.Tenant} // a visitor
		got := k.call(t, 200, "GET", "/v1/public/warranty?serial=sn%201&brand=nordwind", "", "Accept-Language", "zh-CN")
		if got["found"] != true || got["model"] != "壁挂空调" || got["standing"] != "partly" {
			t.Errorf("check = %v", got)
		}
		labour := got["coverage"].([]any)[0].(map[string]any)
		if labour["cost"] != "labour" || labour["standing"] != "covered" || labour["last_day"] != "2027-06-01" {
			t.Errorf("labour = %v", labour)
		}
		if got := k.call(t, 200, "GET", "/v1/public/warranty?serial=sn1&brand="+nordwind.String(), ""); got["model"] != "Wall AC" {
			t.Errorf("check by the brand's id = %v", got)
		}
		if got := k.call(t, 200, "GET", "/v1/public/warranty?link=%2F01%2F09520123456788%2F21%2Fsn1", ""); got["found"] != true {
			t.Errorf("check by label = %v", got)
		}
		for _, query := range []string{"serial=sn2&brand=nordwind", "serial=sn1&brand=other", "serial=sn1&brand=" + polar.String(), "serial=%3F&brand=nordwind"} {
			if got := k.call(t, 200, "GET", "/v1/public/warranty?"+query, ""); len(got) != 1 || got["found"] != false {
				t.Errorf("check of %s = %v", query, got)
			}
		}
		k.call(t, 422, "GET", "/v1/public/warranty?serial=sn1", "")
		k.call(t, 422, "GET", "/v1/public/warranty?link=nonsense", "")
		k.call(t, 401, "GET", "/v1/warranty-terms", "")
	})
}

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.caller.Grants = append(grant(access.Admin, access.Tenant, id.Raw{}), grant(access.Agent, access.Tenant, id.Raw{})...)
		body := `{"code":"all-24","brand":"` + nordwind.String() + `","sold_in":"DE","kind":"manufacturer","start":"sold","covers":[
			{"cost":"labour","months":24,"payer":"brand"},{"cost":"parts","months":24,"payer":"brand","limit":{"minor":50000,"currency":"EUR"}}],
			"excludes":[{"cause":"misuse"}]}`
		k.call(t, 201, "POST", "/v1/warranty-terms", body)
		k.call(t, 422, "POST", "/v1/warranty-terms", strings.Replace(body, `"labour"`, `"beer"`, 1))
		k.call(t, 422, "POST", "/v1/warranty-terms", strings.Replace(body, `"code"`, `"extra":1,"code"`, 1))
		if got := k.call(t, 200, "GET", "/v1/warranty-terms?brand="+nordwind.String(), ""); len(got["items"].([]any)) != 1 {
			t.Errorf("terms = %v", got)
		}
		opened := k.open(t)
		path := "/v1/cases/" + opened.Case.String() + "/entitlement"
		if got := k.call(t, 200, "GET", path, ""); got["decision"].(map[string]any)["standing"] != "partly" {
			t.Errorf("entitlement = %v", got)
		}
		got := k.call(t, 200, "POST", path+"/decide", `{"causes":["misuse"]}`)
		if got["decision"].(map[string]any)["standing"] != "not_covered" || got["seq"] != 2.0 {
			t.Errorf("decided = %v", got)
		}
		once := k.call(t, 200, "POST", path+"/decide", `{"causes":[]}`, "Idempotency-Key", "k-1")
		twice := k.call(t, 200, "POST", path+"/decide", `{"causes":[]}`, "Idempotency-Key", "k-1")
		if diff := cmp.Diff(once, twice); diff != "" || once["seq"] != 3.0 {
			t.Errorf("a repeated command (-first +second):\n%s", diff)
		}
		k.call(t, 422, "POST", path+"/decide", `{"proof":"seen"}`)
		k.call(t, 404, "GET", "/v1/cases/"+id.New[id.CaseKind]().String()+"/entitlement", "")
		k.call(t, 201, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn1","sold_on":"2025-06-01","sold_in":"DE","proof":"seen"}`)
		k.call(t, 409, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn1","sold_on":"2025-07-01","sold_in":"DE"}`)
		k.call(t, 404, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn9","sold_on":"2025-07-01","sold_in":"DE"}`)
		k.call(t, 200, "GET", "/v1/warranty-registrations/"+known.String(), "")
		k.call(t, 404, "GET", "/v1/warranty-registrations/"+id.New[id.UnitKind]().String(), "")
	})
}

// The customer sees the entitlement of their own case and registers their own
// unit, but cannot say that a proof has been seen; a brand sees its own terms.
func TestAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("ours"), term("theirs", func(t *warranty.Term) { t.Brand = polar })}))
		mine, yours := k.open(t), k.open(t)
		k.caller.Person, k.caller.Grants = mine.Requester, grant(access.Customer, access.Self, id.Raw{})
		k.call(t, 200, "GET", "/v1/cases/"+mine.Case.String()+"/entitlement", "")
		k.call(t, 404, "GET", "/v1/cases/"+yours.Case.String()+"/entitlement", "")
		k.call(t, 404, "POST", "/v1/cases/"+mine.Case.String()+"/entitlement/decide", `{}`)
		k.call(t, 422, "POST", "/v1/warranty-registrations", `{"unit":"`+known.String()+`","sold_on":"2025-06-01","sold_in":"DE","proof":"seen"}`)
		k.call(t, 201, "POST", "/v1/warranty-registrations", `{"unit":"`+known.String()+`","sold_on":"2025-06-01","sold_in":"DE","proof":"claimed"}`)
		k.caller.Grants = grant(access.Brand, access.OfBrand, polar.Raw())
		if got := k.call(t, 200, "GET", "/v1/warranty-terms", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("a brand sees %v", got)
		}
		k.call(t, 404, "GET", "/v1/cases/"+mine.Case.String()+"/entitlement", "")
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
