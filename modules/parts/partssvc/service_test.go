package partssvc_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

func one[E outbox.Event](t testing.TB, heard []outbox.Event) E {
	t.Helper()
	var zero E
	if len(heard) != 1 {
		t.Fatalf("heard %d events, want one %T: %+v", len(heard), zero, heard)
	}
	e, ok := heard[0].(E)
	if !ok {
		t.Fatalf("heard %+v, want a %T", heard[0], zero)
	}
	return e
}

func (k *kit) want(t testing.TB, p parts.Position, onHand, reserved int64) {
	t.Helper()
	if l := k.books(t)[p]; l != (parts.Level{OnHand: onHand, Reserved: reserved}) {
		t.Errorf("%+v has %+v, want %d, %d reserved", p, l, onHand, reserved)
	}
}

func ended(e dispatch.AppointmentRequested) dispatch.AppointmentEnded {
	return dispatch.AppointmentEnded{Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, State: dispatch.Cancelled}
}

func visited(e dispatch.AppointmentRequested, used ...remedy.Need) field.VisitRecorded {
	return field.VisitRecorded{
		Visit: id.Visit{8, 15: e.Case[15]}, Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Technician: e.Technician,
		Outcome: work.Fixed, Parts: used, FinishedAt: e.EndAt,
	}
}

func TestReservationIsHeldAndReleased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, van(fan), shelf(wuhan, fan))
		k.have(t, 2, shelf(east, fan))
		r := request(1, need(fan, 2), need(fan, 1))
		got := one[parts.Reserved](t, k.happen(t, r))
		want := parts.Reserved{
			Reservation: id.Reservation(r.Appointment), Appointment: r.Appointment, WorkOrder: r.WorkOrder, Case: r.Case, Node: wuhan,
			Parts: []remedy.Need{need(fan, 3)}, LeadHours: 24,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("Reserved (-want +got):\n%s", d)
		}
		k.want(t, van(fan), 1, 1)
		k.want(t, shelf(wuhan, fan), 1, 1)
		k.want(t, shelf(east, fan), 2, 1)
		if again := one[parts.Reserved](t, k.happen(t, r)); !cmp.Equal(again, want) {
			t.Errorf("asked again: %+v", again)
		}
		k.happen(t, ended(r), ended(r))
		k.want(t, van(fan), 1, 0)
		k.want(t, shelf(east, fan), 2, 0)
		if back := one[parts.Reserved](t, k.happen(t, r)); back.LeadHours != 24 {
			t.Errorf("after its release: %+v", back)
		}
	})
}

func TestNoPartsIsAnsweredToo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		if got := one[parts.Reserved](t, k.happen(t, request(1))); got.Parts != nil {
			t.Errorf("reserved %+v", got)
		}
	})
}

func TestRefusalNamesWhatIsMissingAndWhen(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, van(fan))
		r := request(1, need(fan, 1), need(board, 2))
		got := one[parts.ReservationRefused](t, k.happen(t, r))
		if d := cmp.Diff([]remedy.Need{need(board, 2)}, got.Missing); d != "" || got.EarliestOn != "" {
			t.Errorf("missing (-want +got):\n%s, earliest %q", d, got.EarliestOn)
		}
		k.want(t, van(fan), 1, 0)
		if status, out := k.call(t, "POST", "/v1/stock/expected", fmt.Sprintf(`{"node":%q,"due_on":"2026-12-01","lines":[{"part":%q,"quantity":5}]}`, east, board)); status != 200 {
			t.Fatalf("expected: %d %v", status, out)
		}
		if got := one[parts.ReservationRefused](t, k.happen(t, r)); got.EarliestOn != "2026-12-02" {
			t.Errorf("earliest %q, want the day after what east expects", got.EarliestOn)
		}
		status, out := k.call(t, "GET", "/v1/cases/"+r.Case.String()+"/reservations", "")
		if waits, _ := out["waiting"].([]any); status != 200 || len(waits) != 1 {
			t.Errorf("the case waits for %v", out)
		}
	})
}

// What comes in too late for the appointment is no help, but says when.
func TestLeadCounts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 5, shelf(hq, fan))
		k.clock.To(dbtest.Now.Add(24 * time.Hour))
		got := one[parts.ReservationRefused](t, k.happen(t, request(1, need(fan, 1))))
		if got.EarliestOn != "2026-11-26" {
			t.Errorf("earliest %q, want two days from now", got.EarliestOn)
		}
	})
}

func TestArrivalWakesTheLongestWaiting(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		first, second, both := request(1, need(fan, 2)), request(2, need(fan, 2)), request(3, need(fan, 1), need(board, 1))
		for i, r := range []dispatch.AppointmentRequested{first, second, both} {
			k.clock.To(dbtest.Now.Add(time.Duration(i) * time.Minute))
			one[parts.ReservationRefused](t, k.happen(t, r))
		}
		receive := func(p id.Part, n int) []outbox.Event {
			status, out := k.call(t, "POST", "/v1/stock/receipts", fmt.Sprintf(`{"node":%q,"reference":"DN 17","lines":[{"part":%q,"quantity":%d}]}`, east, p, n))
			if status != 201 {
				t.Fatalf("receipt: %d %v", status, out)
			}
			return k.happen(t)
		}
		got := one[parts.Arrived](t, receive(fan, 3))
		if want := (parts.Arrived{Part: fan, Node: east, Quantity: 2, WorkOrder: first.WorkOrder, Case: first.Case}); got != want {
			t.Errorf("arrived %+v, want %+v", got, want)
		}
		if got := one[parts.Arrived](t, receive(board, 1)); got.WorkOrder != both.WorkOrder {
			t.Errorf("arrived %+v, want that of the one who waited for two", got)
		}
		one[parts.Reserved](t, k.happen(t, first))
		if got := k.happen(t, ended(first)); len(got) != 1 || got[0].(parts.Arrived).WorkOrder != second.WorkOrder {
			t.Errorf("a release told %+v, want the second", got)
		}
	})
}

func TestVisitConsumesWhatItUsed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 2, van(fan), shelf(wuhan, board))
		r := request(1, need(fan, 1), need(board, 1))
		k.happen(t, r)
		got := one[parts.Consumed](t, k.happen(t, visited(r, need(fan, 2))))
		if d := cmp.Diff([]remedy.Need{need(fan, 2)}, got.Parts); d != "" || got.Short != nil || got.At != r.EndAt {
			t.Errorf("consumed %+v", got)
		}
		k.want(t, van(fan), 0, 0)
		k.want(t, shelf(wuhan, board), 2, 0)
	})
}

// A fact is never refused: what the books do not have is a shortfall.
func TestShortfallIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, van(fan))
		other, r := request(2, need(fan, 1)), request(1)
		k.happen(t, other)
		got := one[parts.Consumed](t, k.happen(t, visited(r, need(fan, 1), need(board, 2))))
		if d := cmp.Diff([]remedy.Need{need(fan, 1), need(board, 2)}, got.Short); d != "" {
			t.Errorf("short (-want +got):\n%s", d)
		}
		k.want(t, van(fan), 0, 1)
		k.want(t, van(board), -2, 0)
		one[parts.Consumed](t, k.happen(t, visited(other, need(fan, 1)))) // and what was held is still his
		k.want(t, van(fan), -1, 0)
		status, out := k.call(t, "POST", "/v1/stock/counts", fmt.Sprintf(`{"node":%q,"technician":%q,"lines":[{"part":%q,"quantity":0}]}`, wuhan, li, fan))
		if status != 201 {
			t.Fatalf("count: %d %v", status, out)
		}
		k.want(t, van(fan), 0, 0)
	})
}

func TestWorkThatIsOverHoldsNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 3, shelf(wuhan, fan))
		r, kit := request(1, need(fan, 1)), request(2)
		k.happen(t, r, work.OrderMoved{WorkOrder: r.WorkOrder, Case: r.Case, From: work.Scheduled, To: work.Cancelled})
		k.want(t, shelf(wuhan, fan), 3, 0)
		k.happen(t, work.OrderCompleted{WorkOrder: kit.WorkOrder, Case: kit.Case, Node: wuhan, Kind: work.Shipment, Parts: []remedy.Need{need(fan, 1)}})
		k.want(t, shelf(wuhan, fan), 2, 0)
	})
}

func TestReservationsExpire(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		k.happen(t, r)
		k.clock.To(r.EndAt.Add(6 * 24 * time.Hour))
		must(t, k.jobs.Drain(t.Context()))
		k.want(t, shelf(wuhan, fan), 1, 1)
		k.clock.To(r.EndAt.Add(8 * 24 * time.Hour))
		must(t, k.jobs.Drain(t.Context()))
		k.want(t, shelf(wuhan, fan), 1, 0)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Four processes answer sixty wishes for thirty pieces: exactly thirty get one,
// and the journal agrees to the piece.
func TestNothingIsPromisedTwice(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		k := newKit(t, h)
		k.have(t, 10, van(fan), shelf(wuhan, fan), shelf(east, fan))
		k.have(t, 30, shelf(wuhan, board))
		processes := []*kit{newKit(t, h), newKit(t, h), newKit(t, h)}
		const wishes = 60
		var wait sync.WaitGroup
		for i := range processes {
			wait.Go(func() {
				for n := i; n < wishes; n += len(processes) {
					processes[i].publish(t, request(byte(n), need(fan, 1), need(board, 1)))
				}
				if err := processes[i].bus.Drain(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		must(t, k.bus.Drain(t.Context()))
		yes, no := 0, 0
		for _, p := range append(processes, k) {
			for _, e := range p.heard {
				switch e.(type) {
				case parts.Reserved:
					yes++
				case parts.ReservationRefused:
					no++
				}
			}
		}
		if yes != 30 || no != 30 {
			t.Errorf("%d reserved, %d refused, want 30 each", yes, no)
		}
		for p, l := range k.books(t) {
			if l.Available() != 0 {
				t.Errorf("%+v has %+v", p, l)
			}
		}
	}, schemas...)
}

func TestStockOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		body := func(n id.Node, rest string) string { return fmt.Sprintf(`{"node":%q,%s}`, n, rest) }
		fans := func(q int) string { return fmt.Sprintf(`"lines":[{"part":%q,"quantity":%d}]`, fan, q) }
		k.as(access.Parts, access.Scope{Kind: access.Node, ID: wuhan.Raw()})
		for _, tt := range []struct {
			name, path, body string
			status           int
			code             string
		}{
			{"receipt", "receipts", body(wuhan, fans(5)), 201, ""},
			{"receipt elsewhere", "receipts", body(east, fans(5)), 404, "not_found"},
			{"an unknown node", "receipts", body(id.Node{77}, fans(5)), 404, "not_found"},
			{"an unknown part", "receipts", body(wuhan, fmt.Sprintf(`"lines":[{"part":%q,"quantity":1}]`, id.Part{77})), 422, "parts.line"},
			{"nothing", "receipts", body(wuhan, fans(0)), 422, "parts.line"},
			{"no lines", "receipts", body(wuhan, `"lines":[]`), 422, "api.invalid_input"},
			{"an unknown member", "receipts", body(wuhan, fans(5)+`,"colour":"red"`), 422, "api.invalid_input"},
			{"write off too much", "write-offs", body(wuhan, fans(6)), 409, "parts.short"},
			{"write off", "write-offs", body(wuhan, fans(1)), 201, ""},
			{"return", "returns", body(wuhan, fmt.Sprintf(`"lines":[{"part":%q,"quantity":1,"condition":"defective"}]`, fan)), 201, ""},
			{"onto the van", "transfers", fmt.Sprintf(`{"from":{"node":%q},"to":{"node":%q,"technician":%q},%s}`, wuhan, wuhan, li, fans(2)), 201, ""},
			{"to where it is", "transfers", fmt.Sprintf(`{"from":{"node":%q},"to":{"node":%q},%s}`, wuhan, wuhan, fans(2)), 422, "parts.movement"},
			{"to somebody else", "transfers", fmt.Sprintf(`{"from":{"node":%q},"to":{"node":%q},%s}`, wuhan, shop, fans(2)), 404, "not_found"},
			{"count", "counts", body(wuhan, fans(7)), 201, ""},
			{"count twice", "counts", body(wuhan, fmt.Sprintf(`"lines":[{"part":%q,"quantity":1},{"part":%q,"quantity":2}]`, fan, fan)), 422, "parts.line"},
		} {
			status, out := k.call(t, "POST", "/v1/stock/"+tt.path, tt.body)
			if code, _ := out["code"].(string); status != tt.status || code != tt.code {
				t.Errorf("%s: %d %v, want %d %s", tt.name, status, out, tt.status, tt.code)
			}
		}
		k.want(t, shelf(wuhan, fan), 7, 0)
		k.want(t, van(fan), 2, 0)
	})
}

func TestListsShowWhatOneMaySee(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 3, shelf(wuhan, fan), shelf(shop, fan), shelf(shop, board), van(board))
		for _, tt := range []struct {
			name string
			role access.Role
			at   access.Scope
			path string
			want int
		}{
			{"everything", access.Auditor, access.Scope{Kind: access.Tenant}, "/v1/stock", 4},
			{"a page", access.Auditor, access.Scope{Kind: access.Tenant}, "/v1/stock?limit=3", 3},
			{"a node", access.Parts, access.Scope{Kind: access.Node, ID: wuhan.Raw()}, "/v1/stock", 2},
			{"a partner", access.Partner, access.Scope{Kind: access.OfPartner, ID: them.Raw()}, "/v1/stock", 2},
			{"a part", access.Auditor, access.Scope{Kind: access.Tenant}, "/v1/stock?part=" + fan.String(), 2},
			{"a van", access.Auditor, access.Scope{Kind: access.Tenant}, "/v1/stock?technician=" + li.String(), 1},
			{"another's node", access.Partner, access.Scope{Kind: access.OfPartner, ID: them.Raw()}, "/v1/stock?node=" + wuhan.String(), 0},
			{"the journal", access.Auditor, access.Scope{Kind: access.Tenant}, "/v1/stock/movements", 8},
			{"a partner's journal", access.Partner, access.Scope{Kind: access.OfPartner, ID: them.Raw()}, "/v1/stock/movements", 4},
		} {
			k.as(tt.role, tt.at)
			status, out := k.call(t, "GET", tt.path, "")
			items, _ := out["items"].([]any)
			if status != 200 || len(items) != tt.want {
				t.Errorf("%s: %d, %d items, want %d: %v", tt.name, status, len(items), tt.want, out)
			}
			next, more := out["next"].(string)
			if more != (tt.name == "a page") {
				t.Errorf("%s: next is %q", tt.name, next)
			}
			if more {
				_, rest := k.call(t, "GET", tt.path+"&cursor="+next, "")
				if items, _ := rest["items"].([]any); len(items) != 1 {
					t.Errorf("%s: then %v", tt.name, rest)
				}
			}
		}
		k.as(access.Brand, access.Scope{Kind: access.OfBrand, ID: cool.Raw()})
		if status, _ := k.call(t, "GET", "/v1/stock", ""); status != 404 {
			t.Errorf("a brand got %d", status)
		}
	})
}
