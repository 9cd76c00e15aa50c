package settlementsvc_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// statementAt returns the id in the path of a statement.
func statementAt(t *testing.T, path string) id.Statement {
	t.Helper()
	s, err := id.Parse[id.StatementKind](strings.TrimPrefix(path, "/v1/statements/"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// minor returns an amount of a reply.
func minor(got map[string]any, name string) float64 {
	return got[name].(map[string]any)["minor"].(float64)
}

// A payment is taken back once, with a reason; its statement is owed again by so
// much, and others hear of it with who did it. What was paid can be paid again.
func TestTakeBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var heard []settlement.PaymentReversed
		var actors []access.Actor
		outbox.On(k.bus, "test.taken_back", func(_ context.Context, _ *db.Tx, meta outbox.Meta, e settlement.PaymentReversed) error {
			heard, actors = append(heard, e), append(actors, meta.Actor)
			return nil
		})
		e := routes(t, k)
		brand, partner := k.invoiced(t, e)
		const why = `{"reason":"twice"}`
		for _, tt := range []struct {
			name, path, body string
			status           int
			state            string
			remaining        float64
		}{
			{"before anything is paid", brand + "/payments/1/reverse", why, 404, "not_found", 0},
			{"a part", brand + "/pay-part", `{"amount":{"minor":500,"currency":"EUR"}}`, 200, "part_paid", 8000},
			{"another", brand + "/pay-part", `{"amount":{"minor":1000,"currency":"EUR"}}`, 200, "part_paid", 7000},
			{"the rest", brand + "/pay", "", 200, "paid", 0},
			{"without a reason", brand + "/payments/2/reverse", `{}`, 422, "", 0},
			{"for another reason", brand + "/payments/2/reverse", `{"reason":"mood"}`, 422, "", 0},
			{"nobody's", brand + "/payments/4/reverse", why, 404, "not_found", 0},
			{"the one in the middle", brand + "/payments/2/reverse", why, 200, "part_paid", 1000},
			{"it again", brand + "/payments/2/reverse", why, 409, "settlement.payment_reversed", 0},
			{"the last", brand + "/payments/3/reverse", why, 200, "part_paid", 8000},
			{"the first", brand + "/payments/1/reverse", `{"reason":"returned"}`, 200, "invoiced", 8500},
			{"once more when nothing is paid", brand + "/payments/1/reverse", why, 409, "settlement.payment_reversed", 0},
			{"more than is owed then", brand + "/pay-part", `{"amount":{"minor":8501,"currency":"EUR"}}`, 409, "settlement.overpaid", 0},
			{"all of it", brand + "/pay-part", `{"amount":{"minor":8500,"currency":"EUR"}}`, 200, "paid", 0},
			{"the partner", partner + "/pay", "", 200, "paid", 0},
			{"the partner's", partner + "/payments/1/reverse", `{"reason":"wrong_statement"}`, 200, "invoiced", 9800},
			{"of a statement that is not there", "/v1/statements/stm_00000000000000000000000000/payments/1/reverse", why, 404, "", 0},
		} {
			status, got := e.send(t, "POST", tt.path, tt.body)
			if status != tt.status {
				t.Fatalf("%s = %d %v", tt.name, status, got)
			}
			if code, _ := got["type"].(string); status != 200 && !strings.HasSuffix(code, tt.state) {
				t.Errorf("%s is refused as %s", tt.name, code)
			}
			if status == 200 && (got["state"] != tt.state || minor(got, "remaining") != tt.remaining) {
				t.Errorf("after %s it is %v with %v to pay", tt.name, got["state"], minor(got, "remaining"))
			}
		}
		if books := k.balances(t); books["receivable:brand"] != 0 || books["payable:partner"] != -9800 || books["cash:bank"] != 8500 {
			t.Errorf("the books say %v", books)
		}
		k.publish(t)
		if len(heard) != 4 || heard[0].Payment != 2 || heard[0].Amount.Minor != 1000 || heard[0].Reason != "twice" || heard[0].State != settlement.PartPaid ||
			heard[2].Remaining.Minor != 8500 || heard[2].State != settlement.Invoiced || heard[3].Partner != outlet {
			t.Errorf("others heard %+v", heard)
		}
		for _, a := range actors {
			if a.Kind != access.BySystem {
				t.Errorf("it was %s", a)
			}
		}
	})
}

// staff is a caller who works at the operator.
func staff(user id.User, role access.Role) access.Caller {
	return access.Caller{Tenant: dbtest.Tenant, User: user, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: access.Tenant}}}}
}

// The list keeps a payment that was taken back, with why, when and by whom; who
// it was by name is for those who work at the operator.
func TestPaymentsTellWhoTookBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		path, _ := k.invoiced(t, e)
		s := statementAt(t, path)
		ann := id.New[id.UserKind]()
		finance := access.With(t.Context(), staff(ann, access.Finance))
		if _, err := k.Pay(finance, s); err != nil {
			t.Fatal(err)
		}
		if _, err := k.TakeBackFor(finance, s, 2, "returned"); !errors.Is(err, settlement.ErrNoPayment) {
			t.Errorf("a payment that is not there = %v", err)
		}
		if st, err := k.TakeBackFor(finance, s, 1, "returned"); err != nil || st != settlement.Invoiced {
			t.Fatalf("%s, %v", st, err)
		}
		theirs := access.Caller{Tenant: dbtest.Tenant, User: id.New[id.UserKind](), Grants: []access.Grant{{Role: access.Brand, Scope: access.Scope{Kind: access.OfBrand, ID: nordwind.Raw()}}}}
		for _, tt := range []struct {
			who  string
			ctx  context.Context
			user id.User
			name string
		}{
			{"finance", finance, ann, "Ada"},
			{"an auditor", access.With(t.Context(), staff(id.New[id.UserKind](), access.Auditor)), ann, "Ada"},
			{"the brand", access.With(t.Context(), theirs), id.User{}, ""},
		} {
			all, err := k.Payments(tt.ctx, s)
			if err != nil || len(all) != 1 || all[0].Reversal == nil {
				t.Fatalf("%s reads %+v, %v", tt.who, all, err)
			}
			r := all[0].Reversal
			if r.Reason != "returned" || !r.At.Equal(k.clock.Now()) || r.Actor.Kind != access.ByStaff || r.Actor.User != tt.user || r.Actor.Name != tt.name {
				t.Errorf("%s reads %+v", tt.who, r)
			}
		}
		if _, err := k.TakeBackFor(access.With(t.Context(), theirs), s, 1, "twice"); !errors.Is(err, access.ErrHidden) {
			t.Errorf("the brand takes a payment back: %v", err)
		}
	})
}

// Of several who take one payment back at once one does, and it is done once.
func TestTakeBackAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		brand, _ := k.invoiced(t, e)
		for _, part := range []string{"500", "1000"} {
			if status, got := e.send(t, "POST", brand+"/pay-part", `{"amount":{"minor":`+part+`,"currency":"EUR"}}`); status != 200 {
				t.Fatal(got)
			}
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		heard := map[int]int{}
		for range 6 {
			wg.Go(func() {
				status, _ := e.send(t, "POST", brand+"/payments/1/reverse", `{"reason":"twice"}`)
				mu.Lock()
				defer mu.Unlock()
				heard[status]++
			})
		}
		wg.Wait()
		if books := k.balances(t); heard[200] != 1 || heard[409] != 5 || books["receivable:brand"] != 7500 || books["cash:bank"] != 1000 {
			t.Errorf("they heard %v: %v", heard, books)
		}
	})
}

// The same request asked for twice is done once and answered the same.
func TestTakeBackIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		brand, _ := k.invoiced(t, e)
		if status, got := e.send(t, "POST", brand+"/pay", ""); status != 200 {
			t.Fatal(got)
		}
		var replies []string
		for range 2 {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, brand+"/payments/1/reverse", strings.NewReader(`{"reason":"twice"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "take-it-back-once")
			w := httptest.NewRecorder()
			e.api.ServeHTTP(w, r)
			replies = append(replies, strconv.Itoa(w.Code)+w.Body.String())
		}
		if replies[0] != replies[1] || !strings.HasPrefix(replies[0], "200") {
			t.Errorf("the replies are %v", replies)
		}
		if books := k.balances(t); books["cash:bank"] != 0 || books["receivable:brand"] != 8500 {
			t.Errorf("the books say %v", books)
		}
	})
}

// Whatever is paid and taken back in whatever order, the journal balances and
// stands as the payments that are listed as standing say, and so does the
// statement.
func TestBooksFollowThePaymentsThatStand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		path, _ := k.invoiced(t, e)
		s := statementAt(t, path)
		chance := rand.New(rand.NewPCG(11, 26))
		booked, taken := 0, 0
		for range 100 {
			verb, body := "/pay", ""
			switch which := chance.IntN(6); {
			case which > 1 && booked > 0:
				verb, body = "/payments/"+strconv.Itoa(max(1, booked-chance.IntN(4)))+"/reverse", `{"reason":"other"}`
			case which > 0:
				verb, body = "/pay-part", `{"amount":{"minor":`+strconv.Itoa(1+chance.IntN(6000))+`,"currency":"EUR"}}`
			}
			switch status, got := e.send(t, "POST", path+verb, body); {
			case status == 200 && strings.HasSuffix(verb, "/reverse"):
				taken++
			case status == 200:
				booked++
			case status != 409:
				t.Fatalf("%s = %d %v", verb, status, got)
			}
			k.agree(t, e, s, booked)
		}
		if booked < 10 || taken < 10 {
			t.Errorf("only %d payments and %d taken back: nothing is shown", booked, taken)
		}
	})
}

// agree holds the brand's statement and the books against the payments that
// stand.
func (k *kit) agree(t *testing.T, e everything, s id.Statement, booked int) {
	t.Helper()
	all, err := k.Payments(system(t), s)
	if err != nil {
		t.Fatal(err)
	}
	const total = 8500
	sum, live := int64(0), 0
	for _, p := range all {
		if p.Reversal == nil {
			sum, live = sum+p.Amount.Minor, live+1
		}
	}
	want := "part_paid"
	switch {
	case live == 0:
		want = "invoiced"
	case sum == total:
		want = "paid"
	}
	_, list := e.send(t, "GET", "/v1/statements?party=brand", "")
	st := list["items"].([]any)[0].(map[string]any)
	books := k.balances(t)
	if len(all) != booked || st["state"] != want || minor(st, "paid") != float64(sum) || minor(st, "remaining") != float64(total-sum) ||
		books["cash:bank"] != sum || books["receivable:brand"] != total-sum {
		t.Fatalf("%d of %d payments pay %d, the statement says %v and the books %v", live, len(all), sum, st, books)
	}
}
