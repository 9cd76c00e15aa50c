package app_test

import (
	"testing"

	"fettle.dev/fettle/app/apptest"
)

// A case that came without its serial is decided anew when an agent names the
// unit: who pays, and the plan that nobody has decided on yet.
func TestIdentifiedUnitIsDecidedAnew(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		c := w.Agent(t)
		asked := c.Post(t, "/v1/cases", apptest.Ask(apptest.InMunich, func(in members) { delete(in, "serial") }))
		path := "/v1/cases/" + asked.Text(t, "id")
		h.Settle(t)
		before := c.Get(t, path+"/entitlement")
		if standing := before.Text(t, "decision.standing"); standing == "covered" {
			t.Fatalf("without a unit the case is %s", standing)
		}
		plan := c.Get(t, path+"/plan")

		c.Do(t, "PUT", path+"/unit", members{"serial": "kl 1001"}, "If-Match", `"999999"`).Refused(t, 412, "api.stale_version")
		c.Do(t, "PUT", path+"/unit", members{"serial": apptest.Serial}).Want(t, 200)
		h.Settle(t)
		if serial := c.Get(t, path).Text(t, "serial"); serial != "KL1001" { // as the register writes it
			t.Errorf("the case shows %q", serial)
		}
		after := c.Get(t, path+"/entitlement")
		if standing := after.Text(t, "decision.standing"); standing != "covered" || after.Text(t, "unit") != w.Unit.String() {
			t.Errorf("with its unit the case is %s: %s", standing, after.Body)
		}
		if now := c.Get(t, path+"/plan"); plan.Text(t, "state") == "proposed" && now.Text(t, "id") == plan.Text(t, "id") {
			t.Errorf("the plan without the unit still stands: %s", now.Body)
		}
		timeline := c.Get(t, path+"/timeline").Items(t, "items")
		said := false
		for _, m := range timeline {
			said = said || m.(members)["kind"] == "desk.unit_identified.v1"
		}
		if !said {
			t.Error("the timeline does not say that the unit was identified")
		}
	})
}
