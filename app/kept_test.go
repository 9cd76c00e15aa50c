package app_test

import (
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/access"
)

// The technician arrives in the moment in which an agent asks for another plan,
// before anybody has heard of either: the work goes on, and its plan stands. Had
// the agent been first, the work would be given up.
func TestArrivedWhileAnotherPlanWasAskedFor(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		tech := w.As(t, access.Technician, apptest.At(access.Self, w.Bernd.Raw()))
		for _, tt := range []struct {
			name, work, plan string
			arriveFirst      bool
		}{
			{"arrived first", "in_progress", "accepted", true},
			{"asked first", "cancelled", "accepted", false}, // what can be done in one way only is accepted by itself
		} {
			path := installed(t, w)
			before := agent.Get(t, path+"/plan").Text(t, "id")
			order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
			offers := agent.Post(t, "/v1/work-orders/"+order+"/offers", nil)
			apt := "/v1/appointments/" + agent.Post(t, "/v1/appointments", members{"work_order": order, "offer": offers.Text(t, "offers.0.id")}).Text(t, "id")
			h.Settle(t)
			start, err := time.Parse(time.RFC3339, agent.Get(t, apt).Text(t, "service_start_at"))
			if err != nil {
				t.Fatal(err)
			}
			h.Clock.To(start)
			for _, step := range []string{"dispatch", "accept"} {
				everyRole(t, w).Post(t, apt+"/"+step, members{})
			}
			h.Settle(t)
			if tt.arriveFirst {
				tech.Post(t, apt+"/travel", members{})
			}
			agent.Post(t, path+"/plan/again", nil)
			if !tt.arriveFirst {
				tech.Post(t, apt+"/travel", members{})
			}
			h.Settle(t)
			plan := agent.Get(t, path+"/plan")
			if same := plan.Text(t, "id") == before; same != tt.arriveFirst || plan.Text(t, "state") != tt.plan {
				t.Errorf("%s: the plan is %s, was %s", tt.name, plan.Body, before)
			}
			if got := agent.Get(t, "/v1/work-orders/"+order).Text(t, "state"); got != tt.work {
				t.Errorf("%s: the work is %s", tt.name, got)
			}
			open := 0
			for _, o := range agent.Get(t, path+"/work-orders").Items(t, "items") {
				if o.(members)["state"] != "cancelled" {
					open++
				}
			}
			if open != 1 {
				t.Errorf("%s: %d work orders are open", tt.name, open)
			}
		}
	})
}
