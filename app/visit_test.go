package app_test

import (
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

// installed opens a case in Munich that only a visit can settle: an installation.
func installed(t *testing.T, w *apptest.World, change ...func(members)) string {
	t.Helper()
	install := []func(members){apptest.InMunich, func(in members) { in["work_type"] = "install" }}
	c := w.Agent(t).Post(t, "/v1/cases", apptest.Ask(append(install, change...)...))
	w.Settle(t)
	path := "/v1/cases/" + c.Text(t, "id")
	if got := w.Agent(t).Get(t, path+"/plan"); got.Text(t, "state") != "accepted" || got.Text(t, "mode") != "on_site" {
		t.Fatalf("what can be done in one way only is not clear: %s", got.Body)
	}
	return path
}

// A visit by the partner's technician, from the slot to the signed record, and
// what it costs whom.
func TestWalkByVisit(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		path := installed(t, w, func(in members) {
			in["parties"] = []members{{"role": "user_on_site", "name": "Hilde Haus", "phone": "+49 89 5550123"}}
		})
		agent := w.Agent(t)
		tech := w.As(t, access.Technician, apptest.At(access.Self, w.Bernd.Raw()))
		other := w.As(t, access.Technician, apptest.At(access.Self, w.Anna.Raw()))

		order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		agent.Do(t, "POST", "/v1/work-orders/"+order+"/finish", members{"outcome": "done"}).Refused(t, 409, "work.by_visit")
		offers := agent.Post(t, "/v1/work-orders/"+order+"/offers", nil)
		if offers.Text(t, "offers.0.technician") != w.Bernd.String() {
			t.Fatalf("offers %s", offers.Body)
		}
		booked := agent.Post(t, "/v1/appointments", members{"work_order": order, "offer": offers.Text(t, "offers.0.id")}, "Idempotency-Key", "book-1")
		h.Settle(t)
		apt := "/v1/appointments/" + booked.Text(t, "id")
		seen := agent.Get(t, apt)
		if seen.Text(t, "state") != "scheduled" || agent.Get(t, "/v1/work-orders/"+order).Text(t, "state") != "scheduled" {
			t.Fatalf("booked %s", seen.Body)
		}
		agent.Do(t, "POST", "/v1/appointments", members{"work_order": order, "start_at": seen.Text(t, "start_at")}).Want(t, 409)

		// The technician sees the case from now on, and the customer when the visit is near.
		tech.Get(t, path)
		tech.Get(t, path+"/plan")
		other.Do(t, "GET", path, nil).Want(t, 404)
		if b := tech.Get(t, apt+"/bundle"); strings.Contains(string(b.Body), "Erika") || strings.Contains(string(b.Body), "Hilde") || strings.Contains(string(b.Body), "Marienplatz") {
			t.Errorf("long before the visit the bundle says %s", b.Body)
		}
		start, err := time.Parse(time.RFC3339, seen.Text(t, "service_start_at"))
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.To(start.Add(-30 * time.Minute))
		w.As(t, access.Dispatcher, apptest.At(access.OfPartner, w.Partner.Raw())).Post(t, apt+"/dispatch", members{})
		tech.Post(t, apt+"/accept", members{})
		bundle := tech.Get(t, apt+"/bundle")
		if !strings.Contains(string(bundle.Body), "Erika") || bundle.Text(t, "on_site.name") != "Hilde Haus" || bundle.Text(t, "on_site.phone") != "+49895550123" {
			t.Errorf("near the visit the bundle says %s", bundle.Body)
		}
		other.Do(t, "GET", apt+"/bundle", nil).Want(t, 404)
		tech.Post(t, apt+"/travel", members{})
		tech.Post(t, apt+"/arrive", members{})
		h.Settle(t)
		if got := agent.Get(t, "/v1/work-orders/"+order).Text(t, "state"); got != "in_progress" {
			t.Errorf("on site, the work is %s", got)
		}

		h.Clock.To(start.Add(80 * time.Minute))
		record := members{
			"client_id": "device-1-0001", "bundle": bundle.Text(t, "token"), "appointment": booked.Text(t, "id"),
			"started_at": start, "finished_at": start.Add(75 * time.Minute), "travel_metres": 14_300, "outcome": "done",
			"parts": []members{{"part": w.Filter, "quantity": 1}}, "acceptance": members{"kind": "refused"}, "notes": "hung it on the north wall",
		}
		one := tech.Post(t, "/v1/visits", record)
		if again := tech.Post(t, "/v1/visits", record); again.Text(t, "id") != one.Text(t, "id") {
			t.Errorf("the same record again is %s", again.Body)
		}
		h.Settle(t)
		if got := agent.Get(t, path).Text(t, "state"); got != "resolved" {
			t.Errorf("the case is %s", got)
		}
		if got := agent.Get(t, "/v1/work-orders/"+order).Text(t, "state"); got != "posted" {
			t.Errorf("the work is %s", got)
		}
		charges := w.Finance(t).Get(t, path+"/charges")
		// Call 3500, 15 km less 10 free at 45, 75 minutes at 120, a filter at 1200.
		if got := charges.Number(t, "totals.brand.minor"); got != 3500+5*45+75*120+1200 {
			t.Errorf("the brand pays %d: %s", got, charges.Body)
		}
		if got := charges.Number(t, "totals.partner_cost.minor"); got != 3500+5*45+75*80+1200 {
			t.Errorf("the partner gets %d", got)
		}
		partner := w.As(t, access.Partner, apptest.At(access.OfPartner, w.Partner.Raw()))
		brand := w.As(t, access.Brand, apptest.At(access.OfBrand, w.Kuhlmann.Raw()))
		if c := partner.Get(t, path+"/charges"); strings.Contains(string(c.Body), `"payer":"brand"`) || len(c.Items(t, "items")) == 0 {
			t.Errorf("the partner sees %s", c.Body)
		}
		if c := brand.Get(t, path+"/charges"); c.Find(t, "totals.partner_cost") != nil || len(c.Items(t, "items")) == 0 {
			t.Errorf("the brand sees %s", c.Body)
		}
		stock := w.As(t, access.Parts, apptest.Everywhere).Get(t, "/v1/stock?node="+w.Munich.String())
		for _, p := range stock.Items(t, "items") {
			p := p.(members)
			if p["part"] == w.Filter.String() && p["on_hand"] != 9.0 {
				t.Errorf("of ten filters %v are left", p["on_hand"])
			}
		}
		verify(t, agent, path, "service_request", "service_record", "charges")
		rate(t, w, agent, path)
	})
}

// Nobody can book what is not to be booked, twice, or in the past.
func TestBookingRefused(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	w := h.Found(t, "one")
	path := installed(t, w)
	agent := w.Agent(t)
	order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
	at := func(when string) members { return members{"work_order": order, "start_at": when} }
	with := func(m members, key string, v any) members { m[key] = v; return m }
	for name, tt := range map[string]struct {
		body   members
		status int
		code   string
	}{
		"no such work":       {with(at("2026-11-24T09:00:00Z"), "work_order", id.New[id.WorkOrderKind]()), 404, "not_found"},
		"no such offer":      {members{"work_order": order, "offer": id.New[id.OfferKind]()}, 409, "dispatch.offer_gone"},
		"in the past":        {at("2026-11-20T09:00:00Z"), 422, "dispatch.invalid"},
		"at night":           {at("2026-11-24T01:00:00Z"), 422, "dispatch.invalid"},
		"next year":          {at("2027-11-24T09:00:00Z"), 422, "dispatch.invalid"},
		"nobody's":           {with(at("2026-11-24T09:00:00Z"), "technician", id.New[id.TechnicianKind]()), 404, "not_found"},
		"somewhere else's":   {with(at("2026-11-24T09:00:00Z"), "technician", w.Anna), 404, "not_found"},
		"neither nor":        {members{"work_order": order}, 422, "dispatch.invalid"},
		"without a zone":     {at("2026-11-24T09:00:00"), 422, "api.invalid_input"},
		"with a member more": {with(at("2026-11-24T09:00:00Z"), "x", 1), 422, "api.invalid_input"},
	} {
		t.Run(name, func(t *testing.T) {
			agent.Do(t, "POST", "/v1/appointments", tt.body).Refused(t, tt.status, tt.code)
		})
	}
	if n := len(agent.Get(t, path+"/appointments").Items(t, "items")); n != 0 {
		t.Errorf("%d appointments", n)
	}
}
