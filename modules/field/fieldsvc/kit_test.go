package fieldsvc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/field/fieldsvc"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
)

var schemas = []db.Schema{outbox.Schema(), command.Schema(), persons.Schema(), files.Schema(), keys.Schema(), fieldsvc.Schema()}

var (
	cool  = id.Brand{1}
	wuhan = id.Node{1}
	them  = id.Partner{1}
	li    = id.Technician{1}
	wang  = id.Technician{2}
	fan   = id.Part{1}
	unitA = id.Unit{1}
	acs   = id.Line{1}
	caseA = id.Case{7, 15: 1}
	caseB = id.Case{7, 15: 2} // of somebody else
	workA = id.WorkOrder{6, 15: 1}
	workB = id.WorkOrder{6, 15: 2}
	visit = id.Appointment{5, 15: 1}
	chen  = id.Person{3, 15: 1}
	other = id.Person{3, 15: 2}
)

// world is what the module asks: one case with one visit planned, and another.
type world struct {
	appointment dispatch.Appointment
	order       work.Brief
}

// Party: nobody but the customer plays a part.
func (*world) Party(context.Context, id.Tenant, id.Case, vault.PartyRole) (id.Person, error) {
	return id.Person{}, nil
}

func (w *world) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	b := desk.Brief{ID: c, Brand: cool, Node: wuhan, Requester: chen, Country: "CN", Unit: unitA, Line: acs, WorkType: desk.Repair, Symptom: "NO-COOL"}
	switch {
	case tenant != dbtest.Tenant || c != caseA && c != caseB:
		return desk.Brief{}, desk.ErrCaseNotFound
	case c == caseB:
		b.Requester, b.Brand = other, id.Brand{2}
	}
	return b, nil
}

func (w *world) WorkOrder(_ context.Context, _ id.Tenant, wo id.WorkOrder) (work.Brief, error) {
	o := w.order
	switch wo {
	case workA:
		return o, nil
	case workB:
		o.ID, o.Case, o.Brand = workB, caseB, id.Brand{2}
		return o, nil
	}
	return work.Brief{}, work.ErrNotFound
}

func (w *world) Appointment(_ context.Context, _ id.Tenant, a id.Appointment) (dispatch.Appointment, error) {
	if a != w.appointment.ID {
		return dispatch.Appointment{}, dispatch.ErrNotFound
	}
	return w.appointment, nil
}

func (w *world) AppointmentsOf(_ context.Context, _ id.Tenant, c id.Case) ([]dispatch.Appointment, error) {
	if c != caseA {
		return nil, nil
	}
	return []dispatch.Appointment{w.appointment}, nil
}

func (w *world) Node(context.Context, id.Tenant, id.Node) (network.Node, error) {
	return network.Node{ID: wuhan, Partner: them}, nil
}

func (w *world) Line(context.Context, id.Tenant, id.Line) (catalog.Line, error) {
	return catalog.Line{ID: acs, Code: "AC-WALL"}, nil
}

func (w *world) Model(context.Context, id.Tenant, id.Model) (catalog.Model, error) {
	return catalog.Model{Code: "LF-G35"}, nil
}

func (w *world) Part(_ context.Context, _ id.Tenant, p id.Part) (catalog.Part, error) {
	if p != fan {
		return catalog.Part{}, catalog.ErrPartNotFound
	}
	return catalog.Part{ID: fan, Number: "FAN-1"}, nil
}

func (w *world) Unit(context.Context, id.Tenant, id.Unit) (catalog.Unit, error) {
	return catalog.Unit{ID: unitA, Serial: "SN1"}, nil
}

// kit is the module on a database, as the application puts it together.
type kit struct {
	*fieldsvc.Module
	*world
	db     *db.DB
	ring   *keys.Ring
	bus    *outbox.Bus
	api    *httpapi.API
	clock  *clock.Set
	caller access.Caller
	heard  []outbox.Event
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

func newKit(t testing.TB, h dbtest.Home) *kit {
	t.Helper()
	d, dir := h.Open(t, db.Options{}), t.TempDir()
	ring, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root.key"), Ledger: filepath.Join(dir, "erasures")})
	must(t, err)
	t.Cleanup(func() { must(t, ring.Close()) })
	guard, err := access.New(access.Options{})
	must(t, err)
	w := &world{
		appointment: dispatch.Appointment{
			ID: visit, WorkOrder: workA, Case: caseA, Brand: cool, Node: wuhan, Partner: them, Technician: li, State: dispatch.OnSite,
			Zone: "Asia/Shanghai", StartAt: dbtest.Now, EndAt: dbtest.Now.Add(2 * time.Hour), Minutes: 70,
		},
		order: work.Brief{ID: workA, Case: caseA, Kind: work.Visit, State: work.InProgress, Brand: cool, Node: wuhan, Minutes: 70, Parts: []remedy.Need{{Part: fan, Quantity: 1}}},
	}
	quiet := slog.New(slog.DiscardHandler)
	k := &kit{world: w, db: d, ring: ring, clock: h.Clock, caller: access.System(dbtest.Tenant), bus: outbox.New(d, outbox.Options{Log: quiet})}
	k.Module = fieldsvc.New(fieldsvc.Deps{
		DB: d, Bus: k.bus, Ring: ring, Guard: guard, Files: files.New(filepath.Join(dir, "files"), files.Options{}),
		Desk: w, Work: w, Dispatch: w, Network: w, Catalog: w,
	})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: quiet})
	k.Routes(k.api)
	hear[field.VisitRecorded](k)
	hear[field.ReviewSettled](k)
	k.people(t)
	h.Clock.To(dbtest.Now.Add(90 * time.Minute))
	return k
}

// people writes down the two customers.
func (k *kit) people(t testing.TB) {
	t.Helper()
	for _, p := range []persons.Person{
		{ID: chen, Country: "CN", Name: "陈静", Phone: "+8613900000001", Address: persons.Address{Street: "解放大道 1 号", City: "武汉"}},
		{ID: other, Country: "DE", Name: "Erika Mustermann"},
	} {
		made, err := k.ring.Create(t.Context(), dbtest.Tenant, p.ID)
		must(t, err)
		must(t, k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return persons.Put(ctx, tx, made[0], k.ring, p) }))
	}
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

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as makes every following request that of somebody with the role there.
func (k *kit) as(role access.Role, kind access.ScopeKind, scope id.Raw) {
	k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: scope}}}}
}

func (k *kit) asTechnician(who id.Technician) { k.as(access.Technician, access.Self, who.Raw()) }

// good is a record that fits what is planned.
func (k *kit) good(client string) field.Record {
	return field.Record{
		ClientID: client, Appointment: visit, StartedAt: dbtest.Now, FinishedAt: dbtest.Now.Add(time.Hour), Outcome: work.Fixed,
		Cause: "FAN-WORN", Resolution: "REPLACED", TravelMetres: 5200, Parts: []remedy.Need{{Part: fan, Quantity: 1}},
		Checklist: "ac.1", Answers: []field.Answer{{Item: "isolated", Is: field.OK}, {Item: "leak", Is: field.OK}, {Item: "drain", Is: field.OK}, {Item: "tested", Is: field.OK}},
		Readings:   []field.Reading{{Item: "supply", Milli: 229_000, Unit: "V"}, {Item: "outlet", Milli: 12_500, Unit: "degC"}},
		Acceptance: field.Accepted{Kind: field.ByCode, Code: k.AcceptanceCode(dbtest.Tenant, visit)}, Notes: "风扇电机已更换",
	}
}

type reply struct {
	status int
	body   map[string]any
}

func (r reply) str(name string) string { s, _ := r.body[name].(string); return s }

// codes are the strings of a list, or the codes of its things.
func (r reply) codes(name string) (out []string) {
	list, _ := r.body[name].([]any)
	for _, v := range list {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case map[string]any:
			code, _ := v["code"].(string)
			out = append(out, code)
		}
	}
	return out
}

// send sends a request; a body that is no reader is sent as JSON.
func (k *kit) send(t testing.TB, method, path string, body any, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	from, raw := body.(io.Reader)
	if !raw && body != nil {
		b, err := json.Marshal(body)
		must(t, err)
		from = bytes.NewReader(b)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, from)
	if !raw {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	return w
}

func (k *kit) call(t testing.TB, method, path string, body any, header ...string) reply {
	t.Helper()
	w := k.send(t, method, path, body, header...)
	out := reply{status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &out.body); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return out
}

func (k *kit) events(t testing.TB) []outbox.Event {
	t.Helper()
	k.heard = nil
	must(t, k.bus.Drain(t.Context()))
	return k.heard
}

// photo is a picture with a text behind its end, which must not survive.
func photo(t testing.TB) io.Reader {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 {
		img.Set(i, i%48, color.RGBA{R: 200, A: 255})
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return io.MultiReader(&b, strings.NewReader("GPS 30.59 114.30"))
}

func photoTo(t testing.TB, w io.Writer) (int64, error) {
	t.Helper()
	return io.Copy(w, photo(t))
}
