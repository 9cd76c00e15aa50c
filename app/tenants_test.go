package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// Two operators in one database: whoever holds every role of the second can do
// nothing to what belongs to the first, hears of it what is heard of nothing,
// and is shown none of it in any list.
func TestTenantsApart(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		first := newStage(t, h.Found(t, "one"))
		second := h.Found(t, "two")
		all := everyRole(t, second,
			// Scopes are ids, and an administrator can write any id into a grant.
			access.Grant{Role: access.Partner, Scope: apptest.At(access.OfPartner, first.Partner.Raw())},
			access.Grant{Role: access.Brand, Scope: apptest.At(access.OfBrand, first.Kuhlmann.Raw())},
			access.Grant{Role: access.Agent, Scope: apptest.At(access.Region, first.HQ.Raw())},
			access.Grant{Role: access.Technician, Scope: apptest.At(access.Self, first.Bernd.Raw())},
			access.Grant{Role: access.Customer, Scope: apptest.At(access.Self, must(id.Parse[id.PersonKind](first.person)).Raw())})
		secret := secrets(t, first)
		before := snapshot(t, first.World)
		requests := first.requests()
		for _, op := range h.API.Ops() {
			for _, name := range slices.Sorted(keysOf(requests)) {
				if base, _, _ := strings.Cut(name, "#"); base != op.ID {
					continue
				}
				r := requests[name]
				path := strings.Replace(r.path, "{fresh}", "grt_00000000000000000000000000", 1)
				got := all.Do(t, op.Method, path, r.body, "If-Match", r.ifMatch)
				if got.Status >= 500 {
					t.Errorf("%s: %d %s", name, got.Status, got.Body)
				}
				names := ids.MatchString(path)
				if names && got.Status < 400 && op.ID != "hint_stream" && !strings.Contains(string(got.Body), `"items":[]`) {
					t.Errorf("%s reaches over to the other operator: %d %s", name, got.Status, got.Body)
				}
				if op.ID == "me_get" {
					continue // shows the grants that this test made up
				}
				for what, text := range secret {
					if strings.Contains(string(got.Body), text) && !strings.Contains(path, text) {
						t.Errorf("%s shows the %s of the other operator: %s", name, what, got.Body)
					}
				}
			}
		}
		h.Settle(t)
		if diff := cmp.Diff(before, snapshot(t, first.World)); diff != "" {
			t.Errorf("the other operator's rows have changed (-before +after):\n%s", diff)
		}
		doors(t, first, second)
	})
}

// secrets are texts by which the first operator's things would be recognised.
func secrets(t *testing.T, s *stage) map[string]string {
	t.Helper()
	return map[string]string{
		"case": s.open, "closed case": s.done, "order": s.order, "person": s.person, "work order": s.openWork, "appointment": s.apt,
		"visit": s.visit, "statement": s.statement, "unit": s.Unit.String(), "node": s.Munich.String(), "brand": s.Kuhlmann.String(),
		"technician": s.Bernd.String(), "user": s.user, "token": s.token, "mail": s.mail, "proof": s.proof, "reference": s.reference,
		"part": s.Board.String(), "line": s.Line.String(), "request": s.request, "file": s.photo,
	}
}

// doors are the ways in that are no routes: hosts, tokens, links, cursors, keys.
func doors(t *testing.T, first *stage, second *apptest.World) {
	t.Helper()
	mine := second.Agent(t)
	first.all.In(second).Do(t, http.MethodGet, "/v1/cases", nil).Refused(t, 401, "login.token_invalid")
	mine.In(first.World).Do(t, http.MethodGet, "/v1/cases", nil).Refused(t, 401, "login.token_invalid")

	first.Visitor().Get(t, "/v1/public/cases/"+first.link)
	second.Visitor().Do(t, http.MethodGet, "/v1/public/cases/"+first.link, nil).Refused(t, 404, "desk.link")
	second.Visitor().Do(t, http.MethodPost, "/v1/public/cases/"+first.link+"/chase", nil).Refused(t, 404, "desk.link")

	for range 2 {
		mine.Post(t, "/v1/cases", apptest.Ask())
	}
	cursor := first.all.Get(t, "/v1/cases?limit=1").Text(t, "next")
	mine.Get(t, "/v1/cases?limit=1&cursor="+mine.Get(t, "/v1/cases?limit=1").Text(t, "next"))
	mine.Do(t, http.MethodGet, "/v1/cases?limit=1&cursor="+cursor, nil).Refused(t, 422, "api.bad_cursor")

	a := first.Agent(t).Post(t, "/v1/cases", apptest.Ask(), "Idempotency-Key", "shared").Text(t, "id")
	b := mine.Post(t, "/v1/cases", apptest.Ask(), "Idempotency-Key", "shared")
	if b.Text(t, "id") == a || b.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("one key of two operators is one command: %s", b.Body)
	}
	whose := func(c *apptest.Client, path string) string {
		return c.Get(t, "/v1/cases/"+path).Text(t, "customer.person")
	}
	if p := whose(mine, b.Text(t, "id")); p == first.person {
		t.Error("two operators know one person by her phone number")
	}
	if one, two := first.Visitor().Get(t, "/v1/public/log").Text(t, "key"), second.Visitor().Get(t, "/v1/public/log").Text(t, "key"); one == two {
		t.Error("two operators sign with one key")
	}
}

// snapshot returns, by table, what is stored for the operator.
func snapshot(t *testing.T, w *apptest.World) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := w.DB.Read(t.Context(), w.Tenant, func(ctx context.Context, tx *db.Tx) error {
		query := `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'tenant_id' WHERE m.type = 'table'`
		if tx.Postgres() {
			query = `SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id' AND table_schema = current_schema()`
		}
		rows, err := tx.Rows(ctx, query)
		tables, err := db.Collect(rows, err, func(scan func(...any) error) (s string, err error) { return s, scan(&s) })
		for _, table := range tables {
			if err == nil {
				out[table], err = rowsOf(ctx, tx, table)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d tables were found", len(out))
	}
	return out
}

func rowsOf(ctx context.Context, tx *db.Tx, table string) ([]string, error) {
	rows, err := tx.Rows(ctx, `SELECT * FROM `+table+` WHERE tenant_id = ?`, tx.Tenant())
	if err != nil {
		return nil, err
	}
	list, err := db.Collect(rows, nil, func(scan func(...any) error) (string, error) {
		values := make([]any, rows.Width())
		into := make([]any, rows.Width())
		for i := range values {
			into[i] = &values[i]
		}
		err := scan(into...)
		return fmt.Sprint(values), err
	})
	slices.Sort(list)
	return list, err
}
