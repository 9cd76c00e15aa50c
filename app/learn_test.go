package app_test

import (
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/modules/remedy"
)

// The odds of a way are those of one attempt: an attempt in vain lowers them even
// though the work goes on, and a repair raises them again.
func TestOddsLearnFromAttempts(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		c := w.Agent(t)
		open := func(phone string) (path string, mode remedy.Mode, options []remedy.Option) {
			path = "/v1/cases/" + c.Post(t, "/v1/cases", apptest.Ask(apptest.Portable, apptest.From("Somebody "+phone, phone))).Text(t, "id")
			h.Settle(t)
			var plan struct {
				State    string
				Mode     remedy.Mode
				Proposal remedy.Proposal
			}
			c.Get(t, path+"/plan").Into(t, &plan)
			if plan.State == "proposed" {
				c.Post(t, path+"/plan/decide", members{})
				h.Settle(t)
			}
			return path, plan.Proposal.Best(), plan.Proposal.Options
		}
		odds := func(mode remedy.Mode, options []remedy.Option) (int64, bool) {
			o, ok := remedy.Proposal{Options: options}.Find(mode)
			if !ok {
				t.Fatalf("%s is not weighed", mode)
			}
			return o.OddsPermille, o.PriorOnly
		}

		path, mode, options := open("+49 30 5550101")
		prior, alone := odds(mode, options)
		if !alone {
			t.Fatalf("the odds of %s come from somewhere before anything was done", mode)
		}
		order := "/v1/work-orders/" + c.Get(t, path+"/work-orders").Text(t, "items.0.id")
		c.Post(t, order+"/finish", members{"outcome": "not_fixed"})
		h.Settle(t)
		if state := c.Get(t, order).Text(t, "state"); state != "cancelled" {
			t.Fatalf("the work is %s after it failed", state)
		}
		// The case goes on with another plan, which knows of the failure.
		second := c.Get(t, path+"/plan")
		if second.Text(t, "state") != "proposed" || second.Text(t, "facts.tried.0.mode") != string(mode) {
			t.Fatalf("after the failure the plan is %s", second.Body)
		}
		if again := c.Post(t, path+"/plan/again", nil); again.Text(t, "plan") == second.Text(t, "id") {
			t.Errorf("asked for another plan, the same was proposed: %s", again.Body)
		}

		_, _, options = open("+49 30 5550102")
		failed, alone := odds(mode, options)
		if failed >= prior || alone {
			t.Errorf("the odds of %s are %d after an attempt in vain, %d before", mode, failed, prior)
		}

		path = "/v1/cases/" + c.Post(t, "/v1/cases", apptest.Ask(apptest.Portable, apptest.From("Somebody else", "+49 30 5550103"))).Text(t, "id")
		h.Settle(t)
		said := members{"mode": mode, "reason": "customer_wish"}
		if c.Get(t, path+"/plan").Text(t, "proposal.options.0.mode") == string(mode) {
			said = members{}
		}
		c.Post(t, path+"/plan/decide", said)
		h.Settle(t)
		c.Post(t, "/v1/work-orders/"+c.Get(t, path+"/work-orders").Text(t, "items.0.id")+"/finish", members{"outcome": "fixed"})
		h.Settle(t)
		_, _, options = open("+49 30 5550104")
		if fixed, _ := odds(mode, options); fixed <= failed {
			t.Errorf("the odds of %s are %d after a repair, %d before", mode, fixed, failed)
		}

		// What comes back has another plan to decide on.
		c.Post(t, path+"/reopen", nil)
		h.Settle(t)
		if back := c.Get(t, path+"/plan"); back.Text(t, "state") != "proposed" || back.Text(t, "facts.tried.0.outcome") != "fixed" {
			t.Errorf("the plan of a case that came back is %s", back.Body)
		}
	})
}
