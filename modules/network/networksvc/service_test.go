package networksvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/network/networksvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

// kit is the module on a database, as the application puts it together.
type kit struct {
	*networksvc.Module
	bus    *outbox.Bus
	api    *httpapi.API
	caller access.Caller // of HTTP requests
	heard  []string      // names of events
}

// later is the tree that the guard asks; the module comes after the guard.
type later struct{ *networksvc.Module }

func (l *later) Below(ctx context.Context, t id.Tenant, n id.Node) ([]id.Node, error) {
	return l.Module.Below(ctx, t, n)
}

func newKit(t *testing.T, d *db.DB) *kit {
	t.Helper()
	tree := &later{}
	guard, err := access.New(access.Options{Tree: tree, Fresh: 1})
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{bus: outbox.New(d, outbox.Options{}), caller: access.Caller{Tenant: dbtest.Tenant}}
	k.Module = networksvc.New(networksvc.Deps{DB: d, Bus: k.bus, Guard: guard})
	tree.Module = k.Module
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: slog.New(slog.DiscardHandler)})
	k.Routes(k.api)
	outbox.On(k.bus, "test.opened", func(_ context.Context, _ *db.Tx, m outbox.Meta, _ network.NodeOpened) error {
		k.heard = append(k.heard, m.Name)
		return nil
	})
	outbox.On(k.bus, "test.opened", func(_ context.Context, _ *db.Tx, m outbox.Meta, e network.NodeStateChanged) error {
		k.heard = append(k.heard, m.Name+" "+string(e.To))
		return nil
	})
	return k
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func each(t *testing.T, fn func(t *testing.T, k *kit, d *db.DB)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newKit(t, d), d) },
		outbox.Schema(), command.Schema(), networksvc.Schema())
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

func root() network.Node {
	return network.Node{
		Code: "hq", Kind: network.Headquarters, Ownership: network.Own, Name: "Headquarters",
		Country: "CN", Zone: "Asia/Shanghai", State: network.Open,
	}
}

func child(code string, parent id.Node, kind network.Kind) network.Node {
	n := root()
	n.Code, n.Parent, n.Kind, n.Name = code, parent, kind, strings.ToUpper(code)
	return n
}

// grow makes a small network: hq → hubei → wuhan, and berlin of a dealer.
func (k *kit) grow(t *testing.T) map[string]network.Node {
	t.Helper()
	ctx := system(t)
	p := must(k.UpsertPartners(ctx, []network.Partner{{Code: "kiez", Name: "Kiez Service", Country: "DE"}}))[0]
	hq := must(k.AddNode(ctx, root()))
	hubei := must(k.AddNode(ctx, child("hubei", hq.ID, network.RegionalCentre)))
	dealer := child("berlin", hq.ID, network.LocalNode)
	dealer.Ownership, dealer.Partner, dealer.Country, dealer.Zone = network.Dealer, p.ID, "DE", "Europe/Berlin"
	rest := must(k.UpsertNodes(ctx, []network.Node{child("wuhan", hubei.ID, network.LocalNode), dealer}))
	return map[string]network.Node{"hq": hq, "hubei": hubei, "wuhan": rest[0], "berlin": rest[1]}
}

func TestUpsertKeepsIdentity(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		first := must(k.UpsertBrands(ctx, []network.Brand{{Code: "nordwind", Name: "Nordwind"}, {Code: "polar", Name: "Polar"}}))
		again := must(k.UpsertBrands(ctx, []network.Brand{{Code: "nordwind", Name: "Nordwind GmbH"}}))[0]
		if again.ID != first[0].ID || again.Version != 2 {
			t.Errorf("upsert again = %+v, want the id of %+v and version 2", again, first[0])
		}
		got := must(k.BrandByCode(ctx, dbtest.Tenant, "nordwind"))
		if diff := cmp.Diff(again, got); diff != "" {
			t.Errorf("BrandByCode (-want +got):\n%s", diff)
		}
		if _, err := k.BrandByCode(ctx, dbtest.Other, "nordwind"); !errors.Is(err, network.ErrBrandNotFound) {
			t.Errorf("another tenant's BrandByCode = %v", err)
		}
		if _, err := k.Brand(ctx, dbtest.Tenant, id.Brand{}); !errors.Is(err, network.ErrBrandNotFound) {
			t.Errorf("Brand of nothing = %v", err)
		}
	})
}

func TestBadInputChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		_, err := k.UpsertBrands(ctx, []network.Brand{{Code: "good", Name: "Good"}, {Code: "Bad", Name: "Bad"}})
		if !errors.Is(err, network.ErrInvalid) {
			t.Errorf("UpsertBrands = %v, want ErrInvalid", err)
		}
		if _, err := k.BrandByCode(ctx, dbtest.Tenant, "good"); !errors.Is(err, network.ErrBrandNotFound) {
			t.Errorf("half of a refused list is stored: %v", err)
		}
		nodes := k.grow(t)
		for name, give := range map[string]network.Node{
			"taken code":     child("wuhan", nodes["hq"].ID, network.LocalNode),
			"unknown parent": child("x", id.New[id.NodeKind](), network.LocalNode),
			"local parent":   child("x", nodes["wuhan"].ID, network.LocalNode),
			"unknown zone": func() network.Node {
				n := child("x", nodes["hq"].ID, network.LocalNode)
				n.Zone = "Mars/Base"
				return n
			}(),
			"unknown partner": func() network.Node {
				n := child("x", nodes["hq"].ID, network.LocalNode)
				n.Ownership, n.Partner = network.Dealer, id.New[id.PartnerKind]()
				return n
			}(),
		} {
			if n, err := k.AddNode(ctx, give); err == nil {
				t.Errorf("%s: AddNode = %+v", name, n)
			}
		}
		tree := must(k.Tree(ctx, dbtest.Tenant))
		if tree.Len() != 4 {
			t.Errorf("%d nodes after refused ones, want 4", tree.Len())
		}
	})
}

func TestTreeAndMoves(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, n := system(t), k.grow(t)
		if below := must(k.Below(ctx, dbtest.Tenant, n["hubei"].ID)); len(below) != 2 {
			t.Errorf("below hubei: %v", below)
		}
		moved := n["hubei"]
		moved.Parent = n["wuhan"].ID
		if _, err := k.ChangeNode(ctx, moved, `"1"`); !errors.Is(err, network.ErrCycle) {
			t.Errorf("moving below itself = %v", err)
		}
		moved = n["wuhan"]
		moved.Parent, moved.Name = n["hq"].ID, "Wuhan City"
		if _, err := k.ChangeNode(ctx, moved, `"7"`); !errors.Is(err, httpapi.ErrStale) {
			t.Errorf("changing what was not seen = %v", err)
		}
		got := must(k.ChangeNode(ctx, moved, `"1"`))
		if got.Version != 2 || got.Parent != n["hq"].ID {
			t.Errorf("ChangeNode = %+v", got)
		}
		if below := must(k.Below(ctx, dbtest.Tenant, n["hubei"].ID)); len(below) != 1 {
			t.Errorf("below hubei after the move: %v", below)
		}
		local := n["hubei"]
		local.Kind = network.LocalNode
		must(k.AddNode(ctx, child("xianning", n["hubei"].ID, network.LocalNode)))
		if _, err := k.ChangeNode(ctx, local, `"1"`); !errors.Is(err, network.ErrWrongParent) {
			t.Errorf("a centre with children becomes a local node: %v", err)
		}
	})
}

func TestStatesAndEvents(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, n := system(t), k.grow(t)
		later := child("later", n["hq"].ID, network.LocalNode)
		later.State = network.Planned
		planned := must(k.AddNode(ctx, later))
		must(k.MoveNode(ctx, planned.ID, network.DoOpen))
		must(k.MoveNode(ctx, planned.ID, network.DoPause))
		if _, err := k.MoveNode(ctx, planned.ID, network.DoOpen); !errors.Is(err, network.ErrTransition) {
			t.Errorf("opening what is paused = %v", err)
		}
		if _, err := k.MoveNode(ctx, n["hubei"].ID, network.DoClose); !errors.Is(err, network.ErrHasOpenBelow) {
			t.Errorf("closing above open nodes = %v", err)
		}
		must(k.MoveNode(ctx, n["wuhan"].ID, network.DoClose))
		must(k.MoveNode(ctx, n["hubei"].ID, network.DoClose))
		if err := k.bus.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"network.node_opened.v1": 5, "network.node_state_changed.v1 paused": 1, "network.node_state_changed.v1 closed": 2}
		got := map[string]int{}
		for _, h := range k.heard {
			got[h]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestRoute(t *testing.T) {
	each(t, func(t *testing.T, k *kit, d *db.DB) {
		ctx, n := system(t), k.grow(t)
		brand := must(k.UpsertBrands(ctx, []network.Brand{{Code: "nordwind", Name: "Nordwind"}}))[0]
		give := []network.Territory{
			{Node: n["hubei"].ID, Country: "CN"},
			{Node: n["wuhan"].ID, Country: "CN", Prefixes: []string{"4300", "43 01"}},
			{Node: n["berlin"].ID, Country: "DE", Centre: geo.At(52.52, 13.40), RadiusMetres: 50_000, Brand: brand.ID},
		}
		stored := must(k.AddTerritories(ctx, give))
		if again := must(k.AddTerritories(ctx, give)); cmp.Diff(stored, again) != "" {
			t.Errorf("adding again:\n%s", cmp.Diff(stored, again))
		}
		route := func(s network.Site) network.Routing { t.Helper(); return must(k.Route(ctx, dbtest.Tenant, s)) }
		if got := route(network.Site{Country: "CN", Postal: "430070"}); got.Node != n["wuhan"].ID {
			t.Errorf("Wuhan goes to %+v", got)
		}
		if got := route(network.Site{Country: "DE", Point: geo.At(52.5, 13.3)}); got.Routed() || got.Reasons[0].Code != network.UnroutedNotServed {
			t.Errorf("no brand in Berlin goes to %+v", got)
		}
		if got := route(network.Site{Country: "DE", Point: geo.At(52.5, 13.3), Brand: brand.ID}); got.Node != n["berlin"].ID {
			t.Errorf("the brand in Berlin goes to %+v", got)
		}
		must(k.MoveNode(ctx, n["wuhan"].ID, network.DoPause))
		if got := route(network.Site{Country: "CN", Postal: "430070"}); got.Node != n["hubei"].ID || len(got.Reasons) != 2 {
			t.Errorf("with Wuhan paused it goes to %+v", got)
		}
		if err := k.RemoveTerritory(ctx, stored[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := route(network.Site{Country: "CN", Postal: "430070"}); got.Routed() {
			t.Errorf("with nobody left it goes to %+v", got)
		}
		if _, err := k.AddTerritories(ctx, []network.Territory{{Node: id.New[id.NodeKind](), Country: "CN"}}); !errors.Is(err, network.ErrNodeNotFound) {
			t.Errorf("territory of nobody = %v", err)
		}
		other := newKit(t, d) // another process
		if got := must(other.Route(ctx, dbtest.Tenant, network.Site{Country: "DE", Point: geo.At(52.5, 13.3), Brand: brand.ID})); got.Node != n["berlin"].ID {
			t.Errorf("another process routes Berlin to %+v", got)
		}
	})
}

func TestOperator(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		if _, err := k.Operator(ctx, dbtest.Tenant); !errors.Is(err, network.ErrNoOperator) {
			t.Errorf("Operator before = %v", err)
		}
		want := must(k.SetOperator(ctx, network.Operator{Name: "Fettle Demo", Country: "CN", Zone: "Asia/Shanghai", Currency: "CNY"}))
		if got := must(k.Operator(ctx, dbtest.Tenant)); got != want || want.Version != 1 {
			t.Errorf("Operator = %+v, want %+v", got, want)
		}
		if _, err := k.SetOperator(ctx, network.Operator{Name: "x"}); !errors.Is(err, network.ErrInvalid) {
			t.Errorf("SetOperator of nonsense = %v", err)
		}
	})
}

// call sends a request as the kit's caller.
func (k *kit) call(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("If-Match", `"1"`)
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	got := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s = %d %s", method, path, w.Code, w.Body)
		}
	}
	return w.Code, got
}

func grant(role access.Role, kind access.ScopeKind, raw id.Raw) []access.Grant {
	return []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}}
}

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		k.caller.User, k.caller.Grants = id.New[id.UserKind](), grant(access.Admin, access.Tenant, id.Raw{})
		expect := func(want int, method, path, body string) map[string]any {
			t.Helper()
			code, got := k.call(t, method, path, body)
			if code != want {
				t.Fatalf("%s %s = %d %v, want %d", method, path, code, got, want)
			}
			return got
		}
		expect(200, "PUT", "/v1/operator", `{"name":"Demo","country":"CN","zone":"Asia/Shanghai","currency":"CNY"}`)
		expect(200, "GET", "/v1/operator", "")
		brand := expect(201, "POST", "/v1/brands", `{"code":"nordwind","name":"Nordwind"}`)
		expect(422, "POST", "/v1/brands", `{"code":"NORD","name":"Nordwind"}`)
		expect(422, "POST", "/v1/brands", `{"code":"nord","name":"Nordwind","colour":"red"}`)
		expect(200, "GET", "/v1/brands/"+brand["id"].(string), "")
		expect(404, "GET", "/v1/brands/"+id.New[id.BrandKind]().String(), "")
		expect(201, "POST", "/v1/partners", `{"code":"kiez","name":"Kiez","country":"DE"}`)
		hq := expect(201, "POST", "/v1/nodes", `{"code":"hq","kind":"headquarters","ownership":"own","name":"HQ","country":"CN","zone":"Asia/Shanghai"}`)
		hqID := hq["id"].(string)
		if hq["state"] != "planned" {
			t.Errorf("a new node is %v", hq["state"])
		}
		expect(409, "POST", "/v1/nodes/"+hqID+"/pause", "")
		expect(200, "POST", "/v1/nodes/"+hqID+"/open", "")
		local := expect(201, "POST", "/v1/nodes", `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"武汉","country":"CN","zone":"Asia/Shanghai","languages":["zh-CN"],"point":{"lat_micro":30590000,"lon_micro":114300000}}`)
		expect(200, "PUT", "/v1/nodes/"+local["id"].(string), `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"武汉中心","country":"CN","zone":"Asia/Shanghai"}`)
		expect(412, "PUT", "/v1/nodes/"+local["id"].(string), `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"x","country":"CN","zone":"Asia/Shanghai"}`)
		tty := expect(201, "POST", "/v1/territories", `{"node":"`+hqID+`","country":"CN"}`)
		if got := expect(200, "GET", "/v1/territories/route?country=CN&postal=430070", ""); got["node"] != hqID {
			t.Errorf("route = %v", got)
		}
		if got := expect(200, "GET", "/v1/nodes/tree", ""); len(got["items"].([]any)) != 2 {
			t.Errorf("tree = %v", got)
		}
		first := expect(200, "GET", "/v1/nodes?limit=1", "")
		second := expect(200, "GET", "/v1/nodes?limit=1&cursor="+first["next"].(string), "")
		if a, b := codes(first), codes(second); a != "hq" || b != "wuhan" || second["next"] != nil {
			t.Errorf("pages %q, %q, next %v", a, b, second["next"])
		}
		if got := codes(expect(200, "GET", "/v1/nodes?state=planned", "")); got != "wuhan" {
			t.Errorf("planned nodes: %q", got)
		}
		page := expect(200, "GET", "/v1/territories?limit=1&node="+hqID, "")
		if len(page["items"].([]any)) != 1 {
			t.Errorf("territories = %v", page)
		}
		expect(204, "DELETE", "/v1/territories/"+tty["id"].(string), "")
		expect(404, "DELETE", "/v1/territories/"+tty["id"].(string), "")
		for _, list := range []string{"/v1/brands", "/v1/partners", "/v1/territories"} {
			expect(200, "GET", list, "")
		}
	})
}

func codes(page map[string]any) string {
	var out []string
	for _, i := range page["items"].([]any) {
		out = append(out, i.(map[string]any)["code"].(string))
	}
	return strings.Join(out, " ")
}

// Callers see and change their part of the network, and for the rest it looks as
// if it were not there.
func TestAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, n := system(t), k.grow(t)
		brands := must(k.UpsertBrands(ctx, []network.Brand{{Code: "a", Name: "A"}, {Code: "b", Name: "B"}}))
		must(k.AddTerritories(ctx, []network.Territory{{Node: n["wuhan"].ID, Country: "CN"}, {Node: n["berlin"].ID, Country: "DE"}}))
		k.caller.User = id.New[id.UserKind]()

		k.caller.Grants = grant(access.Brand, access.OfBrand, brands[1].ID.Raw())
		if _, got := k.call(t, "GET", "/v1/brands", ""); codes(got) != "b" {
			t.Errorf("a brand sees the brands %v", got)
		}
		if code, _ := k.call(t, "GET", "/v1/brands/"+brands[0].ID.String(), ""); code != 404 {
			t.Errorf("a brand reads another brand: %d", code)
		}
		if code, _ := k.call(t, "GET", "/v1/nodes/tree", ""); code != 404 {
			t.Errorf("a brand reads the tree: %d", code)
		}

		k.caller.Grants = grant(access.Partner, access.OfPartner, n["berlin"].Partner.Raw())
		if _, got := k.call(t, "GET", "/v1/nodes", ""); codes(got) != "berlin" {
			t.Errorf("a partner sees the nodes %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/nodes/tree", ""); codes(got) != "berlin" {
			t.Errorf("a partner sees the tree %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/territories", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("a partner sees the territories %v", got)
		}

		k.caller.Grants = grant(access.Admin, access.Region, n["hubei"].ID.Raw())
		body := func(code, parent string) string {
			return `{"code":"` + code + `","parent":"` + parent + `","kind":"local_node","ownership":"own","name":"N","country":"CN","zone":"Asia/Shanghai"}`
		}
		if code, got := k.call(t, "POST", "/v1/nodes", body("xianning", n["hubei"].ID.String())); code != 201 {
			t.Errorf("a regional administrator adds below: %d %v", code, got)
		}
		if code, _ := k.call(t, "POST", "/v1/nodes", body("munich", n["hq"].ID.String())); code != 404 {
			t.Errorf("a regional administrator adds elsewhere: %d", code)
		}
		if code, _ := k.call(t, "POST", "/v1/nodes/"+n["berlin"].ID.String()+"/pause", ""); code != 404 {
			t.Errorf("a regional administrator pauses elsewhere: %d", code)
		}

		k.caller.Grants = nil
		if code, _ := k.call(t, "GET", "/v1/nodes", ""); code != 404 {
			t.Errorf("somebody without grants lists nodes: %d", code)
		}
	})
}

// Nodes that are moved at the same time by two processes still make a tree.
func TestConcurrentMoves(t *testing.T) {
	each(t, func(t *testing.T, k *kit, d *db.DB) {
		ctx := system(t)
		hq := must(k.AddNode(ctx, root()))
		a := must(k.AddNode(ctx, child("a", hq.ID, network.RegionalCentre)))
		b := must(k.AddNode(ctx, child("b", hq.ID, network.RegionalCentre)))
		other := newKit(t, d)
		done := make(chan error, 2)
		go func() { x := a; x.Parent = b.ID; _, err := k.ChangeNode(ctx, x, "*"); done <- err }()
		go func() { x := b; x.Parent = a.ID; _, err := other.ChangeNode(ctx, x, "*"); done <- err }()
		one, two := <-done, <-done
		if (one == nil) == (two == nil) {
			t.Errorf("both moves ended alike: %v, %v", one, two)
		}
		if got := must(newKit(t, d).Below(ctx, dbtest.Tenant, hq.ID)); len(got) != 3 {
			t.Errorf("%d nodes hang under headquarters, want 3", len(got))
		}
	})
}
