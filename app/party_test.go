package app_test

import (
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

// A case has people, each in their part: who may see persons sees them, others do
// not learn that they are known, each has their own data and can be erased alone.
func TestParties(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent, admin := w.Agent(t), w.As(t, access.Admin, apptest.Everywhere)
		opened := agent.Post(t, "/v1/cases", apptest.Ask(func(in members) {
			in["parties"] = []members{{"role": "user_on_site", "name": "Hilde Haus", "phone": "+49 89 5550123"}, {"role": "payer", "name": "Haus Verwaltung", "email": "kasse@example.org"}}
		}))
		path := "/v1/cases/" + opened.Text(t, "id")
		h.Settle(t)

		seen := agent.Get(t, path)
		if seen.Text(t, "parties.0.role") != "user_on_site" || seen.Text(t, "parties.0.phone") != "+49895550123" || seen.Text(t, "parties.1.email") != "kasse@example.org" {
			t.Errorf("the parties are %s", seen.Body)
		}
		brand := w.As(t, access.Brand, apptest.At(access.OfBrand, w.Kuhlmann.Raw()))
		for who, body := range map[string]string{
			"the brand":    string(brand.Get(t, path).Body) + string(brand.Get(t, path+"/timeline").Body),
			"the customer": string(w.Visitor().Get(t, "/v1/public/cases/"+opened.Text(t, "link")).Body),
		} {
			if strings.Contains(body, "Hilde") || strings.Contains(body, "kasse") {
				t.Errorf("%s reads %s", who, body)
			}
		}
		brand.Do(t, "PUT", path+"/parties/owner", members{"name": "x"}).Want(t, 404)

		// The same phone is the same person, in another part and in another case.
		agent.Put(t, path+"/parties/owner", members{"name": "Hilde Haus", "phone": "089 5550123"})
		seen = agent.Get(t, path)
		hilde := seen.Text(t, "parties.0.person")
		if seen.Text(t, "parties.1.role") != "owner" || seen.Text(t, "parties.1.person") != hilde {
			t.Errorf("the owner is %s", seen.Body)
		}
		agent.Put(t, path+"/parties/payer", members{"name": "Erika", "email": "other@example.org"})
		if seen = agent.Get(t, path); seen.Text(t, "parties.2.email") != "other@example.org" || len(seen.Items(t, "parties")) != 3 {
			t.Errorf("another pays: %s", seen.Body)
		}
		for range 2 {
			agent.Do(t, "DELETE", path+"/parties/payer", nil).Want(t, 200)
		}
		h.Settle(t)
		if n := strings.Count(string(agent.Get(t, path+"/timeline").Body), "desk.party_named.v1"); n != 3 {
			t.Errorf("it is told %d times, want 3", n)
		}

		// What is theirs is that they are named, not what the customer said.
		mine := string(admin.Get(t, "/v1/persons/"+hilde+"/export").Body)
		if !strings.Contains(mine, `"role":"user_on_site"`) || !strings.Contains(mine, seen.Text(t, "reference")) || strings.Contains(mine, "Erika") {
			t.Errorf("Hilde gets %s", mine)
		}
		customer := string(admin.Get(t, "/v1/persons/"+seen.Text(t, "customer.person")+"/export").Body)
		if strings.Contains(customer, "Hilde") || !strings.Contains(customer, `"role":"requester"`) {
			t.Errorf("the customer gets %s", customer)
		}
		admin.Post(t, "/v1/persons/"+hilde+"/erase", nil)
		h.Settle(t)
		seen = agent.Get(t, path)
		if seen.Find(t, "parties.0.erased") != true || strings.Contains(string(seen.Body), "Hilde") || seen.Text(t, "customer.name") == "" {
			t.Errorf("after Hilde's erasure: %s", seen.Body)
		}
	})
}

// Whom a brand's order names besides its customer is in the case that is made of
// it, and is erased without the customer: the order keeps nothing of them.
func TestPartiesOfAnOrder(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		all := w.With(t, everyGrant()...)
		o := order("P-1", func(in members) {
			in["parties"] = []members{{"role": "user_on_site", "name": "Hilde Haus", "phone": "+49 89 5550123"}}
		})
		made := all.Post(t, "/v1/orders", o)
		if again := all.Post(t, "/v1/orders", o); again.Text(t, "id") != made.Text(t, "id") || again.Find(t, "repeated") != true {
			t.Errorf("sent again: %s", again.Body)
		}
		h.Settle(t)
		path := "/v1/orders/" + made.Text(t, "id")
		c := "/v1/cases/" + all.Get(t, path).Text(t, "case")
		hilde := all.Get(t, c).Text(t, "parties.0.person")
		if all.Get(t, c).Text(t, "parties.0.name") != "Hilde Haus" {
			t.Errorf("the case is %s", all.Get(t, c).Body)
		}
		all.Post(t, "/v1/persons/"+hilde+"/erase", nil)
		h.Settle(t)
		content, err := h.Orders.Content(w.System(t), w.Tenant, must(id.Parse[id.OrderKind](made.Text(t, "id"))))
		if err != nil || content.Intake.Requester.Name == "" || len(content.Intake.Parties) != 0 {
			t.Errorf("the order holds %+v, %v", content, err)
		}
		if text := string(all.Get(t, path).Body) + string(all.Get(t, c).Body); strings.Contains(text, "Hilde") || strings.Contains(text, "5550123") {
			t.Errorf("after the erasure one reads %s", text)
		}
	})
}

// What is no party is refused, says where it is wrong, and changes nothing.
func TestPartiesRefused(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		one := members{"role": "owner", "name": "x"}
		for name, list := range map[string][]members{
			"the requester": {{"role": "requester", "name": "x"}},
			"a neighbour":   {{"role": "neighbour", "name": "x"}},
			"no name":       {{"role": "owner", "name": " "}},
			"two owners":    {one, one},
			"no phone":      {{"role": "owner", "name": "x", "phone": "1"}},
			"no address":    {{"role": "owner", "name": "x", "email": "@"}},
			"five":          {one, one, one, one, one},
		} {
			r := agent.Do(t, "POST", "/v1/cases", apptest.Ask(func(in members) { in["parties"] = list }))
			if r.Status != 422 || !strings.Contains(string(r.Body), "/parties") {
				t.Errorf("%s: %d %s", name, r.Status, r.Body)
			}
		}
		path := "/v1/cases/" + agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		before := string(agent.Get(t, path).Body)
		for _, tt := range []struct {
			role    string
			body    members
			ifMatch string
			status  int
		}{
			{"requester", members{"name": "x"}, "", 422},
			{"owner", members{"name": " "}, "", 422},
			{"owner", members{"name": "x", "phone": "1"}, "", 422},
			{"owner", members{"name": "x", "since": "today"}, "", 422},
			{"owner", members{"name": "x"}, `"7"`, 412},
		} {
			var headers []string
			if tt.ifMatch != "" {
				headers = []string{"If-Match", tt.ifMatch}
			}
			agent.Do(t, "PUT", path+"/parties/"+tt.role, tt.body, headers...).Want(t, tt.status)
		}
		if after := string(agent.Get(t, path).Body); after != before {
			t.Errorf("the case was\n%s and is\n%s", before, after)
		}
		agent.Do(t, "PUT", "/v1/cases/"+id.New[id.CaseKind]().String()+"/parties/owner", members{"name": "x"}).Want(t, 404)
		agent.Post(t, path+"/resolve", nil)
		agent.Post(t, path+"/close", nil)
		agent.Do(t, "PUT", path+"/parties/owner", members{"name": "x"}).Refused(t, 409, "desk.case_over")
	})
}
