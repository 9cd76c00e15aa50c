package dispatchsvc_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/hints"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
)

var schemas = []db.Schema{
	outbox.Schema(), jobs.Schema(), command.Schema(), persons.Schema(), keys.Schema(), dispatchsvc.Schema(),
}

var (
	cool    = id.Brand{1}
	berlin  = id.Node{2}
	potsdam = id.Node{3}
	dresden = id.Node{4} // of another partner
	vienna  = id.Node{5} // in another country
	spandau = id.Node{6} // closed
	partner = id.Partner{4}
	anna    = id.Person{5} // whose unit is broken
	centre  = geo.At(52.52, 13.40)
)

// kit is the module on a database, as the application puts it together, with
// the desk, the network and the parts store played by the test.
type kit struct {
	*dispatchsvc.Module
	db     *db.DB
	bus    *outbox.Bus
	jobs   *jobs.Runner
	api    *httpapi.API
	clock  *clock.Set
	caller access.Caller
	points map[id.Case]geo.Point
	nodes  map[id.Case]id.Node // of the cases that are not Berlin's
	parts  string              // what the store answers: "" holds, "refuse", "silent"
	heard  []string

	network  map[id.Node]network.Node // nodes that a test has changed
	priority desk.Priority            // of every case, normal if 0
	holidays []sla.SpecialDay
	last     string // the appointment that bookedFor made
}

func (k *kit) Brief(_ context.Context, _ id.Tenant, c id.Case) (desk.Brief, error) {
	p, ok := k.points[c]
	if !ok {
		return desk.Brief{}, desk.ErrCaseNotFound
	}
	return desk.Brief{ID: c, Brand: cool, Node: cmp.Or(k.nodes[c], berlin), Requester: anna, Country: "DE", Zone: "Europe/Berlin", Coarse: p, Priority: cmp.Or(k.priority, desk.Normal), WorkType: desk.Repair}, nil
}

// References: every case that is somewhere is called something.
func (k *kit) References(_ context.Context, _ id.Tenant, cases []id.Case) (map[id.Case]string, error) {
	out := map[id.Case]string{}
	for _, c := range cases {
		if _, ok := k.points[c]; ok {
			out[c] = called(c)
		}
	}
	return out, nil
}

// called is a case's reference.
func called(c id.Case) string { return "REF-" + c.String()[len(c.String())-4:] }

func (k *kit) Node(_ context.Context, _ id.Tenant, n id.Node) (network.Node, error) {
	if changed, ok := k.network[n]; ok {
		return changed, nil
	}
	out := network.Node{ID: n, Partner: partner, Zone: "Europe/Berlin", Country: "DE", Point: centre, State: network.Open, Version: 1}
	switch n {
	case berlin, potsdam:
	case dresden:
		out.Partner = id.Partner{9}
	case vienna:
		out.Country = "AT"
	case spandau:
		out.State = network.Closed
	default:
		return network.Node{}, network.ErrNodeNotFound
	}
	return out, nil
}

// SpecialDays are the holidays of the land in which the tests take place.
func (k *kit) SpecialDays(context.Context, id.Tenant, locale.Country) ([]sla.SpecialDay, error) {
	return k.holidays, nil
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func newKit(t testing.TB, h dbtest.Home, change ...func(*kit, *dispatchsvc.Deps)) *kit {
	t.Helper()
	return kitOn(t, h.Open(t, db.Options{}), h.Clock, change...)
}

// kitOn is newKit on a database that is open.
func kitOn(t testing.TB, d *db.DB, domain *clock.Set, change ...func(*kit, *dispatchsvc.Deps)) *kit {
	t.Helper()
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ring, err := keys.Open(t.Context(), d, keys.Options{Root: make([]byte, 32), Ledger: filepath.Join(dir, "erasures")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	quiet := slog.New(slog.DiscardHandler)
	k := &kit{db: d, clock: domain, caller: access.System(dbtest.Tenant), points: map[id.Case]geo.Point{}, nodes: map[id.Case]id.Node{}, network: map[id.Node]network.Node{}}
	k.bus = outbox.New(d, outbox.Options{Log: quiet})
	k.jobs = jobs.New(d, jobs.Options{Log: quiet, Tenants: func(context.Context) ([]id.Tenant, error) { return []id.Tenant{dbtest.Tenant}, nil }})
	hub := hints.New(d)
	t.Cleanup(hub.Close)
	deps := dispatchsvc.Deps{DB: d, Bus: k.bus, Jobs: k.jobs, Ring: ring, Guard: guard, Hints: hub, Desk: k, Network: k, Days: k}
	for _, fn := range change {
		fn(k, &deps)
	}
	k.Module = dispatchsvc.New(deps)
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: quiet})
	k.Routes(k.api)
	outbox.On(k.bus, "test.parts", k.store)
	hear[dispatch.AppointmentRequested](k)
	hear[dispatch.AppointmentScheduled](k)
	hear[dispatch.AppointmentMoved](k)
	hear[dispatch.AppointmentEnded](k)
	return k
}

// store answers a request for parts as the parts module would.
func (k *kit) store(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentRequested) error {
	switch k.parts {
	case "refuse":
		return k.bus.Publish(ctx, tx, parts.ReservationRefused{Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Missing: e.Parts})
	case "silent":
		return nil
	}
	return k.bus.Publish(ctx, tx, parts.Reserved{Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Parts: e.Parts})
}

// hear writes down what the events of a type say, in short.
func hear[E outbox.Event](k *kit) {
	outbox.On(k.bus, "test.hear", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e E) error {
		var all struct {
			To, State dispatch.State
			Reason    string
			StartAt   time.Time `json:"start_at"`
		}
		b, err := json.Marshal(e)
		if err == nil {
			err = json.Unmarshal(b, &all)
		}
		what := strings.TrimSuffix(strings.TrimPrefix(e.EventName(), "dispatch.appointment_"), ".v1")
		for _, s := range []string{string(all.To), string(all.State), strings.TrimPrefix(all.Reason, "dispatch.")} {
			if s != "" {
				what += " " + s
			}
		}
		k.heard = append(k.heard, what)
		return err
	})
}

func each(t *testing.T, fn func(t *testing.T, k *kit), change ...func(*kit, *dispatchsvc.Deps)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { fn(t, newKit(t, h, change...)) }, schemas...)
}

// as makes every following request that of somebody with the role in the scope.
func (k *kit) as(role access.Role, kind access.ScopeKind, of id.Raw) {
	k.caller = access.Caller{
		Tenant: dbtest.Tenant, User: id.User{7}, Person: anna,
		Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: of}}},
	}
}

// publish lets events happen and everything that follows from them.
func (k *kit) publish(t testing.TB, events ...outbox.Event) {
	t.Helper()
	if err := k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, events...) }); err != nil {
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

// at puts the clock to a time after the beginning, and does what is due.
func (k *kit) at(t testing.TB, after time.Duration) {
	t.Helper()
	k.clock.To(dbtest.Now.Add(after))
	k.settle(t)
}

// visit is a work order of its own case, ready to be planned.
func (k *kit) visit(t testing.TB, n byte, minutes int64, at geo.Point, skills ...remedy.SkillNeed) id.WorkOrder {
	t.Helper()
	c, wo := id.Case{0: 8, 15: n}, id.WorkOrder{0: 9, 15: n}
	k.points[c] = at
	k.publish(t, work.OrderReady{
		WorkOrder: wo, Case: c, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: minutes, Skills: skills,
		Parts: []remedy.Need{{Part: id.Part{1}, Quantity: 1}},
	})
	return wo
}

// visitAt is a visit of another node.
func (k *kit) visitAt(t testing.TB, node id.Node, n byte, minutes int64, at geo.Point, skills ...remedy.SkillNeed) id.WorkOrder {
	t.Helper()
	k.nodes[id.Case{0: 8, 15: n}] = node
	return k.visit(t, n, minutes, at, skills...)
}

// near is a place some kilometres east of the centre.
func near(km float64) geo.Point { return geo.At(52.52, 13.40+km/67.7) }

// hire adds a technician who works on weekdays from 08:00 to 17:00 in Berlin.
func (k *kit) hire(t testing.TB, more string) id.Technician {
	t.Helper()
	return k.hireAt(t, berlin, more)
}

// hireAt is hire at another node.
func (k *kit) hireAt(t testing.TB, node id.Node, more string) id.Technician {
	t.Helper()
	if more != "" {
		more = "," + more
	}
	out := k.want(t, http.StatusCreated, "POST", "/v1/technicians", fmt.Sprintf(`{"node":%q,"name":"Jo Vogel","employment":"core",
		"hour":{"minor":6000,"currency":"EUR"},"kilometre":{"minor":50,"currency":"EUR"},"max_minutes":480,
		"week":"Mo-Fr 08:00-12:00,12:30-17:00"%s}`, node, more))
	tech, err := id.Parse[id.TechnicianKind](out["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return tech
}

// lend says where a technician may be sent, with what each visit there costs in cents.
func (k *kit) lend(t testing.TB, tech id.Technician, minor int64, more string, nodes ...id.Node) {
	t.Helper()
	k.want(t, http.StatusOK, "PUT", "/v1/technicians/"+tech.String()+"/lends", lends(minor, more, nodes...))
}

// lends is the body that says so.
func lends(minor int64, more string, nodes ...id.Node) string {
	list := []string{}
	for _, n := range nodes {
		list = append(list, fmt.Sprintf(`{"node":%q,"price":{"minor":%d,"currency":"EUR"}%s}`, n, minor, more))
	}
	return `{"lends":[` + strings.Join(list, ",") + `]}`
}

// call sends a request and decodes the reply.
func (k *kit) call(t testing.TB, method, path, body string, header ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}

// want is call that must answer the status.
func (k *kit) want(t testing.TB, status int, method, path, body string, header ...string) map[string]any {
	t.Helper()
	got, out := k.call(t, method, path, body, header...)
	if got != status {
		t.Fatalf("%s %s = %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

// book takes a window for a work order by hand, and returns the reply.
func (k *kit) book(t testing.TB, wo id.WorkOrder, tech id.Technician, start time.Time) (int, map[string]any) {
	t.Helper()
	status, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, tech, start.Format(time.RFC3339)))
	k.settle(t)
	return status, out
}

// tuesday is an hour of the day after the clock of the tests, in Berlin.
func tuesday(hour int) time.Time { return time.Date(2026, 11, 24, hour-1, 0, 0, 0, time.UTC) }

// state is where an appointment stands.
func (k *kit) state(t testing.TB, a string) string {
	t.Helper()
	return k.want(t, http.StatusOK, "GET", "/v1/appointments/"+a, "")["state"].(string)
}

// confirm has the parts of a pending appointment held, as their module would say.
func (k *kit) confirm(t testing.TB, apt string) {
	a, err := id.Parse[id.AppointmentKind](apt)
	if err != nil {
		t.Error(err)
		return
	}
	found, err := k.Appointment(t.Context(), dbtest.Tenant, a)
	if err != nil {
		t.Error(err)
		return
	}
	err = k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return k.bus.Publish(ctx, tx, parts.Reserved{Appointment: a, WorkOrder: found.WorkOrder, Case: found.Case})
	})
	if err == nil {
		err = k.bus.Drain(t.Context())
	}
	if err != nil {
		t.Error(err)
	}
}
