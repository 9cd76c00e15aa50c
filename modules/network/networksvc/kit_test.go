package networksvc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	_ "time/tzdata"

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

	changed []network.NodeChanged
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
	outbox.On(k.bus, "test.opened", func(_ context.Context, _ *db.Tx, m outbox.Meta, e network.NodeChanged) error {
		k.changed = append(k.changed, e)
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

func codes(page map[string]any) string {
	var out []string
	for _, i := range page["items"].([]any) {
		out = append(out, i.(map[string]any)["code"].(string))
	}
	return strings.Join(out, " ")
}
