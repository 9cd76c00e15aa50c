package app_test

import (
	"testing"

	"fettle.dev/fettle/app/apptest"
)

// What finance takes back leaves nothing on the case, the statement and the
// books, and is proven beside what it takes back.
func TestChargesTakenBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent, finance := w.Agent(t), w.Finance(t)
		path := "/v1/cases/" + agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		h.Settle(t)
		if agent.Get(t, path+"/plan").Text(t, "state") == "proposed" {
			agent.Post(t, path+"/plan/decide", members{})
			h.Settle(t)
		}
		order := "/v1/work-orders/" + agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		finance.Do(t, "POST", order+"/reverse", members{"reason": "agreed"}).Refused(t, 409, "work.transition")
		agent.Post(t, order+"/finish", members{"outcome": "fixed", "worked_minutes": 12})
		h.Settle(t)
		before := len(finance.Get(t, path+"/charges").Items(t, "items"))
		if state := finance.Get(t, order).Text(t, "state"); state != "posted" || before == 0 {
			t.Fatalf("the work is %s with %d charges", state, before)
		}
		agent.Do(t, "POST", order+"/reverse", members{"reason": "agreed"}).Want(t, 404)
		finance.Post(t, order+"/reverse", members{"reason": "agreed"})
		h.Settle(t)
		finance.Do(t, "POST", order+"/reverse", members{"reason": "agreed"}).Refused(t, 409, "work.transition")
		if state := finance.Get(t, order).Text(t, "state"); state != "reversed" {
			t.Errorf("afterwards the work is %s", state)
		}
		charges := finance.Get(t, path+"/charges")
		if n := len(charges.Items(t, "items")); n != 2*before {
			t.Errorf("%d lines of %d: %s", n, before, charges.Body)
		}
		for payer, total := range charges.Find(t, "totals").(members) {
			if total.(members)["minor"] != 0.0 {
				t.Errorf("%s still has %v", payer, total)
			}
		}
		for _, b := range finance.Get(t, "/v1/journal/balances").Items(t, "items") {
			if b.(members)["amount"].(members)["minor"] != 0.0 {
				t.Errorf("the books keep %v", b)
			}
		}
		for _, s := range finance.Get(t, "/v1/statements").Items(t, "items") {
			if s.(members)["total"].(members)["minor"] != 0.0 {
				t.Errorf("the statement keeps %v", s)
			}
		}
		verify(t, agent, path, "service_request", "service_record", "charges", "charges_reversed")
	})
}
