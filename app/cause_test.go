package app_test

import (
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
)

// Misuse that the work finds decides the entitlement again, and the charges go by
// that decision in whichever order the two hear of the work.
func TestMisuseIsNotTheBrands(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		path := "/v1/cases/" + agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		h.Settle(t)
		if e := agent.Get(t, path+"/entitlement"); e.Text(t, "decision.standing") != "covered" {
			t.Fatalf("before the work: %s", e.Body)
		}
		agent.Post(t, path+"/plan/decide", members{})
		h.Settle(t)
		order := "/v1/work-orders/" + agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		agent.Post(t, order+"/finish", members{"outcome": "fixed", "cause": "misuse", "worked_minutes": 10})
		h.Settle(t)
		e := agent.Get(t, path+"/entitlement")
		if e.Number(t, "seq") != 2 || e.Text(t, "decision.standing") != "not_covered" || e.Text(t, "facts.causes.0") != "misuse" {
			t.Errorf("after misuse: %s", e.Body)
		}
		charges := w.Finance(t).Get(t, path+"/charges")
		if len(charges.Items(t, "items")) == 0 || strings.Contains(string(charges.Body), `"payer":"brand"`) {
			t.Errorf("the charges of misuse are %s", charges.Body)
		}
	})
}
