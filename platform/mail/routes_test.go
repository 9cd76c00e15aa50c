package mail_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/mail"
)

// as is an authenticator for whom everybody has one grant.
type as access.Grant

func (g as) Authenticate(*http.Request) (access.Caller, error) {
	return access.Caller{Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{access.Grant(g)}}, nil
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, w *world) {
		first, second := w.queue(t, letter), w.queue(t, letter)
		call := func(role access.Role, scope access.Scope, path string, into any) int {
			t.Helper()
			api := httpapi.New(httpapi.Options{Auth: as{role, scope}, Guard: guard, Secret: make([]byte, 32)})
			w.box.Routes(api, guard)
			rec := httptest.NewRecorder()
			api.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
			if into != nil {
				if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
					t.Fatalf("%s: %s: %v", path, rec.Body, err)
				}
			}
			return rec.Code
		}
		all := access.Scope{Kind: access.Tenant}
		var page httpapi.Page[mail.Entry]
		if code := call(access.Admin, all, "/v1/mails?limit=1", &page); code != 200 || len(page.Items) != 1 || page.Items[0].ID != second {
			t.Fatalf("first page: %d, %+v", code, page)
		}
		next := page.Next
		page = httpapi.Page[mail.Entry]{}
		if code := call(access.Admin, all, "/v1/mails?limit=1&cursor="+next, &page); code != 200 || len(page.Items) != 1 || page.Items[0].ID != first || page.Next != "" {
			t.Errorf("second page: %d, %+v", code, page)
		}
		var one mail.Entry
		if code := call(access.Admin, all, "/v1/mails/"+first.String(), &one); code != 200 || one.Body == "" || one.To != letter.To {
			t.Errorf("one: %d, %+v", code, one)
		}
		if code := call(access.Admin, all, "/v1/mails/"+id.New[id.MailKind]().String(), nil); code != 404 {
			t.Errorf("a letter that is not there: %d", code)
		}
		for _, path := range []string{"/v1/mails", "/v1/mails/" + first.String()} {
			if code := call(access.Agent, all, path, nil); code != 404 {
				t.Errorf("an agent gets %s: %d", path, code)
			}
			if code := call(access.Admin, access.Scope{Kind: access.Node, ID: id.Raw{7}}, path, nil); code != 404 {
				t.Errorf("the administrator of one node gets %s: %d", path, code)
			}
		}
	})
}
