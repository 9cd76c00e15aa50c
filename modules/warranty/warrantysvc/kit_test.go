package warrantysvc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	_ "time/tzdata"

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

// foreign adds a unit of the other brand.
func (k *kit) foreign() id.Unit {
	k.mu.Lock()
	defer k.mu.Unlock()
	u := id.Unit{15: 7}
	k.units[u] = catalog.Unit{ID: u, Brand: polar, Serial: "P7", State: catalog.Sold}
	return u
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
