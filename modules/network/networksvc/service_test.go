package networksvc_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
)

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

// Whoever has agreed something with a node hears when it goes to another company or country,
// and of nothing else that is said of it.
func TestNodeGoesToAnotherCompany(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, n := system(t), k.grow(t)
		berlin := n["berlin"]
		berlin.Name = "Berlin-Mitte"
		berlin = must(k.ChangeNode(ctx, berlin, `"1"`))
		berlin.Ownership, berlin.Partner = network.Own, id.Partner{}
		berlin = must(k.ChangeNode(ctx, berlin, `"2"`))
		berlin.Country = "AT"
		berlin = must(k.UpsertNodes(ctx, []network.Node{berlin, n["wuhan"]}))[0]
		if err := k.bus.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		want := []network.NodeChanged{{Node: berlin.ID, Country: "DE", Version: 3}, {Node: berlin.ID, Country: "AT", Version: 4}}
		if diff := cmp.Diff(want, k.changed); diff != "" {
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
