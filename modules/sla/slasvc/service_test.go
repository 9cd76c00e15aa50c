package slasvc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

const day = 24 * 60

// A case's life, as its clocks tell it. The case opens at 17:00 in Wuhan; an
// hour of that day is left.
func TestLife(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1))
		if want := when(60); !k.due.Equal(want) { // 18:00, the end of the day
			t.Errorf("due next at %s, want %s", k.due, want)
		}
		k.at(t, 20, desk.CaseResponded{Case: opened(1).Case, At: when(20)})
		if want := when(day); !k.due.Equal(want) { // seven hours of the next day: 17:00
			t.Errorf("due next at %s, want %s", k.due, want)
		}
		k.at(t, 30, moved(30, desk.New, desk.Waiting, desk.ForCustomer))
		if !k.due.IsZero() {
			t.Errorf("due at %s while the customer is asked", k.due)
		}
		k.at(t, day, moved(day, desk.Waiting, desk.Open, "")) // 17:00 the next day; seven and a half hours are left
		if want := when(2*day - 30); !k.due.Equal(want) {
			t.Errorf("due next at %s, want %s", k.due, want)
		}
		k.at(t, 2*day-60, moved(2*day-60, desk.Open, desk.Resolved, "")) // in the last hour, warned before
		k.at(t, 3*day, moved(3*day, desk.Resolved, desk.Open, ""))
		k.at(t, 6*day) // over the weekend
		k.at(t, 9*day, moved(9*day, desk.Open, desk.Resolved, ""))
		k.at(t, 9*day, moved(9*day, desk.Resolved, desk.Closed, ""))
		want := []string{
			"started respond resolve 23T09:00", "met respond 23T09:20", "paused resolve 23T09:30", "resumed resolve 24T09:00",
			"warned resolve 75 25T06:30", "met resolve 25T08:00", "started resolve 26T09:00", "breached resolve 26T09:30", "met resolve late 02T09:00",
		}
		if diff := cmp.Diff(want, k.heard); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		if !k.due.IsZero() {
			t.Errorf("due at %s after the end", k.due)
		}
		for _, c := range must(k.Clocks(t.Context(), dbtest.Tenant, opened(1).Case)) {
			if !c.State.Ended() {
				t.Errorf("%+v still runs", c)
			}
		}
	})
}

// Warnings and breaches carry the instants at which they were due, however late
// anybody looks, and are told once.
func TestTellOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1), opened(2))
		k.at(t, 29)
		if n := len(k.heard); n != 2 {
			t.Fatalf("heard too early: %v", k.heard)
		}
		k.at(t, 45)
		k.at(t, 3*day)
		for range 2 {
			if err := k.Tell(t.Context(), dbtest.Tenant); err != nil {
				t.Fatal(err)
			}
		}
		k.settle(t)
		counts := map[string]int{}
		for _, h := range k.heard {
			counts[h]++
		}
		want := map[string]int{
			"started respond resolve 23T09:00": 2, "warned respond 50 23T09:30": 2, "breached respond 23T10:00": 2,
			"warned resolve 75 24T07:00": 2, "breached resolve 24T09:00": 2,
		}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		if want := when(60); !k.due.Equal(want) {
			t.Errorf("what is overdue is due at %s, want %s", k.due, want)
		}
	})
}

// A visit that began in time withdraws the breach, when its record comes home.
func TestLateNews(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		e := opened(1)
		e.WorkType = desk.Install
		k.at(t, 0, e)
		k.heard = nil
		k.at(t, 4*day) // sixteen hours of work are over
		k.at(t, 5*day, field.VisitRecorded{Case: e.Case, StartedAt: when(day + 30), FinishedAt: when(day + 90)})
		if got := strings.Join(k.heard, ", "); !strings.Contains(got, "breached arrive 25T09:00") || !strings.HasSuffix(got, "met arrive 24T09:30") {
			t.Errorf("heard %s", got)
		}
		k.at(t, 5*day+1, field.VisitRecorded{Case: e.Case, StartedAt: when(2 * day)}) // a second visit
		k.at(t, 5*day+1, dispatch.AppointmentMoved{Case: e.Case, To: dispatch.OnSite, At: when(5*day + 1)})
		clocks := must(k.Clocks(t.Context(), dbtest.Tenant, e.Case))
		if c := clocks[0]; c.To != sla.ToBrand || c.State != sla.Met || !c.EndedAt.Equal(when(day+30)) || !c.BreachedAt.IsZero() {
			t.Errorf("%+v", c)
		}
	})
}

// Several processes may tell at once; each thing is told once.
func TestTellSideBySide(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		k, other := newKit(t, h), newKit(t, h)
		k.rules(t)
		for n := range byte(60) {
			k.at(t, 0, opened(n+1))
		}
		k.heard = nil
		k.clock.To(when(3 * day))
		var g errgroup.Group
		for _, m := range []*kit{k, other, k, other} {
			g.Go(func() error { return m.Tell(t.Context(), dbtest.Tenant) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		k.settle(t)
		if len(k.heard) != 60*4 {
			t.Errorf("heard %d things, want four of each case", len(k.heard))
		}
	}, schemas...)
}

func TestCancelledAndRepeated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1))
		k.at(t, 1, opened(1)) // the same again changes nothing
		k.at(t, 90, moved(90, desk.New, desk.Cancelled, ""))
		k.at(t, 95, moved(95, desk.New, desk.Cancelled, ""))
		want := []string{
			"started respond resolve 23T09:00", "warned respond 50 23T09:30", "breached respond 23T10:00", "cancelled resolve respond 23T10:30",
		}
		if diff := cmp.Diff(want, k.heard); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		if !k.due.IsZero() {
			t.Errorf("due at %s after the end", k.due)
		}
		k.at(t, 100, desk.CaseResponded{Case: id.Case{9}, At: when(100)}) // a case without clocks
	})
}

// A case that is given to another node counts on in that node's hours.
func TestAssigned(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1))
		k.at(t, 10, desk.CaseAssigned{Case: opened(1).Case, Brand: cool, Node: berlin, At: when(10)})
		clocks := must(k.Clocks(t.Context(), dbtest.Tenant, opened(1).Case))
		if got, want := clocks[0].DueAt, when(480); clocks[0].Kind != sla.Resolve || !got.Equal(want) { // round the clock
			t.Errorf("due at %s, want %s", got, want)
		}
		if got, want := k.heard[len(k.heard)-1], "resumed resolve 23T09:10"; got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
	})
}

// A holiday that is entered late moves what would have been due on it.
func TestRecount(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1))
		must(k.SetDays(system(t), "", "CN", []sla.SpecialDay{{On: calendar.DayOn(2026, time.November, 24), Name: "a holiday"}}))
		k.settle(t)
		if want := when(60); !k.due.Equal(want) {
			t.Errorf("due next at %s, want %s", k.due, want)
		}
		clocks := must(k.Clocks(t.Context(), dbtest.Tenant, opened(1).Case))
		if got, want := clocks[0].DueAt, when(2*day); !got.Equal(want) {
			t.Errorf("due at %s, want %s", got, want)
		}
		if got, want := k.heard[len(k.heard)-1], "resumed resolve 23T09:00"; got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
	})
}

// Clocks whose instants fall together share one job, and an import of the past
// is told at once.
func TestJobsAreFew(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		for n := range byte(20) {
			k.at(t, 0, opened(n+1))
		}
		pending := must(db.Get(t.Context(), k.db, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (n int, err error) {
			return n, tx.Row(ctx, `SELECT COUNT(*) FROM jobs_job WHERE tenant_id = ? AND kind = 'sla.tell'`, tx.Tenant()).Scan(&n)
		}))
		if pending != 1 {
			t.Errorf("%d jobs for twenty cases of one minute", pending)
		}
		past := opened(99)
		past.OpenedAt = dbtest.Now.Add(-30 * day * time.Minute)
		ancient := opened(98)
		ancient.OpenedAt = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) // no calendar knows it: no clock
		k.heard = nil
		k.at(t, 1, past, ancient)
		k.at(t, 2)
		if got := strings.Join(k.heard, ", "); strings.Count(got, "breached") != 2 || strings.Count(got, "started") != 1 {
			t.Errorf("heard %s", got)
		}
	})
}

func TestOtherTenants(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		k.at(t, 0, opened(1))
		k.clock.To(when(10 * day))
		if err := k.Tell(t.Context(), dbtest.Other); err != nil {
			t.Fatal(err)
		}
		if err := k.bus.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := must(k.Clocks(t.Context(), dbtest.Other, opened(1).Case)); len(got) != 0 || len(k.heard) != 1 {
			t.Errorf("another tenant has %v, heard %v", got, k.heard)
		}
		other := access.With(t.Context(), access.System(dbtest.Other))
		if _, err := k.View(other, opened(1).Case); !errors.Is(err, access.ErrHidden) {
			t.Errorf("another tenant's View = %v", err)
		}
		k.caller = access.System(dbtest.Other)
		if _, got := k.call(t, "GET", "/v1/sla/targets", "", ""); len(got["targets"].([]any)) != 0 {
			t.Errorf("another tenant's targets: %v", got)
		}
	})
}

func TestRulesOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		status, got := k.call(t, "GET", "/v1/sla/targets", "", "")
		targets := got["targets"].([]any)
		if status != 200 || len(targets) != 3 || got["version"] != 2.0 {
			t.Fatalf("%d %v", status, got)
		}
		known := targets[0].(map[string]any)["id"].(string)
		one := `{"targets":[{"id":%q,"to":"customer","kind":"respond","within_minutes":30,"warn_at":[50,80],"pause_for":["customer"]}]}`
		for _, tt := range []struct {
			name, method, path, ifMatch, body string
			status                            int
			code                              string
		}{
			{"stale", "PUT", "/v1/sla/targets", `"1"`, fmt.Sprintf(one, known), 412, "stale"},
			{"unknown id", "PUT", "/v1/sla/targets", "", fmt.Sprintf(one, id.New[id.SlaTargetKind]()), 422, "sla.invalid"},
			{"bad percent", "PUT", "/v1/sla/targets", "", `{"targets":[{"to":"customer","kind":"respond","within_minutes":30,"warn_at":[100]}]}`, 422, ""},
			{"no such kind", "PUT", "/v1/sla/targets", "", `{"targets":[{"to":"customer","kind":"dance","within_minutes":30}]}`, 422, ""},
			{"twice the same", "PUT", "/v1/sla/targets", "", `{"targets":[{"to":"customer","kind":"own","within_minutes":30},{"to":"customer","kind":"own","within_minutes":40}]}`, 409, "sla.ambiguous_target"},
			{"no week", "PUT", "/v1/sla/calendars", "", `{"calendars":[{"country":"DE","week":"Mo 25:00-26:00"}]}`, 422, ""},
			{"two weeks", "PUT", "/v1/sla/calendars", "", `{"calendars":[{"country":"DE","week":"24/7"},{"country":"DE","week":"24/7"}]}`, 422, "sla.invalid"},
			{"no day", "PUT", "/v1/sla/calendars/CN/days", "", `{"days":[{"on":"2026-02-30","name":"x"}]}`, 422, ""},
			{"no country", "PUT", "/v1/sla/calendars/cn/days", "", `{"days":[]}`, 422, ""},
			{"unknown member", "PUT", "/v1/sla/calendars/CN/days", "", `{"days":[],"colour":1}`, 422, ""},
		} {
			status, got := k.call(t, tt.method, tt.path, tt.ifMatch, tt.body)
			if status != tt.status || tt.code != "" && !strings.Contains(got["type"].(string), tt.code) {
				t.Errorf("%s: %d %v", tt.name, status, got)
			}
		}
		if status, got := k.call(t, "PUT", "/v1/sla/targets", `"2"`, fmt.Sprintf(one, known)); status != 200 || got["version"] != 3.0 {
			t.Errorf("a right change: %d %v", status, got)
		}
		days := `{"days":[{"on":"2026-10-10","name":"make-up","works_like":"fr"},{"on":"2026-10-01","name":"国庆节"}]}`
		if status, got := k.call(t, "PUT", "/v1/sla/calendars/CN/days", "", days); status != 200 {
			t.Errorf("days: %d %v", status, got)
		}
		if _, got := k.call(t, "GET", "/v1/sla/calendars/CN/days", "", ""); len(got["days"].([]any)) != 2 {
			t.Errorf("days: %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/sla/calendars", "", ""); got["calendars"].([]any)[0].(map[string]any)["week"] != "Mo-Fr 08:30-12:00,13:30-18:00" {
			t.Errorf("calendars: %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/sla/targets/explain?work_type=repair", "", ""); got["items"].([]any)[0].(map[string]any)["why"] != "chosen" {
			t.Errorf("explain: %v", got)
		}
	})
}

func TestClocksOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.rules(t)
		c := opened(1).Case
		k.at(t, 0, opened(1))
		k.at(t, 30, moved(30, desk.New, desk.Waiting, desk.ForCustomer))
		k.cases[c] = desk.Brief{ID: c, Brand: cool, Node: wuhan, Country: "CN", Requester: id.Person{5}}
		path := "/v1/cases/" + c.String() + "/clocks"
		k.clock.To(when(40))
		status, got := k.call(t, "GET", path, "", "")
		if status != 200 {
			t.Fatalf("%d %v", status, got)
		}
		resolve, respond := got["items"].([]any)[0].(map[string]any), got["items"].([]any)[1].(map[string]any)
		for key, want := range map[string]any{"state": "paused", "paused_for": "customer", "left_seconds": 27000.0, "due_if_resumed_at": "2026-11-24T09:10:00Z", "within_minutes": 480.0} {
			if resolve[key] != want {
				t.Errorf("%s = %v, want %v", key, resolve[key], want)
			}
		}
		if respond["left_seconds"] != 1200.0 || respond["warned_percent"] != 50.0 || respond["due_at"] != "2026-11-23T10:00:00Z" {
			t.Errorf("%v", respond)
		}
		for name, caller := range map[string]access.Caller{
			"an agent of another node": {Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: access.Agent, Scope: access.Scope{Kind: access.Node, ID: berlin.Raw()}}}},
			"another customer":         {Tenant: dbtest.Tenant, User: id.User{2}, Person: id.Person{6}, Grants: []access.Grant{{Role: access.Customer, Scope: access.Scope{Kind: access.Self, ID: id.Person{6}}}}},
		} {
			k.caller = caller
			if status, got := k.call(t, "GET", path, "", ""); status != 404 {
				t.Errorf("%s: %d %v", name, status, got)
			}
		}
		k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{3}, Grants: []access.Grant{{Role: access.Agent, Scope: access.Scope{Kind: access.Node, ID: wuhan.Raw()}}}}
		if status, got := k.call(t, "GET", path, "", ""); status != 200 {
			t.Errorf("an agent of the node: %d %v", status, got)
		}
		k.cases[c] = desk.Brief{ID: c, Brand: cool, Node: wuhan, Country: "CN", Requester: id.Person{5}, Technician: id.Technician{4}}
		for who, want := range map[id.Technician]int{{4}: 200, {5}: 404} {
			k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{4}, Grants: []access.Grant{{Role: access.Technician, Scope: access.Scope{Kind: access.Self, ID: who.Raw()}}}}
			if status, got := k.call(t, "GET", path, "", ""); status != want {
				t.Errorf("technician %s: %d %v", who, status, got)
			}
		}
		if status, _ := k.call(t, "PUT", "/v1/sla/targets", "", `{"targets":[]}`); status != 404 && status != 403 {
			t.Errorf("an agent changes the targets: %d", status)
		}
		if status, _ := k.call(t, "GET", "/v1/cases/"+opened(9).Case.String()+"/clocks", "", ""); status != 404 {
			t.Errorf("no such case: %d", status)
		}
	})
}

// What the module's own part of taking a case in costs: two clocks, one event,
// without the delivery of the event that caused it.
func BenchmarkOpened(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	k.rules(b)
	events, n := make([]desk.CaseOpened, 500), 0
	for b.Loop() {
		for i := range events {
			n++
			events[i] = opened(0)
			events[i].Case = id.Case{1: byte(n >> 16), 2: byte(n >> 8), 3: byte(n), 15: 1}
		}
		if err := k.Open(b.Context(), dbtest.Tenant, events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/case")
}
