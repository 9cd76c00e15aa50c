package slasvc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/sla/slasvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

var schemas = []db.Schema{outbox.Schema(), jobs.Schema(), command.Schema(), slasvc.Schema()}

var (
	cool   = id.Brand{1}
	wuhan  = id.Node{1}
	berlin = id.Node{2}
)

// kit is the module on a database, as the application puts it together.
type kit struct {
	*slasvc.Module
	db     *db.DB
	bus    *outbox.Bus
	jobs   *jobs.Runner
	api    *httpapi.API
	clock  *clock.Set
	caller access.Caller
	cases  map[id.Case]desk.Brief
	heard  []string
	due    time.Time // as the last event said
}

// Brief stands in for the desk.
func (k *kit) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	if b, ok := k.cases[c]; ok && tenant == dbtest.Tenant {
		return b, nil
	}
	return desk.Brief{}, desk.ErrCaseNotFound
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func newKit(t testing.TB, h dbtest.Home) *kit {
	t.Helper()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := h.Open(t, db.Options{})
	quiet := slog.New(slog.DiscardHandler)
	k := &kit{db: d, clock: h.Clock, caller: access.System(dbtest.Tenant), cases: map[id.Case]desk.Brief{}}
	k.bus = outbox.New(d, outbox.Options{Log: quiet})
	k.jobs = jobs.New(d, jobs.Options{Log: quiet, Tenants: func(context.Context) ([]id.Tenant, error) { return []id.Tenant{dbtest.Tenant}, nil }})
	k.Module = slasvc.New(slasvc.Deps{DB: d, Bus: k.bus, Jobs: k.jobs, Guard: guard, Cases: k})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: quiet})
	k.Routes(k.api)
	hear[sla.ClocksStarted](k)
	hear[sla.ClocksPaused](k)
	hear[sla.ClocksResumed](k)
	hear[sla.ClockWarned](k)
	hear[sla.ClockBreached](k)
	hear[sla.ClockMet](k)
	hear[sla.ClocksCancelled](k)
	return k
}

// hear writes down what the events of a type say, in short.
func hear[E outbox.Event](k *kit) {
	outbox.On(k.bus, "test.hear", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e E) error {
		var all struct {
			Kind    sla.Kind
			Clocks  []struct{ Kind sla.Kind }
			Percent int
			Late    bool
			At      time.Time
			Due     time.Time `json:"next_due_at"`
		}
		b, err := json.Marshal(e)
		if err == nil {
			err = json.Unmarshal(b, &all)
		}
		what := strings.TrimSuffix(strings.TrimPrefix(e.EventName(), "sla.clock_"), ".v1")
		for _, c := range all.Clocks {
			what += " " + string(c.Kind)
		}
		if all.Kind != "" {
			what += " " + string(all.Kind)
		}
		if all.Percent > 0 {
			what += fmt.Sprintf(" %d", all.Percent)
		}
		if all.Late {
			what += " late"
		}
		k.heard = append(k.heard, what+" "+all.At.UTC().Format("02T15:04"))
		k.due = all.Due
		return err
	})
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { fn(t, newKit(t, h)) }, schemas...)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

// rules sets what most tests promise: in an hour an answer, in eight hours of
// work a solution, and a visit in sixteen.
func (k *kit) rules(t testing.TB) {
	t.Helper()
	pause := []sla.Reason{sla.WaitCustomer}
	must(k.SetTargets(system(t), "", []sla.Target{
		{To: sla.ToCustomer, Kind: sla.Respond, Promise: sla.Promise{WithinMinutes: 60, WarnAt: []int64{50}}},
		{To: sla.ToCustomer, Kind: sla.Resolve, Promise: sla.Promise{WithinMinutes: 480, WarnAt: []int64{75}, PauseFor: pause}},
		{To: sla.ToBrand, Kind: sla.Arrive, WorkType: desk.Install, Promise: sla.Promise{WithinMinutes: 960}},
	}))
	must(k.SetHours(system(t), "", []sla.Hours{
		{Country: "CN", Week: must(calendar.ParseWeek("Mo-Fr 08:30-12:00,13:30-18:00"))},
		{Node: berlin, Week: calendar.AllWeek()},
	}))
}

// opened is a case in Wuhan, opened when the clock of the tests stands at 17:00
// there, on a Monday.
func opened(n byte) desk.CaseOpened {
	return desk.CaseOpened{
		Case: id.Case{0: 7, 15: n}, Brand: cool, Node: wuhan, Country: "CN", Zone: "Asia/Shanghai", WorkType: desk.Repair,
		Priority: desk.Normal, OpenedAt: dbtest.Now,
	}
}

// at puts the clock to minutes after the opening, lets the events happen, and
// does all that is due.
func (k *kit) at(t testing.TB, minutes int, events ...outbox.Event) {
	t.Helper()
	k.clock.To(dbtest.Now.Add(time.Duration(minutes) * time.Minute))
	if err := k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if len(events) == 0 {
			return nil
		}
		return k.bus.Publish(ctx, tx, events...)
	}); err != nil {
		t.Fatal(err)
	}
	k.settle(t)
}

func (k *kit) settle(t testing.TB) {
	t.Helper()
	for range 3 { // events make jobs, jobs make events
		if err := k.bus.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := k.jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// when is minutes after the opening.
func when(minutes int) time.Time { return dbtest.Now.Add(time.Duration(minutes) * time.Minute) }

// moved is a move of the first case.
func moved(minutes int, from, to desk.State, wait desk.WaitFor) desk.CaseMoved {
	return desk.CaseMoved{Case: opened(1).Case, Brand: cool, Node: wuhan, From: from, To: to, For: wait, At: when(minutes)}
}

// call sends a request and decodes the reply.
func (k *kit) call(t testing.TB, method, path, ifMatch, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}
