package app_test

import (
	"fmt"
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

// order is the intake as a brand sends it, under its own number.
func order(number string, change ...func(members)) members {
	o := apptest.Ask(change...)
	delete(o, "channel")
	o["number"] = number
	return o
}

func brandClient(t *testing.T, w *apptest.World) *apptest.Client {
	t.Helper()
	return w.As(t, access.Integrator, apptest.At(access.OfBrand, w.Kuhlmann.Raw()))
}

// An order counts once, by its number, whatever key or channel repeats it; its
// state follows the case and is told in the brand's words.
func TestOrderByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		brand, agent := brandClient(t, w), w.Agent(t)
		brand.Put(t, "/v1/order-codes/"+w.Kuhlmann.String(), members{"done": "FERTIG"})
		one := brand.Post(t, "/v1/orders", order("A-1"), "Idempotency-Key", "k1")
		if again := brand.Post(t, "/v1/orders", order("A-1"), "Idempotency-Key", "k1"); again.Text(t, "id") != one.Text(t, "id") {
			t.Errorf("the same command is answered with %s, first %s", again.Body, one.Body)
		}
		if again := brand.Post(t, "/v1/orders", order("A-1")); again.Find(t, "repeated") != true || again.Text(t, "id") != one.Text(t, "id") {
			t.Errorf("the same order is answered with %s", again.Body)
		}
		h.Settle(t)
		if again := brand.Post(t, "/v1/orders", order("A-1")); again.Text(t, "state") != "in_work" && again.Text(t, "state") != "accepted" {
			t.Errorf("later the same order is answered with %s", again.Body)
		}
		brand.Do(t, "POST", "/v1/orders", order("A-1", apptest.Portable)).Refused(t, 409, "orders.number_taken")
		brand.Do(t, "POST", "/v1/orders", order("A-2"), "Idempotency-Key", "k1").Refused(t, 422, "api.idempotency_key_reused")
		h.Settle(t)

		path := "/v1/orders/" + one.Text(t, "id")
		c := brand.Get(t, path).Text(t, "case")
		if n := len(agent.Get(t, "/v1/cases?state=active").Items(t, "items")); n != 1 {
			t.Errorf("%d cases of one order", n)
		}
		if o := agent.Get(t, "/v1/cases/"+c); o.Text(t, "order") != one.Text(t, "id") || o.Text(t, "channel") != "order" {
			t.Errorf("the case of the order is %s", o.Body)
		}
		agent.Post(t, "/v1/cases/"+c+"/resolve", nil)
		h.Settle(t)
		if o := brand.Get(t, path); o.Text(t, "state") != "done" || o.Text(t, "code") != "FERTIG" {
			t.Errorf("done, the order is %s", o.Body)
		}
		agent.Post(t, "/v1/cases/"+c+"/reopen", nil)
		h.Settle(t)
		if o := brand.Get(t, path); o.Text(t, "state") != "in_work" {
			t.Errorf("reopened, the order is %s", o.Body)
		}
		agent.Post(t, "/v1/cases/"+c+"/resolve", nil)
		h.Settle(t)
		brand.Post(t, path+"/confirm", nil)
		brand.Do(t, "POST", path+"/cancel", nil).Refused(t, 409, "orders.transition")
	})
}

// What a brand takes back is not done: its case and work end with it, also when
// the case has not been made yet.
func TestOrderTakenBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		brand, agent := brandClient(t, w), w.Agent(t)
		late := brand.Post(t, "/v1/orders", order("A-1")).Text(t, "id")
		h.Settle(t)
		early := brand.Post(t, "/v1/orders", order("A-2")).Text(t, "id")
		for _, o := range []string{late, early} {
			if got := brand.Post(t, "/v1/orders/"+o+"/cancel", nil).Text(t, "state"); got != "cancelled" {
				t.Errorf("the order is %s", got)
			}
		}
		h.Settle(t)
		if n := len(agent.Get(t, "/v1/cases?state=active").Items(t, "items")); n != 0 {
			t.Errorf("%d cases of orders that were taken back", n)
		}
		c := brand.Get(t, "/v1/orders/"+late).Text(t, "case")
		for _, wo := range agent.Get(t, "/v1/cases/"+c+"/work-orders").Items(t, "items") {
			if wo.(members)["state"] != "cancelled" {
				t.Errorf("work goes on: %v", wo)
			}
		}
		for _, o := range []string{late, early} {
			if got := brand.Get(t, "/v1/orders/"+o).Text(t, "state"); got != "cancelled" {
				t.Errorf("afterwards the order is %s", got)
			}
		}
	})
}

// What the operator refuses ends with its case; the brand reads why in its own
// code and cannot refuse for us.
func TestOrderRefused(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		brand, agent := brandClient(t, w), w.Agent(t)
		brand.Put(t, "/v1/order-codes/"+w.Kuhlmann.String(), members{"refused": "ABGELEHNT"})
		path := "/v1/orders/" + brand.Post(t, "/v1/orders", order("A-1")).Text(t, "id")
		brand.Do(t, "POST", path+"/refuse", members{"reason": "GEBIET"}).Want(t, 404)
		agent.Do(t, "POST", path+"/refuse", members{"reason": "zu weit weg"}).Refused(t, 422, "orders.reason")
		if got := agent.Post(t, path+"/refuse", members{"reason": "GEBIET"}).Text(t, "state"); got != "refused" {
			t.Errorf("the order is %s", got)
		}
		agent.Do(t, "POST", path+"/refuse", members{"reason": "GEBIET"}).Refused(t, 409, "orders.transition")
		h.Settle(t)
		if o := brand.Get(t, path); o.Text(t, "state") != "refused" || o.Text(t, "code") != "ABGELEHNT" || o.Text(t, "reason") != "GEBIET" {
			t.Errorf("the brand reads %s", o.Body)
		}
		if n := len(agent.Get(t, "/v1/cases?state=active").Items(t, "items")); n != 0 {
			t.Errorf("%d cases of an order that was refused", n)
		}
		begun := "/v1/orders/" + brand.Post(t, "/v1/orders", order("A-2")).Text(t, "id")
		h.Settle(t)
		agent.Post(t, "/v1/cases/"+agent.Get(t, begun).Text(t, "case")+"/resolve", nil)
		h.Settle(t)
		agent.Do(t, "POST", begun+"/refuse", members{"reason": "GEBIET"}).Refused(t, 409, "orders.transition")
	})
}

func TestOrdersByTable(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		imp := w.As(t, access.Integrator, apptest.Everywhere)
		table := "Auftrag;Seriennr;text;name;phone;country;postcode\n" +
			"B-1;KL-1001;kühlt nicht;Anna Muster;+49 30 5550101;DE;10115\n" +
			"B-2;;tropft;Bert Muster;+49 30 5550102;DE;80331\n" +
			"B-3;;;Cora Muster;;DE;\n" + // no text
			"B-2;;tropft sehr;Bert Muster;+49 30 5550102;DE;80331\n" + // the number again, another order
			"B-4;;brummt;Dora Muster;12;DE;10115\n" // no phone number
		body := members{"brand": "kuhlmann", "mapping": members{"number": "Auftrag", "serial": "Seriennr"}, "csv": table}
		dry := members{"dry_run": true}
		for k, v := range body {
			dry[k] = v
		}
		if r := imp.Post(t, "/v1/orders/import", dry); r.Number(t, "created") != 0 || r.Number(t, "refused") != 2 {
			t.Errorf("dry run: %s", r.Body)
		}
		if n := len(imp.Get(t, "/v1/orders").Items(t, "items")); n != 0 {
			t.Errorf("a dry run stored %d orders", n)
		}
		first := imp.Post(t, "/v1/orders/import", body)
		if first.Number(t, "created") != 2 || first.Number(t, "refused") != 3 {
			t.Errorf("import: %s", first.Body)
		}
		if first.Text(t, "rows.2.code") != "orders.order" || first.Text(t, "rows.2.fields.0.pointer") != "/text" || first.Text(t, "rows.3.code") != "orders.number_taken" ||
			first.Text(t, "rows.4.fields.0.pointer") != "/requester/phone" {
			t.Errorf("refused lines: %s", first.Body)
		}
		for _, leak := range []string{"Muster", "tropft", "5550"} {
			if strings.Contains(string(first.Body), leak) {
				t.Errorf("the report repeats %q", leak)
			}
		}
		if again := imp.Post(t, "/v1/orders/import", body); again.Number(t, "created") != 0 || again.Number(t, "repeated") != 2 || again.Number(t, "refused") != 3 {
			t.Errorf("import again: %s", again.Body)
		}
		h.Settle(t)
		if n := len(w.Agent(t).Get(t, "/v1/cases").Items(t, "items")); n != 2 {
			t.Errorf("%d cases of two orders", n)
		}
		imp.Do(t, "POST", "/v1/orders/import", members{"csv": "number,text\n1,x\n"}).Refused(t, 422, "orders.table")
		imp.Do(t, "POST", "/v1/orders/import", members{"csv": "number,text,name,country\n", "brand": "kuhlmann", "mapping": members{"number": "gibt es nicht"}}).Refused(t, 422, "orders.table")
	})
}

// Whoever acts for one brand can neither send nor see another's orders, and is
// not told whether they exist.
func TestOrdersOfOthers(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		mine, theirs := brandClient(t, w), w.As(t, access.Integrator, apptest.At(access.OfBrand, w.Polar.Raw()))
		o := mine.Post(t, "/v1/orders", order("A-1")).Text(t, "id")
		nobodys := id.New[id.OrderKind]().String()
		for _, path := range []string{"/v1/orders/%s", "/v1/orders/%s/confirm", "/v1/orders/%s/cancel"} {
			method := "POST"
			if strings.Count(path, "/") == 3 {
				method = "GET"
			}
			a, b := theirs.Do(t, method, fmt.Sprintf(path, o), nil), theirs.Do(t, method, fmt.Sprintf(path, nobodys), nil)
			if a.Status != 404 || b.Status != 404 {
				t.Errorf("%s %s: of others %d %s, of nobody %d %s", method, path, a.Status, a.Text(t, "code"), b.Status, b.Text(t, "code"))
			}
		}
		theirs.Do(t, "POST", "/v1/orders", order("A-9")).Want(t, 404)
		theirs.Do(t, "PUT", "/v1/order-codes/"+w.Kuhlmann.String(), members{"done": "X"}).Want(t, 404)
		if n := len(theirs.Get(t, "/v1/orders?number=A-1").Items(t, "items")); n != 0 {
			t.Errorf("another brand sees %d orders", n)
		}
		same := theirs.Post(t, "/v1/orders", order("A-1", func(in members) { in["brand"], in["serial"] = "polar", "" }))
		if same.Text(t, "id") == o || same.Find(t, "repeated") == true {
			t.Errorf("two brands cannot use one number: %s", same.Body)
		}
	})
}
