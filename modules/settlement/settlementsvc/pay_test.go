package settlementsvc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

// everything asks the module's routes as the operator itself.
type everything struct{ api *httpapi.API }

func (everything) Authenticate(*http.Request) (access.Caller, error) {
	return access.System(dbtest.Tenant), nil
}

func routes(t testing.TB, k *kit) everything {
	t.Helper()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := everything{}
	e.api = httpapi.New(httpapi.Options{Auth: e, Guard: guard, Log: slog.New(slog.DiscardHandler)})
	k.Routes(e.api)
	return e
}

func (e everything) send(t testing.TB, method, path, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	e.api.ServeHTTP(w, r)
	got := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Errorf("%s %s = %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, got
}

// invoiced plays a month of work for the brand by the partner until both
// statements are invoiced, and returns them.
func (k *kit) invoiced(t testing.TB, e everything) (brand, partner string) {
	t.Helper()
	for party, minute := range map[settlement.Party]int64{settlement.ToBrand: 120, settlement.ToPartner: 80} {
		if err := k.card(t, party, minute); err != nil {
			t.Fatal(err)
		}
	}
	k.publish(t, completed(dbtest.Now, shop))
	k.clock.To(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	if err := k.CloseDue(t.Context(), dbtest.Tenant); err != nil {
		t.Fatal(err)
	}
	list, err := k.Newest(system(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Items {
		for _, verb := range []string{"send", "agree", "invoice"} {
			if status, got := e.send(t, "POST", "/v1/statements/"+s.ID.String()+"/"+verb, ""); status != 200 {
				t.Fatalf("%s = %v", verb, got)
			}
		}
		if s.Party == settlement.ToBrand {
			brand = "/v1/statements/" + s.ID.String()
		} else {
			partner = "/v1/statements/" + s.ID.String()
		}
	}
	return brand, partner
}

// A brand pays in two parts, the partner is paid at once: afterwards nothing is
// owed on either side, and the bank has what is between them.
func TestPayInParts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var heard []settlement.PaymentBooked
		outbox.On(k.bus, "test.paid", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e settlement.PaymentBooked) error {
			heard = append(heard, e)
			return nil
		})
		e := routes(t, k)
		brand, partner := k.invoiced(t, e)
		for _, tt := range []struct {
			name, path, body string
			status           int
			state            string
			remaining        float64
		}{
			{"nothing", brand + "/pay-part", `{"amount":{"minor":0,"currency":"EUR"}}`, 422, "", 0},
			{"other money", brand + "/pay-part", `{"amount":{"minor":1,"currency":"USD"}}`, 422, "", 0},
			{"tomorrow", brand + "/pay-part", `{"amount":{"minor":1,"currency":"EUR"},"paid_on":"2026-12-02"}`, 422, "", 0},
			{"too much", brand + "/pay-part", `{"amount":{"minor":8501,"currency":"EUR"}}`, 409, "", 0},
			{"a part", brand + "/pay-part", `{"amount":{"minor":500,"currency":"EUR"},"paid_on":"2026-11-30"}`, 200, "part_paid", 8000},
			{"too much then", brand + "/pay-part", `{"amount":{"minor":8001,"currency":"EUR"}}`, 409, "", 0},
			{"the rest", brand + "/pay-part", `{"amount":{"minor":8000,"currency":"EUR"}}`, 200, "paid", 0},
			{"once more", brand + "/pay-part", `{"amount":{"minor":1,"currency":"EUR"}}`, 409, "", 0},
			{"paid again", brand + "/pay", "", 409, "", 0},
			{"the partner", partner + "/pay", "", 200, "paid", 0},
		} {
			status, got := e.send(t, "POST", tt.path, tt.body)
			if status != tt.status {
				t.Fatalf("%s = %d %v", tt.name, status, got)
			}
			if status != 200 {
				continue
			}
			if rest := got["remaining"].(map[string]any)["minor"]; got["state"] != tt.state || rest != tt.remaining {
				t.Errorf("after %s it is %v with %v to pay", tt.name, got["state"], rest)
			}
		}
		books := k.balances(t)
		if books["receivable:brand"] != 0 || books["payable:partner"] != 0 || books["cash:bank"] != 8500-9800 {
			t.Errorf("the books say %v", books)
		}
		_, list := e.send(t, "GET", brand+"/payments", "")
		items := list["items"].([]any)
		if len(items) != 2 || items[0].(map[string]any)["paid_on"] != "2026-11-30" || items[1].(map[string]any)["paid_on"] != "2026-12-01" {
			t.Errorf("the payments are %v", items)
		}
		k.publish(t)
		if len(heard) != 3 || heard[1].State != settlement.Paid || heard[1].Amount.Minor != 8000 || heard[0].Remaining.Minor != 8000 {
			t.Errorf("others heard %+v", heard)
		}
	})
}

// Parts that arrive at once are not paid twice.
func TestPayPartsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		brand, _ := k.invoiced(t, e)
		var mu sync.Mutex
		var wg sync.WaitGroup
		booked := 0
		for range 6 { // of which two fit into 8500
			wg.Go(func() {
				status, _ := e.send(t, "POST", brand+"/pay-part", `{"amount":{"minor":4000,"currency":"EUR"}}`)
				mu.Lock()
				defer mu.Unlock()
				if status == 200 {
					booked++
				}
			})
		}
		wg.Wait()
		if books := k.balances(t); booked != 2 || books["receivable:brand"] != 500 || books["cash:bank"] != 8000 {
			t.Errorf("%d parts are booked: %v", booked, books)
		}
	})
}
