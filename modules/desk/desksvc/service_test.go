package desksvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/desk/desksvc"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
)

var (
	nordwind     = id.Brand{15: 1}
	wuhan, shop  = id.Node{15: 1}, id.Node{15: 2}
	outlet       = id.Partner{15: 1}
	known, model = id.Unit{15: 1}, id.Model{15: 1}
	foreign      = id.Unit{15: 2}
)

// world is the modules that the desk asks, in memory.
type world struct{ content map[id.Order]orders.Content }

func (world) BrandByCode(_ context.Context, _ id.Tenant, code string) (network.Brand, error) {
	if code != "nordwind" {
		return network.Brand{}, network.ErrBrandNotFound
	}
	return network.Brand{ID: nordwind, Name: "Nordwind"}, nil
}

func (world) Brand(context.Context, id.Tenant, id.Brand) (network.Brand, error) {
	return network.Brand{ID: nordwind, Name: "Nordwind"}, nil
}

func (world) Node(_ context.Context, _ id.Tenant, n id.Node) (network.Node, error) {
	switch n {
	case wuhan:
		return network.Node{ID: wuhan, Zone: "Asia/Shanghai"}, nil
	case shop:
		return network.Node{ID: shop, Partner: outlet, Zone: "Asia/Shanghai"}, nil
	default:
		return network.Node{}, network.ErrNodeNotFound
	}
}

// Route: the shop serves 43…, nobody the rest.
func (world) Route(_ context.Context, _ id.Tenant, s network.Site) (network.Routing, error) {
	if strings.HasPrefix(s.Postal, "43") {
		return network.Routing{Node: shop}, nil
	}
	return network.Routing{}, nil
}

// Zone: the network knows China.
func (world) Zone(_ context.Context, _ id.Tenant, s network.Site) (string, error) {
	if s.Country == "CN" {
		return "Asia/Shanghai", nil
	}
	return "", nil
}

func (world) UnitBySerial(_ context.Context, _ id.Tenant, _ id.Brand, serial string) (catalog.Unit, error) {
	if serial != "SN1" {
		return catalog.Unit{}, catalog.ErrUnitNotFound
	}
	return catalog.Unit{ID: known, Brand: nordwind, Model: model, Serial: "SN1"}, nil
}

// Unit: beside the one that has a serial, one of another brand.
func (w world) Unit(ctx context.Context, tenant id.Tenant, u id.Unit) (catalog.Unit, error) {
	switch u {
	case known:
		return w.UnitBySerial(ctx, tenant, nordwind, "SN1")
	case foreign:
		return catalog.Unit{ID: foreign, Brand: id.Brand{15: 2}}, nil
	default:
		return catalog.Unit{}, catalog.ErrUnitNotFound
	}
}

func (world) ModelByCode(context.Context, id.Tenant, id.Brand, string) (catalog.Model, error) {
	return catalog.Model{}, catalog.ErrModelNotFound
}

func (w world) Content(_ context.Context, _ id.Tenant, o id.Order) (orders.Content, error) {
	if c, ok := w.content[o]; ok {
		return c, nil
	}
	return orders.Content{}, orders.ErrOrderNotFound
}

// Names: everybody who has an account or a token is called Ada.
func (world) Names(_ context.Context, _ id.Tenant, actors ...access.Actor) (map[access.Actor]string, error) {
	out := map[access.Actor]string{}
	for _, a := range actors {
		if !a.User.IsZero() || !a.Token.IsZero() {
			out[a] = "Ada"
		}
	}
	return out, nil
}

// kit is the desk as the application puts it together.
type kit struct {
	*desksvc.Module
	world
	d     *db.DB
	clock *clock.Set
	ring  *keys.Ring
	bus   *outbox.Bus
	jobs  *jobs.Runner
	mail  *mail.Box
	mu    sync.Mutex
	moves []string // heard of a case: what came of it

	api    *httpapi.API
	caller access.Caller // of HTTP requests
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

// page is a part of the queue.
type page struct {
	Items []struct {
		ID     id.Case   `json:"id"`
		DueAt  time.Time `json:"due_at"`
		Serial string    `json:"serial"`
	} `json:"items"`
	Next string `json:"next"`
}

// queue asks for the queue as somebody with a role.
func (k *kit) queue(t testing.TB, query string, role access.Role, kind access.ScopeKind, raw id.Raw) (out page) {
	t.Helper()
	k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}}}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/cases?"+query, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("the queue = %d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	schemas := []db.Schema{outbox.Schema(), command.Schema(), persons.Schema(), leaf.Schema(), keys.Schema(), jobs.Schema(), mail.Schema(), desksvc.Schema()}
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, dir := h.Open(t, db.Options{}), t.TempDir()
		ring, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "ledger")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ring.Close() })
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{d: d, clock: h.Clock, ring: ring, bus: outbox.New(d, outbox.Options{}), world: world{map[id.Order]orders.Content{}}}
		k.jobs, k.mail = jobs.New(d, jobs.Options{}), mail.New(d, ring, mail.Shelf{})
		k.mail.Work(k.jobs)
		k.Module = desksvc.New(desksvc.Deps{
			DB: d, Bus: k.bus, Jobs: k.jobs, Ring: ring, Guard: guard, Mail: k.mail, Network: k.world, Catalog: k.world, Orders: k.world, Accounts: k.world,
			Address: "https://fettle.test",
		})
		k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: slog.New(slog.DiscardHandler)})
		k.Routes(k.api)
		outbox.On(k.bus, "test.heard", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e desk.CaseMoved) error {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.moves = append(k.moves, string(e.From)+">"+string(e.To)+" "+string(e.For)+e.Reason)
			return nil
		})
		fn(t, k)
	}, schemas...)
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

func as(t testing.TB, role access.Role, kind access.ScopeKind, raw id.Raw) context.Context {
	return access.With(t.Context(), access.Caller{
		Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: raw}}},
	})
}

func intake(change ...func(*desk.Intake)) desk.Intake {
	in := desk.Intake{
		Brand: "nordwind", Serial: "SN1", Text: "it drips CANARY", Requester: desk.Requester{Name: "Li CANARY", Phone: "+8613800138000"},
		Site: desk.Site{Country: "CN", Postcode: "430000", City: "Wuhan", Street: "Road CANARY 1"},
	}
	for _, f := range change {
		f(&in)
	}
	return in
}

func (k *kit) take(t testing.TB, change ...func(*desk.Intake)) id.Case {
	t.Helper()
	o, err := k.Open(system(t), intake(change...))
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func (k *kit) publish(t testing.TB, events ...outbox.Event) {
	t.Helper()
	err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, events...) })
	if err == nil {
		err = k.bus.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (k *kit) is(t testing.TB, c id.Case) desk.Brief {
	t.Helper()
	b, err := k.Brief(t.Context(), dbtest.Tenant, c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A case knows at once whose it is, what it is about and who serves it; and
// nothing of its customer can be read in the database.
func TestOpen(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two := k.take(t), k.take(t)
		b := k.is(t, one)
		if b.Brand != nordwind || b.Unit != known || b.Model != model || b.Node != shop || b.Partner != outlet || b.Zone != "Asia/Shanghai" || b.State != desk.New {
			t.Errorf("opened %+v", b)
		}
		if b.Requester != k.is(t, two).Requester {
			t.Error("one phone number is two persons")
		}
		lost := k.is(t, k.take(t, func(in *desk.Intake) { in.Site.Postcode, in.Serial, in.Requester.Phone = "999", "SN9", "" }))
		if !lost.Node.IsZero() || !lost.Unit.IsZero() || lost.Requester == b.Requester || lost.Zone != "Asia/Shanghai" {
			t.Errorf("nobody's case is %+v", lost)
		}
		v, err := k.View(system(t), one)
		if err != nil || v.Customer.Name != "Li CANARY" || v.Customer.Site.Street != "Road CANARY 1" {
			t.Errorf("shown %+v, %v", v.Customer, err)
		}
		if _, err := k.Brief(t.Context(), dbtest.Other, one); !errors.Is(err, desk.ErrCaseNotFound) {
			t.Errorf("another tenant reads %v", err)
		}
		for name, in := range map[string]desk.Intake{
			"brand": intake(func(in *desk.Intake) { in.Brand = "polar" }),
			"model": intake(func(in *desk.Intake) { in.Serial, in.Model = "", "x" }),
			"phone": intake(func(in *desk.Intake) { in.Requester.Phone = "1" }),
			"email": intake(func(in *desk.Intake) { in.Requester.Email = "@" }),
			"later": intake(func(in *desk.Intake) { in.OpenedAt = dbtest.Now.Add(time.Second) }),
		} {
			if _, err := k.Open(system(t), in); !errors.Is(err, desk.ErrIntake) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(k.queue(t, "", access.Agent, access.Tenant, id.Raw{}).Items); n != 3 {
			t.Errorf("the queue holds %d", n)
		}
		if p := k.queue(t, "unrouted=true", access.Agent, access.Tenant, id.Raw{}); len(p.Items) != 1 || p.Items[0].ID != lost.ID {
			t.Errorf("nobody serves %+v", p.Items)
		}
		if abroad := k.is(t, k.take(t, func(in *desk.Intake) { in.Site.Country, in.Site.Postcode, in.Requester.Phone = "FR", "999", "" })); abroad.Zone != "UTC" {
			t.Errorf("where there is no node, it is %s", abroad.Zone)
		}
	})
}

// The state follows from what happens elsewhere, in order, and what does not fit
// any more changes nothing.
func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t)
		tech := id.Technician{7}
		done := work.OrderCompleted{Case: c, Outcome: work.Fixed, CompletedAt: dbtest.Now}
		k.publish(t,
			remedy.PlanAccepted{Case: c},
			parts.ReservationRefused{Case: c},
			work.OrderMoved{Case: c, From: work.Waiting, To: work.Ready},
			dispatch.AppointmentScheduled{Case: c, Technician: tech},
		)
		if b := k.is(t, c); b.State != desk.Open || b.Technician != tech {
			t.Errorf("scheduled, the case is %s with %s", b.State, b.Technician)
		}
		k.publish(t, dispatch.AppointmentEnded{Case: c, State: dispatch.Absent})
		if b := k.is(t, c); b.State != desk.Waiting || !b.Technician.IsZero() {
			t.Errorf("with nobody there, the case is %s with %s", b.State, b.Technician)
		}
		first := done
		first.More = 1
		k.publish(t, first)
		if b := k.is(t, c); b.State != desk.Waiting {
			t.Errorf("with one visit of two done, the case is %s", b.State)
		}
		k.publish(t, done, done)
		version := k.is(t, c).Version
		k.publish(t, parts.ReservationRefused{Case: c}, dispatch.AppointmentEnded{Case: c, State: dispatch.Cancelled}) // from the past
		if b := k.is(t, c); b.State != desk.Resolved || b.Version != version {
			t.Errorf("afterwards the case is %s, version %d of %d", b.State, b.Version, version)
		}
		want := []string{
			"new>open desk.plan_accepted", "open>waiting partdesk.part_missing", "waiting>open desk.work_ready",
			"open>waiting customerdesk.customer_absent", "waiting>resolved desk.work_fixed",
		}
		if !slices.Equal(k.moves, want) {
			t.Errorf("moved %q, want %q", k.moves, want)
		}
	})
}

// The case of an order is made once, under the order's id, and ends when the
// brand takes the order back.
func TestOrderBecomesCase(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		made, err := k.ring.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
		if err != nil {
			t.Fatal(err)
		}
		o := id.New[id.OrderKind]()
		k.content[o] = orders.Content{Order: o, Number: "A-1", Intake: intake(func(in *desk.Intake) { in.Channel = desk.ByOrder })}
		e := orders.OrderReceived{Order: o, Brand: nordwind, Requester: made[0].Person(), At: dbtest.Now}
		k.publish(t, e, e)
		b := k.is(t, id.Case(o))
		if b.Order != o || b.Requester != made[0].Person() || b.Version != 1 {
			t.Errorf("the case of the order is %+v", b)
		}
		k.publish(t, orders.OrderMoved{Order: o, From: orders.Accepted, To: orders.InWork})
		if got := k.is(t, id.Case(o)).State; got != desk.New {
			t.Errorf("the order moves, the case is %s", got)
		}
		k.publish(t, orders.OrderMoved{Order: o, From: orders.InWork, To: orders.Cancelled}, orders.OrderMoved{Order: id.Order{9}, To: orders.Cancelled})
		if got := k.is(t, id.Case(o)).State; got != desk.Cancelled {
			t.Errorf("taken back, the case is %s", got)
		}
		refused := id.New[id.OrderKind]()
		k.content[refused] = orders.Content{Order: refused, Number: "A-2", Intake: k.content[o].Intake}
		k.publish(t, orders.OrderReceived{Order: refused, Brand: nordwind, Requester: e.Requester, At: dbtest.Now},
			orders.OrderMoved{Order: refused, From: orders.Accepted, To: orders.Refused, Reason: "AREA"})
		if got := k.moves[len(k.moves)-1]; got != "new>cancelled desk.order_refused" {
			t.Errorf("refused, the case moved %s", got)
		}
	})
}

// The queue is sorted by what is due next, whatever order the clocks tell it in.
func TestQueueByDue(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		late, soon, never := k.take(t), k.take(t), k.take(t)
		due := func(c id.Case, in time.Duration) sla.ClocksStarted {
			return sla.ClocksStarted{Of: sla.Of{Case: c, NextDueAt: dbtest.Now.Add(in)}}
		}
		k.publish(t, due(late, 2*time.Hour), due(soon, time.Hour), due(never, time.Minute), sla.ClocksCancelled{Of: sla.Of{Case: never}})
		first := k.queue(t, "limit=2", access.Agent, access.Tenant, id.Raw{})
		if len(first.Items) != 2 || first.Items[0].ID != soon || first.Items[1].ID != late || first.Next == "" {
			t.Fatalf("the queue is %+v", first)
		}
		rest := k.queue(t, "limit=2&cursor="+first.Next, access.Agent, access.Tenant, id.Raw{})
		if len(rest.Items) != 1 || rest.Items[0].ID != never || !rest.Items[0].DueAt.IsZero() {
			t.Errorf("it goes on with %+v", rest)
		}
		if p := k.queue(t, "", access.Brand, access.OfBrand, id.Brand{15: 2}.Raw()); len(p.Items) != 0 {
			t.Errorf("another brand sees %+v", p)
		}
		if p := k.queue(t, "", access.Partner, access.OfPartner, outlet.Raw()); len(p.Items) != 3 {
			t.Errorf("the partner sees %+v", p)
		}
	})
}

// Two people who act on what they have seen cannot both win.
func TestStale(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t)
		if _, err := k.Assign(system(t), c, `"1"`, wuhan); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Assign(system(t), c, `"1"`, shop); !errors.Is(err, httpapi.ErrStale) {
			t.Errorf("a second change of version 1 = %v", err)
		}
		if b := k.is(t, c); b.Node != wuhan || !b.Partner.IsZero() {
			t.Errorf("the case is at %s of %s", b.Node, b.Partner)
		}
		if _, err := k.Assign(system(t), c, "", id.Node{99}); !errors.Is(err, desk.ErrIntake) {
			t.Errorf("to an unknown node = %v", err)
		}
		if _, err := k.Assign(as(t, access.Agent, access.Node, shop.Raw()), c, "", shop); !errors.Is(err, access.ErrHidden) {
			t.Errorf("by an agent of another node = %v", err)
		}
	})
}

// Counting is not lost when many urge at once.
func TestChaseAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := k.Chase(system(t), c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v, err := k.View(system(t), c)
		if err != nil || v.Chased != 8 || v.Priority != desk.High || v.Version != 9 {
			t.Errorf("chased %d, priority %d, version %d: %v", v.Chased, v.Priority, v.Version, err)
		}
	})
}

// Whoever was erased is shown as erased, and what they said is gone; the case
// stays and moves on.
func TestErased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t)
		who := k.is(t, c).Requester
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, who); err != nil {
			t.Fatal(err)
		}
		line, err := k.Timeline(system(t), c)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(must(json.Marshal(line))); strings.Contains(text, "CANARY") || !strings.Contains(text, `"erased":true`) {
			t.Errorf("the timeline says %s", text)
		}
		k.publish(t, remedy.PlanAccepted{Case: c}, work.OrderCompleted{Case: c, Outcome: work.WorkFinished})
		if got := k.is(t, c).State; got != desk.Resolved {
			t.Errorf("the case is %s", got)
		}
		if again := k.is(t, k.take(t)).Requester; again == who {
			t.Error("an erased person is recognised")
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
