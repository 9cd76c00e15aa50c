package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
)

// A visitor asks, follows and urges, and cannot say what only staff may say.
func TestPublicAsk(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		visitor, agent := w.Visitor(), w.Agent(t)
		asked := visitor.Post(t, "/v1/public/requests", apptest.Ask(func(in members) {
			in["priority"], in["channel"], in["opened_at"] = 1, "import", "2020-01-01T00:00:00Z"
		}), "Idempotency-Key", "visit-1")
		again := visitor.Post(t, "/v1/public/requests", apptest.Ask(func(in members) {
			in["priority"], in["channel"], in["opened_at"] = 1, "import", "2020-01-01T00:00:00Z"
		}), "Idempotency-Key", "visit-1")
		if again.Text(t, "id") != asked.Text(t, "id") {
			t.Errorf("asking again made %s of %s", again.Body, asked.Body)
		}
		h.Settle(t)
		c := agent.Get(t, "/v1/cases/"+asked.Text(t, "id"))
		if c.Number(t, "priority") != 3 || c.Text(t, "channel") != "portal" || c.Text(t, "opened_at") != "2026-11-23T09:00:00Z" {
			t.Errorf("the case is %s", c.Body)
		}
		page := "/v1/public/cases/" + asked.Text(t, "link")
		for range 2 {
			visitor.Post(t, page+"/chase", nil)
		}
		if c := agent.Get(t, "/v1/cases/"+asked.Text(t, "id")); c.Number(t, "chased") != 2 || c.Number(t, "priority") != 2 {
			t.Errorf("chased twice, the case is %s", c.Body)
		}
		visitor.Do(t, "POST", page+"/rating", members{"stars": 5}).Refused(t, 409, "desk.rated_early")
		agent.Post(t, "/v1/cases/"+asked.Text(t, "id")+"/resolve", nil)
		h.Clock.To(h.Clock.Now().Add(61 * 24 * time.Hour))
		visitor.Do(t, "POST", page+"/rating", members{"stars": 5}).Refused(t, 409, "desk.rated_early")

		visitor.Do(t, "POST", "/v1/public/requests", apptest.Ask(apptest.From("No Way Back", ""))).Refused(t, 422, "desk.intake")
		for _, link := range []string{
			"x", strings.ToUpper(asked.Text(t, "link")), asked.Text(t, "link") + "0", asked.Text(t, "link")[:40],
			asked.Text(t, "id"), asked.Text(t, "id") + ".", asked.Text(t, "id") + "." + strings.Repeat("0", 32),
		} {
			visitor.Do(t, "GET", "/v1/public/cases/"+link, nil).Refused(t, 404, "desk.link")
			visitor.Do(t, "POST", "/v1/public/cases/"+link+"/chase", nil).Refused(t, 404, "desk.link")
		}
	})
}

// The warranty is told for the unit, and nothing of whose it is.
func TestPublicWarranty(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		w.Agent(t).Post(t, "/v1/cases", apptest.Ask())
		h.Settle(t)
		visitor := w.Visitor()
		for _, q := range []string{"brand=kuhlmann&serial=kl-1001", "link=" + "https%3A%2F%2Fid.example%2F01%2F09520123456788%2F21%2FKL1001"} {
			r := visitor.Get(t, "/v1/public/warranty?"+q)
			for _, leak := range []string{"Erika", "5550100", "per_", "case_", "Invaliden"} {
				if strings.Contains(string(r.Body), leak) {
					t.Errorf("%s tells %s: %s", q, leak, r.Body)
				}
			}
			if !strings.Contains(string(r.Body), "covered") {
				t.Errorf("%s: %s", q, r.Body)
			}
		}
	})
}

// What is wrong is said in the caller's language, with the place, and without
// what was sent.
func TestProblemsDoNotRepeat(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	w := h.Found(t, "one")
	agent := w.Agent(t)
	opened := agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
	const canary = "CANARYcanary42"
	asks := func(f func(in members)) members { return apptest.Ask(f) }
	for name, tt := range map[string]struct {
		method, path string
		body         any
		headers      []string
	}{
		"unknown field":   {"POST", "/v1/cases", asks(func(in members) { in[canary] = canary }), nil},
		"wrong type":      {"POST", "/v1/cases", asks(func(in members) { in["priority"] = canary }), nil},
		"not in the list": {"POST", "/v1/cases", asks(func(in members) { in["work_type"] = canary }), nil},
		"no such brand":   {"POST", "/v1/cases", asks(func(in members) { in["brand"] = canary }), nil},
		"no such model":   {"POST", "/v1/cases", asks(func(in members) { in["serial"], in["model"] = "", canary }), nil},
		"bad phone":       {"POST", "/v1/cases", asks(apptest.From("A", canary)), nil},
		"bad country":     {"POST", "/v1/cases", asks(func(in members) { in["site"] = members{"country": "zz"} }), nil},
		"bad language":    {"POST", "/v1/cases", asks(func(in members) { in["language"] = canary + "!" }), nil},
		"no zone":         {"POST", "/v1/cases", asks(func(in members) { in["opened_at"] = "2026-11-23T09:00:00" }), nil},
		"in the future":   {"POST", "/v1/cases", asks(func(in members) { in["opened_at"] = "2027-11-23T09:00:00Z" }), nil},
		"off the globe": {"POST", "/v1/cases", asks(func(in members) {
			in["site"] = members{"country": "DE", "point": members{"lat_micro": 91000000, "lon_micro": 0}}
		}), nil},
		"too long":          {"POST", "/v1/cases", asks(func(in members) { in["text"] = strings.Repeat(canary, 600) }), nil},
		"NUL":               {"POST", "/v1/cases", asks(func(in members) { in["text"] = canary + "\x00" }), nil},
		"not JSON":          {"POST", "/v1/cases", `{"text": "` + canary, nil},
		"doubled":           {"POST", "/v1/cases", `{"text": "` + canary + `", "text": "x"}`, nil},
		"two documents":     {"POST", "/v1/cases", `{} {"` + canary + `":1}`, nil},
		"not UTF-8":         {"POST", "/v1/cases", "{\"text\": \"" + canary + "\xff\"}", nil},
		"no id":             {"GET", "/v1/cases/" + canary, nil, nil},
		"id of another":     {"GET", "/v1/cases/" + w.Kuhlmann.String(), nil, nil},
		"no reference":      {"GET", "/v1/case-references/" + canary, nil, nil},
		"bad cursor":        {"GET", "/v1/cases?cursor=" + canary, nil, nil},
		"unknown query":     {"GET", "/v1/cases?" + canary + "=1", nil, nil},
		"bad state":         {"GET", "/v1/cases?state=" + canary, nil, nil},
		"bad limit":         {"GET", "/v1/cases?limit=" + canary, nil, nil},
		"no such order":     {"POST", "/v1/orders", order(canary + "é"), nil},
		"bad media type":    {"POST", "/v1/cases", "x", []string{"Content-Type", "text/" + canary}},
		"bad key":           {"POST", "/v1/cases", asks(func(members) {}), []string{"Idempotency-Key", canary + "\x01"}},
		"no such route":     {"GET", "/v1/" + canary, nil, nil},
		"no such method":    {"DELETE", "/v1/cases/" + opened, nil, nil},
		"bad version":       {"POST", "/v1/cases/" + opened + "/close", nil, []string{"If-Match", `"` + canary + `"`}},
		"no such mode":      {"POST", "/v1/cases/" + opened + "/plan/decide", members{"mode": canary}, nil},
		"no such node":      {"POST", "/v1/cases/" + opened + "/assign", members{"node": canary}, nil},
		"bad link":          {"GET", "/v1/public/cases/" + canary, nil, nil},
		"bad currency":      {"POST", "/v1/rate-cards", members{"party": "brand", "card": members{"currency": canary}}, nil},
		"unknown table":     {"POST", "/v1/orders/import", members{"csv": canary + "\n1"}, nil},
		"unknown in policy": {"PUT", "/v1/remedy-policy", members{"direct": members{canary: 1}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := agent
			switch tt.path {
			case "/v1/rate-cards":
				c = w.Finance(t)
			case "/v1/remedy-policy":
				c = w.As(t, "quality", apptest.Everywhere)
			}
			en, zh := c.Speaking("en").Do(t, tt.method, tt.path, tt.body, tt.headers...), c.Speaking("zh-CN").Do(t, tt.method, tt.path, tt.body, tt.headers...)
			if en.Status < 400 || en.Status >= 500 {
				t.Fatalf("%s %s = %d %s", tt.method, tt.path, en.Status, en.Body)
			}
			if ct := en.Header.Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("it is a %s: %s", ct, en.Body)
			}
			for _, r := range []apptest.Reply{en, zh} {
				if strings.Contains(string(r.Body), "anary") {
					t.Errorf("it repeats what was sent: %s", r.Body)
				}
			}
			if en.Text(t, "title") == zh.Text(t, "title") {
				t.Errorf("one title for two languages: %s", en.Text(t, "title"))
			}
			for i, f := range en.Items(t, "errors") {
				z := zh.Items(t, "errors")[i].(members)
				if f.(members)["title"] == z["title"] || strings.Contains(z["title"].(string), "field.") {
					t.Errorf("one title for two languages: %v, %v", f, z)
				}
			}
		})
	}
	if n := len(agent.Get(t, "/v1/cases").Items(t, "items")); n != 1 {
		t.Errorf("%d cases after all that, want the first", n)
	}
	big := agent.Do(t, http.MethodPost, "/v1/cases", `{"text":"`+strings.Repeat("x", 2<<20)+`"}`)
	big.Refused(t, 413, "api.body_too_large")
}
