package desksvc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// visitor is who has nothing but a link.
func visitor(t testing.TB) context.Context {
	return access.With(t.Context(), access.Caller{Tenant: dbtest.Tenant})
}

// ask sends a request as the caller of ctx and returns the answer.
func (k *kit) ask(ctx context.Context, t testing.TB, method, path, body string) string {
	t.Helper()
	k.caller, _ = access.From(ctx)
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	if w.Code >= 300 {
		t.Fatalf("%s %s = %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

// whoDidWhat is a timeline as text, a line a moment; ! marks the account of as.
func whoDidWhat(t testing.TB, timeline any) string {
	t.Helper()
	var lines []struct {
		Kind  string `json:"kind"`
		Actor struct {
			Kind access.ActorKind `json:"kind"`
			User id.User          `json:"user"`
			Name string           `json:"name"`
		} `json:"actor"`
	}
	if err := json.Unmarshal(must(json.Marshal(timeline)), &lines); err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		own := ""
		if l.Actor.User == (id.User{1}) {
			own = "!"
		}
		out[i] = fmt.Sprintf("%s by %s%s %s\n", l.Kind, l.Actor.Kind, own, l.Actor.Name)
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// The timeline says who did what: to the operator's staff with names, to
// everybody else with the part they acted in and their own account.
func TestTimelineNamesActors(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t) // by the system
		agent, owner := as(t, access.Agent, access.Tenant, id.Raw{}), as(t, access.Partner, access.OfPartner, outlet.Raw())
		link := "/v1/public/cases/" + must(k.View(system(t), c)).Link
		k.ask(agent, t, http.MethodPost, "/v1/cases/"+c.String()+"/messages", `{"text":"hello"}`)
		must(k.Chase(owner, c))
		k.ask(visitor(t), t, http.MethodPost, link+"/chase", "")
		k.publish(t, work.OrderCompleted{Case: c, Outcome: work.WorkFinished}) // the case follows

		read := func(ctx context.Context) string { return whoDidWhat(t, must(k.Timeline(ctx, c))) }
		told := read(agent)
		for _, want := range []string{
			"desk.case_opened.v1 by system ", "message_in by customer ", "message_out by ! Ada", "desk.case_responded.v1 by staff! Ada",
			"desk.case_chased.v1 by partner! Ada", "desk.case_chased.v1 by customer ", "desk.case_moved.v1 by system ",
		} {
			if !strings.Contains(told, want+"\n") {
				t.Errorf("staff do not read %q in\n%s", want, told)
			}
		}
		stranger := access.With(t.Context(), access.Caller{
			Tenant: dbtest.Tenant, User: id.User{2}, Grants: []access.Grant{{Role: access.Brand, Scope: access.Scope{Kind: access.OfBrand, ID: nordwind.Raw()}}},
		})
		if got := read(stranger); strings.Contains(got, "Ada") || strings.Contains(got, "!") || !strings.Contains(got, "desk.case_responded.v1 by staff ") {
			t.Errorf("a brand reads\n%s", got)
		}
		if got := read(owner); strings.Contains(got, "Ada") || !strings.Contains(got, "desk.case_chased.v1 by partner! ") {
			t.Errorf("a partner reads\n%s", got)
		}
		_, export, err := k.ExportPerson(t.Context(), dbtest.Tenant, k.is(t, c).Requester)
		if text := string(must(json.Marshal(export))); err != nil || strings.Contains(text, "Ada") || strings.Contains(text, id.User{1}.String()) {
			t.Errorf("the customer is given %s, %v", text, err)
		}
		if text := k.ask(visitor(t), t, http.MethodGet, link, ""); strings.Contains(text, "Ada") || strings.Contains(text, "staff") {
			t.Errorf("who holds the link reads %s", text)
		}
	})
}
