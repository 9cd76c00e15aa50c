package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/platform/access"
)

type members = map[string]any

// A case that is fixed by advice, from the customer's call to the paid bill,
// with nothing but the API.
func TestWalkByAdvice(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		opened := agent.Post(t, "/v1/cases", apptest.Ask())
		path := "/v1/cases/" + opened.Text(t, "id")
		h.Settle(t)

		if e := agent.Get(t, path+"/entitlement"); e.Text(t, "decision.standing") != "covered" || e.Text(t, "decision.coverage.0.payer") != "brand" {
			t.Errorf("entitlement %s", e.Body)
		}
		due(t, agent.Get(t, path+"/clocks"), members{"respond": "2026-11-23T13:00:00Z", "resolve": "2026-11-30T09:00:00Z"})
		if q := agent.Get(t, "/v1/cases?state=active"); q.Text(t, "items.0.id") != opened.Text(t, "id") || q.Text(t, "items.0.due_at") != "2026-11-23T13:00:00Z" {
			t.Errorf("queue %s", q.Body)
		}
		plan := agent.Get(t, path+"/plan")
		if plan.Text(t, "state") != "proposed" || plan.Text(t, "proposal.options.0.mode") != "remote" || len(plan.Items(t, "proposal.options")) != 9 {
			t.Errorf("plan %s", plan.Body)
		}
		agent.Do(t, "POST", path+"/plan/decide", members{"mode": "on_site"}).Refused(t, 422, "remedy.reason_needed")
		agent.Do(t, "POST", path+"/plan/decide", members{"mode": "mail_in", "reason": "wish"}).Refused(t, 409, "remedy.not_offered")
		agent.Post(t, path+"/plan/decide", members{})
		agent.Do(t, "POST", path+"/plan/decide", members{}).Refused(t, 409, "remedy.decided")
		h.Settle(t)

		h.Clock.To(h.Clock.Now().Add(time.Hour))
		agent.Post(t, path+"/messages", members{"text": "Please hold the reset button for ten seconds."})
		order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		done := agent.Post(t, "/v1/work-orders/"+order+"/finish", members{"outcome": "fixed", "worked_minutes": 12})
		if done.Text(t, "state") != "completed" {
			t.Errorf("work %s", done.Body)
		}
		h.Settle(t)
		if got := agent.Get(t, path).Text(t, "state"); got != "resolved" {
			t.Errorf("the case is %s", got)
		}
		if got := agent.Get(t, "/v1/work-orders/"+order).Text(t, "state"); got != "posted" {
			t.Errorf("the work is %s", got)
		}
		for i := range 2 {
			if c := agent.Get(t, path+"/clocks"); c.Text(t, "items."+string(rune('0'+i))+".state") != "met" {
				t.Errorf("clocks %s", c.Body)
			}
		}
		charges := w.Finance(t).Get(t, path+"/charges")
		if charges.Number(t, "totals.brand.minor") != 900 || charges.Text(t, "items.0.rule") != "done_minor" {
			t.Errorf("charges %s", charges.Body)
		}
		settle(t, w, charges.Text(t, "items.0.statement"))
		verify(t, agent, path, "service_request", "service_record", "charges")
		rate(t, w, agent, path)
	})
}

// due holds the clocks of a case against the instants by kind.
func due(t *testing.T, clocks apptest.Reply, want members) {
	t.Helper()
	for _, c := range clocks.Items(t, "items") {
		c := c.(members)
		if c["due_at"] != want[c["kind"].(string)] {
			t.Errorf("%s is due at %s, want %s", c["kind"], c["due_at"], want[c["kind"].(string)])
		}
	}
	if n := len(clocks.Items(t, "items")); n != len(want) {
		t.Errorf("%d clocks run, want %d", n, len(want))
	}
}

// settle takes a statement from the end of its month to the payment, each step
// by whom it belongs to, and checks the journal.
func settle(t *testing.T, w *apptest.World, statement string) {
	t.Helper()
	finance := w.Finance(t)
	brand := w.As(t, access.Brand, apptest.At(access.OfBrand, w.Kuhlmann.Raw()))
	path := "/v1/statements/" + statement
	finance.Do(t, "POST", path+"/close", nil).Refused(t, 409, "settlement.period_not_over")
	now := w.Clock.Now()
	w.Clock.To(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	if err := w.Settlement.CloseDue(t.Context(), w.Tenant); err != nil {
		t.Fatal(err)
	}
	brand.Do(t, "POST", path+"/send", nil).Want(t, 404)
	finance.Do(t, "POST", path+"/pay", nil).Refused(t, 409, "settlement.transition")
	finance.Post(t, path+"/send", nil)
	brand.Post(t, path+"/dispute", nil)
	finance.Post(t, path+"/correct", nil)
	brand.Post(t, path+"/agree", nil)
	finance.Post(t, path+"/invoice", nil)
	finance.Do(t, "POST", path+"/pay-part", members{"amount": money.Of(100, "USD")}).Refused(t, 422, "settlement.payment")
	finance.Do(t, "POST", path+"/pay-part", members{"amount": money.Of(1_000_000_000, "EUR")}).Refused(t, 409, "settlement.overpaid")
	if part := finance.Post(t, path+"/pay-part", members{"amount": money.Of(100, "EUR"), "paid_on": "2026-11-30"}); part.Text(t, "state") != "part_paid" ||
		part.Number(t, "remaining.minor") != part.Number(t, "total.minor")-100 {
		t.Errorf("after a part the statement is %s", part.Body)
	}
	if paid := finance.Post(t, path+"/pay", nil); paid.Text(t, "state") != "paid" || paid.Number(t, "remaining.minor") != 0 {
		t.Errorf("statement %s", paid.Body)
	}
	takeBack(t, finance, brand, path)
	lines := brand.Get(t, path+"/lines")
	sum := int64(0)
	for _, l := range lines.Items(t, "items") {
		sum += int64(l.(members)["amount"].(members)["minor"].(float64))
	}
	if total := brand.Get(t, "/v1/statements"); total.Number(t, "items.0.total.minor") != sum || sum == 0 {
		t.Errorf("lines add up to %d, the statement says %s", sum, total.Body)
	}
	balance := int64(0)
	for _, b := range finance.Get(t, "/v1/journal/balances").Items(t, "items") {
		minor := int64(b.(members)["amount"].(members)["minor"].(float64))
		if balance += minor; b.(members)["account"] == "receivable:brand" && minor != 0 {
			t.Errorf("the brand has paid and owes %d", minor)
		}
	}
	if balance != 0 {
		t.Errorf("the books are off by %d", balance)
	}
	w.Settle(t)
	w.Clock.To(now)
}

// takeBack takes the second of two payments back and pays again; the brand sees
// all three and that one does not count, finance who it was as well.
func takeBack(t *testing.T, finance, brand *apptest.Client, path string) {
	t.Helper()
	brand.Do(t, "POST", path+"/payments/2/reverse", members{"reason": "returned"}).Want(t, 404)
	if st := finance.Post(t, path+"/payments/2/reverse", members{"reason": "returned"}); st.Text(t, "state") != "part_paid" || st.Number(t, "paid.minor") != 100 {
		t.Errorf("after one was taken back the statement is %s", st.Body)
	}
	finance.Do(t, "POST", path+"/payments/2/reverse", members{"reason": "returned"}).Refused(t, 409, "settlement.payment_reversed")
	finance.Post(t, path+"/pay", nil)
	for _, c := range []*apptest.Client{finance, brand} {
		list := c.Get(t, path+"/payments")
		if n := len(list.Items(t, "items")); n != 3 || list.Text(t, "items.1.reversal.reason") != "returned" || list.Text(t, "items.1.reversal.actor.kind") != "token" {
			t.Errorf("the payments are %s", list.Body)
		}
		if named := strings.Contains(string(list.Body), `"name"`); named != (c == finance) {
			t.Errorf("who took it back is named: %v, in %s", named, list.Body)
		}
	}
}

// verify checks every proof of the case offline with the log's public key, and
// that a changed one is not believed.
func verify(t *testing.T, c *apptest.Client, path string, kinds ...string) {
	t.Helper()
	key := c.Get(t, "/v1/public/log").Text(t, "key")
	var found []string
	for _, l := range c.Get(t, path+"/proofs").Items(t, "items") {
		var b proof.Bundle
		c.Get(t, path+"/proofs/"+l.(members)["leaf"].(string)).Into(t, &b)
		f, err := proof.Check(b, key)
		if err != nil || !f.Opened || !f.PinnedKey {
			t.Errorf("proof of %s: %+v, %v", l, f, err)
		}
		found = append(found, f.Kind)
		b.Record = strings.Replace(b.Record, "case_", "case-", 1)
		if _, err := proof.Check(b, key); err == nil {
			t.Errorf("a changed %s was believed", f.Kind)
		}
	}
	slices.Sort(found)
	slices.Sort(kinds)
	if !slices.Equal(found, kinds) {
		t.Errorf("the log holds %v of the case, want %v", found, kinds)
	}
}

// rate follows the case by its link, as the customer does, and ends it.
func rate(t *testing.T, w *apptest.World, agent *apptest.Client, path string) {
	t.Helper()
	view := agent.Get(t, path)
	public := "/v1/public/cases/" + view.Text(t, "link")
	visitor := w.Visitor()
	if seen := visitor.Get(t, public); seen.Find(t, "ratable") != true || strings.Contains(string(seen.Body), "Erika") || strings.Contains(string(seen.Body), "Invaliden") {
		t.Errorf("the public page is %s", seen.Body)
	}
	visitor.Do(t, "POST", public+"/rating", members{"stars": 6}).Refused(t, 422, "api.invalid_input")
	visitor.Post(t, public+"/rating", members{"stars": 5, "comment": "quick"})
	visitor.Do(t, "POST", public+"/rating", members{"stars": 1}).Refused(t, 409, "desk.rated_twice")
	if seen := visitor.Get(t, public); seen.Find(t, "ratable") != false || seen.Number(t, "rated") != 5 {
		t.Errorf("after rating the public page is %s", seen.Body)
	}
	version := `"` + id.New[id.CaseKind]().String() + `"` // nobody's
	agent.Do(t, "POST", path+"/close", nil, "If-Match", version).Refused(t, 412, "api.stale_version")
	if closed := agent.Post(t, path+"/close", nil, "If-Match", agent.Get(t, path).Header.Get("ETag")); closed.Text(t, "state") != "closed" {
		t.Errorf("closed %s", closed.Body)
	}
	agent.Do(t, "POST", path+"/reopen", nil).Refused(t, 409, "desk.transition")
	visitor.Do(t, "POST", public+"/chase", nil).Refused(t, 409, "desk.case_over")
	w.Settle(t)
}
