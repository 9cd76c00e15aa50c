package app_test

import (
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/access"
)

// A part that cannot be reserved has its case wait, and the visit can be booked
// once it has come in; a part that the technician misses does so too, until
// somebody says that the case goes on.
func TestMissingPart(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent, keeper := w.Agent(t), w.As(t, access.Parts, apptest.Everywhere)
		dispatcher := w.As(t, access.Dispatcher, apptest.Everywhere)
		board := []members{{"part": w.Board, "quantity": 10}}
		keeper.Post(t, "/v1/stock/write-offs", members{"node": w.Berlin, "lines": board})

		path := "/v1/cases/" + agent.Post(t, "/v1/cases", apptest.Ask(func(in members) { in["serial"] = apptest.OldOne })).Text(t, "id")
		h.Settle(t)
		agent.Post(t, path+"/plan/decide", members{"mode": "on_site", "reason": "customer_wish"})
		h.Settle(t)
		order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		book := func() string {
			offer := dispatcher.Post(t, "/v1/work-orders/"+order+"/offers", nil).Text(t, "offers.0.id")
			a := dispatcher.Post(t, "/v1/appointments", members{"work_order": order, "offer": offer}).Text(t, "id")
			h.Settle(t)
			return a
		}
		stands := func(state, waitingFor, work string) {
			t.Helper()
			c, o := agent.Get(t, path), agent.Get(t, "/v1/work-orders/"+order)
			if got, _ := c.Find(t, "waiting_for").(string); c.Text(t, "state") != state || got != waitingFor || o.Text(t, "state") != work {
				t.Errorf("the case is %s, its work %s; want %s for %q, %s", c.Body, o.Text(t, "state"), state, waitingFor, work)
			}
		}

		book()
		stands("waiting", "part", "waiting")
		keeper.Post(t, "/v1/stock/receipts", members{"node": w.Berlin, "lines": board})
		h.Settle(t)
		stands("open", "", "ready")

		a := book()
		stands("open", "", "scheduled")
		for _, verb := range []string{"dispatch", "accept", "travel", "arrive"} {
			dispatcher.Post(t, "/v1/appointments/"+a+"/"+verb, members{})
		}
		began := h.Clock.Now()
		h.Clock.To(began.Add(time.Hour))
		w.As(t, access.Technician, apptest.At(access.Self, w.Anna.Raw())).Post(t, "/v1/visits", members{
			"client_id": "missing-0001", "appointment": a, "outcome": "part_missing", "started_at": began, "finished_at": h.Clock.Now(),
			"acceptance": members{"kind": "signature"},
		})
		h.Settle(t)
		stands("waiting", "part", "waiting")
		agent.Post(t, path+"/resume", members{})
		h.Settle(t)
		stands("open", "", "ready")
		book()
		stands("open", "", "scheduled")
	})
}
