package login_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
)

func cookieOf(t *testing.T, r response) *http.Cookie {
	t.Helper()
	c, err := http.ParseSetCookie(r.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatalf("Set-Cookie %q: %v", r.header.Get("Set-Cookie"), err)
	}
	return c
}

func TestLoginOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		body := map[string]any{"login": "Bo", "password": password}
		in := w.call(t, request{method: "POST", path: "/v1/login", body: body}).want(t, 200, "")
		c := cookieOf(t, in)
		if c.Name != login.Cookie || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 7*24*3600 || c.Path != "/" {
			t.Errorf("the cookie is %+v", c)
		}
		me := w.call(t, request{method: "GET", path: "/v1/me", session: c.Value}).want(t, 200, "")
		if me.body["name"] != "Bo Agent" || me.body["tenant"] != "First Service" || me.body["user_id"] != w.agent.String() {
			t.Errorf("me is %s", me.text)
		}
		perms, _ := me.body["permissions"].([]any)
		if !slices.Contains(perms, any("case.write")) || slices.Contains(perms, any("user.read")) {
			t.Errorf("an agent may %v", perms)
		}
		w.call(t, request{method: "POST", path: "/v1/logout", session: c.Value, header: map[string]string{login.Header: ""}}).
			want(t, 400, "login.header_missing")
		out := w.call(t, request{method: "POST", path: "/v1/logout", session: c.Value}).want(t, 204, "")
		if c := cookieOf(t, out); c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("log-out leaves the cookie %+v", c)
		}
		w.call(t, request{method: "GET", path: "/v1/me", session: c.Value}).want(t, 401, "login.required")
		w.call(t, request{method: "GET", path: "/v1/me", token: "fettle_x"}).want(t, 401, "login.token_invalid")
		// An old cookie is no hindrance to a new log-in.
		w.call(t, request{method: "POST", path: "/v1/login", session: c.Value, body: body}).want(t, 200, "")

		body["password"] = "wrong horse"
		refused := w.call(t, request{method: "POST", path: "/v1/login", body: body}).want(t, 401, "login.refused")
		if refused.header.Get("Set-Cookie") != "" || strings.Contains(refused.text, "wrong horse") {
			t.Errorf("a refusal says %s %s", refused.header, refused.text)
		}
		for range 10 {
			w.call(t, request{method: "POST", path: "/v1/login", body: body})
		}
		slow := w.call(t, request{method: "POST", path: "/v1/login", body: body}).want(t, 429, "login.too_many")
		if slow.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After = %q", slow.header.Get("Retry-After"))
		}
	})
}

func TestOwnSettings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		s := w.login(t, "bo")
		patch := func(match string, body map[string]any) response {
			return w.call(t, request{method: "PATCH", path: "/v1/me", session: s, body: body, header: map[string]string{"If-Match": match}})
		}
		patch("", map[string]any{"theme": "dark"}).want(t, 428, "api.version_required")
		patch(`"7"`, map[string]any{"theme": "dark"}).want(t, 412, "api.stale_version")
		patch(`"1"`, map[string]any{"theme": "pink"}).want(t, 422, "api.invalid_input")
		patch(`"1"`, map[string]any{"zone": "Mars/Base"}).want(t, 422, "login.bad_setting")
		patch(`"1"`, map[string]any{"roles": "admin"}).want(t, 422, "api.invalid_input")
		got := patch(`"1"`, map[string]any{"theme": "dark", "language": "zh-CN", "zone": "Asia/Shanghai"}).want(t, 200, "")
		if got.body["theme"] != "dark" || got.body["zone"] != "Asia/Shanghai" || got.body["version"] != 2.0 {
			t.Errorf("me is %s", got.text)
		}
		zh := patch(`"1"`, map[string]any{"theme": "dark"}).want(t, 412, "api.stale_version")
		if strings.Contains(zh.text, "Somebody") {
			t.Errorf("a problem in Chinese reads %s", zh.text)
		}
	})
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		s, other := w.login(t, "bo"), w.login(t, "bo")
		own := "/v1/users/" + w.agent.String() + "/password"
		set := func(session, path, current, fresh string) response {
			body := map[string]any{"password": fresh}
			if current != "" {
				body["current_password"] = current
			}
			return w.call(t, request{method: "POST", path: path, session: session, body: body})
		}
		set(s, own, "", "battery staple").want(t, 422, "login.wrong_password")
		set(s, own, "wrong horse", "battery staple").want(t, 422, "login.wrong_password")
		set(s, own, password, "short").want(t, 422, "login.weak_password")
		set(s, "/v1/users/"+w.admin.String()+"/password", password, "battery staple").want(t, 404, "not_found")
		set(s, own, password, "battery staple").want(t, 204, "")
		w.call(t, request{method: "GET", path: "/v1/me", session: s}).want(t, 200, "")
		w.call(t, request{method: "GET", path: "/v1/me", session: other}).want(t, 401, "login.required")
		set(w.login(t, "ada@first.example"), own, "", password).want(t, 204, "")
		w.call(t, request{method: "GET", path: "/v1/me", session: s}).want(t, 401, "login.required")
	})
}

func TestUsersOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		admin, agent := w.login(t, "ada@first.example"), w.login(t, "bo")
		body := map[string]any{
			"name": "Cy", "login": "cy@first.example", "email": "Cy@First.example", "country": "DE", "password": password,
			"grants": []any{map[string]any{"role": "agent", "scope": "node", "scope_id": id.Node{1}.String()}},
		}
		post := func(session string, key string) response {
			return w.call(t, request{method: "POST", path: "/v1/users", session: session, body: body, header: map[string]string{"Idempotency-Key": key}})
		}
		post(agent, "k1").want(t, 404, "not_found")
		first := post(admin, "k1").want(t, 201, "")
		if again := post(admin, "k1").want(t, 201, ""); again.text != first.text {
			t.Errorf("repeated: %s, want %s", again.text, first.text)
		}
		post(admin, "k2").want(t, 409, "login.name_taken")
		user := "/v1/users/" + first.body["id"].(string)

		list := w.call(t, request{method: "GET", path: "/v1/users?limit=2", session: admin}).want(t, 200, "")
		rest := w.call(t, request{method: "GET", path: "/v1/users?limit=2&cursor=" + list.body["next"].(string), session: admin}).want(t, 200, "")
		for _, want := range []string{`"Ada Admin"`, `"Bo Agent"`, `"Cy"`, `"cy@first.example"`} {
			if !strings.Contains(list.text+rest.text, want) {
				t.Errorf("the list lacks %s: %s %s", want, list.text, rest.text)
			}
		}
		w.call(t, request{method: "GET", path: "/v1/users", session: agent}).want(t, 404, "not_found")

		grants := w.call(t, request{method: "GET", path: user + "/grants", session: admin}).want(t, 200, "")
		if !strings.Contains(grants.text, id.Node{1}.String()) {
			t.Errorf("grants are %s", grants.text)
		}
		for _, bad := range []map[string]any{
			{"role": "king", "scope": "tenant"},
			{"role": "partner", "scope": "tenant"},
			{"role": "agent", "scope": "node"},
			{"role": "agent", "scope": "node", "scope_id": id.Brand{1}.String()},
			{"role": "agent", "scope": "tenant", "scope_id": id.Node{1}.String()},
		} {
			w.call(t, request{method: "POST", path: user + "/grants", session: admin, body: bad}).want(t, 422, "login.bad_grant")
		}
		made := w.call(t, request{method: "POST", path: user + "/grants", session: admin, body: map[string]any{"role": "finance", "scope": "tenant"}}).want(t, 201, "")
		grant := user + "/grants/" + made.body["id"].(string)
		w.call(t, request{method: "DELETE", path: grant, session: agent}).want(t, 404, "not_found")
		w.call(t, request{method: "DELETE", path: grant, session: admin}).want(t, 204, "")
		w.call(t, request{method: "DELETE", path: grant, session: admin}).want(t, 404, "not_found")

		cy := w.login(t, "cy@first.example")
		w.call(t, request{method: "POST", path: user + "/disable", session: admin}).want(t, 204, "")
		w.call(t, request{method: "GET", path: "/v1/me", session: cy}).want(t, 401, "login.required")
		w.call(t, request{method: "POST", path: "/v1/users/" + w.admin.String() + "/disable", session: admin}).want(t, 409, "login.last_admin")
	})
}

func TestTokensOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		admin := w.login(t, "ada@first.example")
		body := map[string]any{"name": "shop", "grants": []any{map[string]any{"role": "integrator", "scope": "tenant"}}, "scopes": []string{"me.read"}}
		key := map[string]string{"Idempotency-Key": "k"}
		first := w.call(t, request{method: "POST", path: "/v1/tokens", session: admin, body: body, header: key}).want(t, 201, "")
		token, _ := first.body["token"].(string)
		if !strings.HasPrefix(token, login.TokenPrefix) {
			t.Fatalf("the token is %q", token)
		}
		again := w.call(t, request{method: "POST", path: "/v1/tokens", session: admin, body: body, header: key}).want(t, 201, "")
		if again.body["id"] != first.body["id"] || again.body["token"] != nil {
			t.Errorf("repeated: %s", again.text)
		}
		if me := w.call(t, request{method: "GET", path: "/v1/me", token: token}).want(t, 200, ""); me.body["name"] != "shop" {
			t.Errorf("me is %s", me.text)
		}
		w.call(t, request{method: "PATCH", path: "/v1/me", token: token, body: map[string]any{}}).want(t, 404, "not_found")
		list := w.call(t, request{method: "GET", path: "/v1/tokens", session: admin}).want(t, 200, "")
		if strings.Contains(list.text, token) || !strings.Contains(list.text, `"last_used_on":"2026-11-23"`) {
			t.Errorf("the list says %s", list.text)
		}
		path := "/v1/tokens/" + first.body["id"].(string)
		w.call(t, request{method: "DELETE", path: path, session: w.login(t, "bo")}).want(t, 404, "not_found")
		w.call(t, request{method: "DELETE", path: path, session: admin}).want(t, 204, "")
		w.call(t, request{method: "GET", path: "/v1/me", token: token}).want(t, 401, "login.token_invalid")

		// A token that is limited makes no others, whatever its user may.
		_, limited, err := w.s.CreateToken(t.Context(), dbtest.Tenant, login.NewToken{Name: "l", User: w.admin, Scopes: []string{"token:admin", "user:admin", "grant:admin"}})
		if err != nil {
			t.Fatal(err)
		}
		w.call(t, request{method: "GET", path: "/v1/tokens", token: limited}).want(t, 200, "")
		w.call(t, request{method: "POST", path: "/v1/tokens", token: limited, body: body}).want(t, 404, "not_found")
		w.call(t, request{method: "POST", path: "/v1/users/" + w.agent.String() + "/grants", token: limited, body: map[string]any{"role": "admin", "scope": "tenant"}}).
			want(t, 404, "not_found")
	})
}

// Every route of login for every role, with ids of another operator: nothing is
// told and nothing is changed.
func TestOtherTenantsIDs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		u, err := w.s.CreateUser(t.Context(), dbtest.Other, login.NewUser{
			Name: "Eve", Login: "eve", Country: "DE", Password: password,
			Grants: []access.Grant{{Role: access.Admin, Scope: access.Scope{Kind: access.Tenant}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		made, _, err := w.s.CreateToken(t.Context(), dbtest.Other, login.NewToken{Name: "o", User: u})
		if err != nil {
			t.Fatal(err)
		}
		admin := w.login(t, "ada@first.example")
		for i, q := range []request{
			{method: "GET", path: fmt.Sprintf("/v1/users/%s/grants", u)},
			{method: "POST", path: fmt.Sprintf("/v1/users/%s/grants", u), body: map[string]any{"role": "agent", "scope": "tenant"}},
			{method: "POST", path: fmt.Sprintf("/v1/users/%s/disable", u)},
			{method: "POST", path: fmt.Sprintf("/v1/users/%s/password", u), body: map[string]any{"password": "battery staple"}},
			{method: "DELETE", path: fmt.Sprintf("/v1/tokens/%s", made)},
		} {
			q.session = admin
			if r := w.call(t, q); r.status != 404 {
				t.Errorf("%d: %s %s = %d %s", i, q.method, q.path, r.status, r.text)
			}
		}
		if _, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Other, Login: "eve", Password: password}); err != nil {
			t.Errorf("the other operator's user was changed: %v", err)
		}
	})
}
