package catalogsvc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/catalog/catalogsvc"
	"fettle.dev/fettle/modules/network"
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

func second[T any](_ T, err error) error { return err }

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
