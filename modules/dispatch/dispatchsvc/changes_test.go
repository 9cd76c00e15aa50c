package dispatchsvc_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// changes are what has become of visits since an instant after the beginning, as the
// reference of the case, the change and the steps.
func (k *kit) changes(t *testing.T, since time.Duration) (out []string) {
	t.Helper()
	at := url.QueryEscape(dbtest.Now.Add(since).Format(time.RFC3339))
	for _, c := range list(k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/changes?since="+at, ""), "items") {
		said := fmt.Sprint(c["reference"], " ", c["change"], ":")
		for _, s := range list(c, "steps") {
			said += fmt.Sprint(" ", s["change"])
			if s["reason"] != nil {
				said += fmt.Sprint("/", s["reason"])
			}
		}
		out = append(out, said)
	}
	return out
}

// What has changed is told on balance, with the steps that led there and their causes; the
// plan that is carried out is no change.
func TestChanges(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		west, east := k.hire(t, ""), k.hire(t, "")
		var visits [6]string
		for n := range visits {
			wo := k.visit(t, byte(n+1), 30, near(float64(n)))
			if n == 5 {
				continue // booked later
			}
			_, out := k.book(t, wo, west, tuesday(8+2*(n%4)))
			visits[n] = out["id"].(string)
		}
		ref := func(n byte) string { return called(id.Case{0: 8, 15: n}) }
		k.at(t, time.Hour)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[0]+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, stamp(tuesday(14))))
		k.want(t, 200, "POST", "/v1/appointments/"+visits[1]+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(10)), east))
		k.want(t, 200, "POST", "/v1/appointments/"+visits[2]+"/cancel", `{"reason":"customer_wish"}`)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[3]+"/dispatch", `{}`)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[4]+"/dispatch", `{}`)
		k.at(t, 2*time.Hour)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[3]+"/decline", `{"reason":"ill"}`)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[4]+"/accept", `{}`) // as planned
		k.settle(t)
		k.at(t, 3*time.Hour)
		if status, out := k.book(t, id.WorkOrder{0: 9, 15: 4}, east, tuesday(14)); status != 201 {
			t.Fatal(out)
		}
		if status, out := k.book(t, id.WorkOrder{0: 9, 15: 6}, east, tuesday(8)); status != 201 {
			t.Fatal(out)
		}
		want := func(when string, since time.Duration, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, k.changes(t, since)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		want("since all were booked", 30*time.Minute,
			ref(6)+" booked: booked",
			ref(4)+" handed: refused/dispatch.ill booked",
			ref(3)+" called_off: called_off/dispatch.customer_wish",
			ref(2)+" handed: handed/dispatch.by_hand",
			ref(1)+" moved: moved/dispatch.by_hand",
		)
		want("since it was refused", 150*time.Minute, ref(6)+" booked: booked", ref(4)+" booked: booked")
		want("since the last", 4*time.Hour)
		if n := len(k.changes(t, -time.Hour)); n != 5 {
			t.Errorf("since before the beginning %d changes: the one called off was not there, and is not", n)
		}
	})
}

// Everybody hears of their own nodes, and of the last seven days.
func TestChangesAreTheirs(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		path := "/v1/board/" + berlin.String() + "/changes"
		for _, bad := range []string{"?since=yesterday", "?since=2026-11-01T00:00:00Z", "?since=1999-12-31T00:00:00Z"} {
			if status, _ := k.call(t, "GET", path+bad, ""); status != 400 && status != 422 {
				t.Errorf("%s is answered with %d", bad, status)
			}
		}
		if out := k.want(t, 200, "GET", path+"?since=2030-01-01T00:00:00Z", ""); len(list(out, "items")) != 0 {
			t.Errorf("from the future %v", out)
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "GET", path, "")
		k.as(access.Technician, access.Self, anna.Raw())
		k.want(t, 404, "GET", path, "")
	})
}

// Where more has happened than is told at once, it is told since a later instant, so that
// what is told is the whole of what happened after it.
func TestChangesAreWhole(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		for n := byte(0); n < 4; n++ {
			k.at(t, time.Duration(n)*time.Hour)
			_, _ = k.book(t, k.visit(t, n+1, 30, near(1)), tech, tuesday(8+2*int(n)))
		}
		begin := dbtest.Now.Add(-time.Hour)
		for most, want := range map[int]time.Time{0: dbtest.Now.Add(3 * time.Hour), 1: dbtest.Now.Add(2 * time.Hour), 3: dbtest.Now, 4: begin, 5: begin} {
			since, err := k.Shorter(t.Context(), dbtest.Tenant, berlin, begin, most)
			if err != nil || !since.Equal(want) {
				t.Errorf("at most %d: since %v (%v), want %v", most, since, err, want)
			}
			if n := len(k.changes(t, since.Sub(dbtest.Now))); n != min(most, 4) {
				t.Errorf("since %v %d changes are told of at most %d", since, n, most)
			}
		}
	})
}
