package partssvc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/parts/partssvc"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

var schemas = []db.Schema{outbox.Schema(), jobs.Schema(), command.Schema(), partssvc.Schema()}

var (
	hq    = id.Node{9}
	east  = id.Node{2}
	wuhan = id.Node{1}
	shop  = id.Node{3} // a partner's
	them  = id.Partner{3}
	li    = id.Technician{1}
	fan   = id.Part{1}
	board = id.Part{2}
	cool  = id.Brand{1}
)

var tree = network.NewTree([]network.Node{
	{ID: hq, Kind: network.Headquarters, Zone: "Asia/Shanghai"},
	{ID: east, Parent: hq, Kind: network.RegionalCentre, Zone: "Asia/Shanghai"},
	{ID: wuhan, Parent: east, Kind: network.LocalNode, Zone: "Asia/Shanghai"},
	{ID: shop, Parent: east, Kind: network.LocalNode, Zone: "Asia/Shanghai", Partner: them},
})

// kit is the module on a database, as the application puts it together.
type kit struct {
	*partssvc.Module
	db     *db.DB
	bus    *outbox.Bus
	jobs   *jobs.Runner
	api    *httpapi.API
	clock  *clock.Set
	caller access.Caller
	heard  []outbox.Event
}

func (k *kit) Tree(context.Context, id.Tenant) (*network.Tree, error) { return tree, nil }

func (k *kit) Part(_ context.Context, _ id.Tenant, p id.Part) (catalog.Part, error) {
	if p != fan && p != board {
		return catalog.Part{}, catalog.ErrPartNotFound
	}
	return catalog.Part{ID: p}, nil
}

func (k *kit) Brief(_ context.Context, _ id.Tenant, c id.Case) (desk.Brief, error) {
	if c[0] != 7 {
		return desk.Brief{}, desk.ErrCaseNotFound
	}
	return desk.Brief{ID: c, Brand: cool, Node: wuhan}, nil
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
	k := &kit{db: d, clock: h.Clock, caller: access.System(dbtest.Tenant)}
	k.bus = outbox.New(d, outbox.Options{Log: quiet})
	k.jobs = jobs.New(d, jobs.Options{Log: quiet, Tenants: func(context.Context) ([]id.Tenant, error) { return []id.Tenant{dbtest.Tenant}, nil }})
	k.Module = partssvc.New(partssvc.Deps{DB: d, Bus: k.bus, Jobs: k.jobs, Guard: guard, Network: k, Catalog: k, Desk: k})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: quiet})
	k.Routes(k.api)
	hear[parts.Reserved](k)
	hear[parts.ReservationRefused](k)
	hear[parts.Consumed](k)
	hear[parts.Arrived](k)
	return k
}

func hear[E outbox.Event](k *kit) {
	outbox.On(k.bus, "test.hear", func(_ context.Context, tx *db.Tx, _ outbox.Meta, e E) error {
		tx.AfterCommit(func() { k.heard = append(k.heard, e) })
		return nil
	})
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { fn(t, newKit(t, h)) }, schemas...)
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

func shelf(n id.Node, p id.Part) parts.Position {
	return parts.Position{Place: parts.Place{Node: n}, Part: p, Condition: parts.Good, Owner: parts.ByOperator}
}

func van(p id.Part) parts.Position {
	pos := shelf(wuhan, p)
	pos.Technician = li
	return pos
}

// have puts stock in place.
func (k *kit) have(t testing.TB, quantity int64, list ...parts.Position) {
	t.Helper()
	for _, p := range list {
		if err := k.Stock(system(t), "TEST-1", []parts.Posting{{Slot: parts.Slot{Position: p}, Quantity: quantity}}); err != nil {
			t.Fatal(err)
		}
	}
}

// happen publishes events, each in a step of its own, lets them be heard, and
// returns what the module said to them.
func (k *kit) happen(t testing.TB, events ...outbox.Event) []outbox.Event {
	t.Helper()
	k.heard = nil
	for _, e := range events {
		k.publish(t, e)
	}
	if err := k.bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k.heard
}

// request is the nth case's wish for an appointment on the next day but one.
func request(n byte, needs ...remedy.Need) dispatch.AppointmentRequested {
	start := dbtest.Now.Add(49 * time.Hour)
	return dispatch.AppointmentRequested{
		Appointment: id.Appointment{5, 15: n}, WorkOrder: id.WorkOrder{6, 15: n}, Case: id.Case{7, 15: n}, Node: wuhan, Technician: li,
		StartAt: start, EndAt: start.Add(time.Hour), Parts: needs,
	}
}

func need(p id.Part, n int64) remedy.Need { return remedy.Need{Part: p, Quantity: n} }

// books returns what is stored, and checks that the journal says the same.
func (k *kit) books(t testing.TB) parts.Book {
	t.Helper()
	stored, postings := parts.Book{}, []parts.Posting(nil)
	err := k.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Rows(ctx, `SELECT part_id, node_id, technician_id, condition, owner, on_hand, reserved FROM parts_stock WHERE tenant_id = ?`, tx.Tenant())
		_, err = db.Collect(rows, err, func(scan func(...any) error) (p parts.Position, err error) {
			var l parts.Level
			err = scan(&p.Part, &p.Node, &p.Technician, &p.Condition, &p.Owner, &l.OnHand, &l.Reserved)
			stored[p] = l
			return p, err
		})
		if err != nil {
			return err
		}
		rows, err = tx.Rows(ctx, `SELECT account, part_id, node_id, technician_id, condition, owner, quantity FROM parts_movement WHERE tenant_id = ?`, tx.Tenant())
		postings, err = db.Collect(rows, err, func(scan func(...any) error) (p parts.Posting, err error) {
			return p, scan(&p.Account, &p.Position.Part, &p.Position.Node, &p.Position.Technician, &p.Position.Condition, &p.Position.Owner, &p.Quantity)
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	replayed, sum := parts.Replay(postings), int64(0)
	for _, p := range postings {
		sum += p.Quantity
	}
	for p, l := range stored {
		if replayed[p] != l {
			t.Errorf("%+v has %+v, its movements say %+v", p, l, replayed[p])
		}
	}
	if sum != 0 {
		t.Errorf("the journal is off by %d", sum)
	}
	return stored
}

// call sends a request and decodes the reply.
func (k *kit) call(t testing.TB, method, path, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}

// as makes every following request that of somebody with the role there.
func (k *kit) as(role access.Role, scope access.Scope) {
	k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: scope}}}
}

func (k *kit) publish(t testing.TB, e outbox.Event) {
	t.Helper()
	if err := k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, e) }); err != nil {
		t.Error(err)
	}
}
