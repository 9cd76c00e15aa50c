package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/login"
)

// Everything that becomes of a case names who caused it: the customer, an
// account, a program, or Fettle for what follows from it. Only the operator's
// staff read names, and of whoever is erased nobody does.
func TestTimelineSaysWho(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		bo := account(t, w, "Bo Agent", "bo@one.test", access.Agent)
		asked := w.Visitor().Post(t, "/v1/public/requests", apptest.Ask())
		path := "/v1/cases/" + asked.Text(t, "id")
		h.Settle(t)
		w.Agent(t).Post(t, path+"/chase", nil)
		w.Visitor().Post(t, "/v1/public/cases/"+asked.Text(t, "link")+"/chase", nil)
		if w.Agent(t).Get(t, path+"/plan").Text(t, "state") == "proposed" {
			bo.Post(t, path+"/plan/decide", members{})
		}
		h.Settle(t)
		bo.Post(t, "/v1/work-orders/"+bo.Get(t, path+"/work-orders").Text(t, "items.0.id")+"/finish", members{"outcome": "fixed", "worked_minutes": 12})
		h.Settle(t)

		told := doers(t, w.Agent(t), path)
		for _, want := range []string{
			"desk.case_opened.v1 customer", "message_in customer", "sla.clock_started.v1 system", "warranty.entitlement_decided.v1 system",
			"desk.case_chased.v1 token test", "desk.case_chased.v1 customer", "work.order_completed.v1 staff Bo Agent",
			"desk.case_moved.v1 system", "settlement.charges_rated.v1 system",
		} {
			if !slices.Contains(told, want) {
				t.Errorf("nothing says %q:\n%s", want, strings.Join(told, "\n"))
			}
		}
		for _, line := range told {
			if _, who, _ := strings.Cut(line, " "); who == "" {
				t.Errorf("%s was done by nobody", line)
			}
		}
		brand := w.As(t, access.Brand, apptest.At(access.OfBrand, w.Kuhlmann.Raw()))
		if got := doers(t, brand, path); strings.Contains(fmt.Sprint(got), "Bo") || !slices.Contains(got, "work.order_completed.v1 staff") {
			t.Errorf("the brand reads\n%s", strings.Join(got, "\n"))
		}
		admin := w.As(t, access.Admin, apptest.Everywhere)
		admin.Post(t, "/v1/persons/"+bo.Get(t, "/v1/me").Text(t, "person_id")+"/erase", nil)
		h.Settle(t)
		if got := doers(t, w.Agent(t), path); strings.Contains(fmt.Sprint(got), "Bo") || !slices.Contains(got, "work.order_completed.v1 staff") {
			t.Errorf("after the erasure the timeline reads\n%s", strings.Join(got, "\n"))
		}
	})
}

// account is somebody with an account, who has logged in.
func account(t testing.TB, w *apptest.World, name, address string, role access.Role) *apptest.Client {
	t.Helper()
	const password = "correct horse battery"
	_, err := w.Login.CreateUser(w.System(t), w.Tenant, login.NewUser{
		Name: name, Login: address, Country: "DE", Password: password, Grants: []access.Grant{{Role: role, Scope: apptest.Everywhere}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Visitor().Entering(t, address, password)
}

// doers is the case's timeline, a line a moment: what, the part in which somebody
// acted, and their name.
func doers(t testing.TB, c *apptest.Client, path string) (out []string) {
	t.Helper()
	var line struct {
		Items []struct {
			Kind  string
			Actor struct {
				Kind, Name string
			}
		}
	}
	c.Get(t, path+"/timeline").Into(t, &line)
	for _, m := range line.Items {
		out = append(out, strings.TrimSpace(m.Kind+" "+m.Actor.Kind+" "+m.Actor.Name))
	}
	return out
}
