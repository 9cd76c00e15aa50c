package app_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/login"
	"fettle.dev/fettle/platform/mail"
)

// stage is a world in which there is one of everything that a route may name.
// Things that commands would change are past the point at which they change, so
// that a request can be sent by everybody who may.
type stage struct {
	*apptest.World
	all *apptest.Client // every role, everywhere

	open, done, bare         string // cases: booked, visited and closed, waiting for a slot
	openWork, doneWork, free string // their work orders
	apt, gone                string // appointments: near, over
	slowdown                 string // of the spare node
	reservation              string // for the visit that is near
	near                     time.Time
	visit, review, photo     string
	proof                    string
	statement, owed, card    string // the brand's, the partner's; prices for the brand
	order                    string // confirmed
	person, faded, stranger  string // who asked; an erased one; one of whom nobody asks
	request                  string // about the person's data
	closedNode, spare        string // nodes of the partner, without work
	retired                  string // unit
	user, token              string
	mail                     string
	reference, link          string
}

// everyRole holds every role that fits the whole operator.
func everyRole(t *testing.T, w *apptest.World, more ...access.Grant) *apptest.Client {
	t.Helper()
	for _, r := range access.Roles {
		if r.Fits(access.Tenant) {
			more = append(more, access.Grant{Role: r, Scope: apptest.Everywhere})
		}
	}
	return w.With(t, more...)
}

func newStage(t *testing.T, w *apptest.World) *stage {
	t.Helper()
	s := &stage{World: w}
	s.all = everyRole(t, w,
		access.Grant{Role: access.Partner, Scope: apptest.At(access.OfPartner, w.Partner.Raw())},
		access.Grant{Role: access.Brand, Scope: apptest.At(access.OfBrand, w.Kuhlmann.Raw())},
		access.Grant{Role: access.Technician, Scope: apptest.At(access.Self, w.Bernd.Raw())})
	s.places(t)
	s.visited(t)
	s.booked(t)
	s.people(t)
	s.others(t)
	return s
}

func (s *stage) places(t *testing.T) {
	t.Helper()
	node := func(code string) string {
		n := s.all.Post(t, "/v1/nodes", members{
			"code": code, "name": code, "kind": "local_node", "ownership": "outsourced", "partner": s.Partner, "parent": s.HQ, "country": "DE", "zone": "Europe/Berlin",
		}).Text(t, "id")
		s.all.Post(t, "/v1/nodes/"+n+"/open", nil)
		return n
	}
	s.spare, s.closedNode = node("spare"), node("closed")
	s.all.Post(t, "/v1/nodes/"+s.closedNode+"/close", nil)
	s.retired = s.all.Post(t, "/v1/units", members{"serial": "KL-0002", "model": s.Model}).Text(t, "id")
	s.all.Post(t, "/v1/units/"+s.retired+"/retire", nil)
}

// visited plays the order of a brand through a visit to its end.
func (s *stage) visited(t *testing.T) {
	t.Helper()
	o := order("M-1", apptest.InMunich, func(in members) { in["work_type"] = "install" })
	s.order = s.all.Post(t, "/v1/orders", o).Text(t, "id")
	s.Settle(t)
	s.done = s.all.Get(t, "/v1/orders/"+s.order).Text(t, "case")
	s.doneWork = s.all.Get(t, "/v1/cases/"+s.done+"/work-orders").Text(t, "items.0.id")
	var start time.Time
	s.gone, start = s.book(t, s.doneWork)
	s.Clock.To(start)
	for _, step := range []string{"dispatch", "accept", "travel", "arrive"} {
		s.all.Post(t, "/v1/appointments/"+s.gone+"/"+step, members{})
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	s.photo = s.all.Do(t, "POST", "/v1/files?case="+s.done, picture.String(), "Content-Type", "image/jpeg").Want(t, 200, 201).Text(t, "id")
	s.Clock.To(start.Add(time.Hour))
	v := s.all.Post(t, "/v1/visits", members{
		"client_id": "stage-0001", "appointment": s.gone, "started_at": start, "finished_at": start.Add(time.Hour), "outcome": "done",
		"photos": []string{s.photo}, "acceptance": members{"kind": "refused"},
	})
	s.visit = v.Text(t, "id")
	s.Settle(t)
	s.review = s.all.Get(t, "/v1/reviews").Text(t, "items.0.id") // the checklist is not complete
	s.all.Post(t, "/v1/reviews/"+s.review+"/settle", members{"decision": "accepted"})
	s.all.Post(t, "/v1/orders/"+s.order+"/confirm", nil)
	closed := s.all.Post(t, "/v1/cases/"+s.done+"/close", nil)
	if closed.Text(t, "state") != "closed" {
		t.Fatalf("the case is %s", closed.Body)
	}
	seen := s.all.Get(t, "/v1/cases/"+s.done)
	s.reference, s.link, s.person = seen.Text(t, "reference"), seen.Text(t, "link"), seen.Text(t, "customer.person")
	s.proof = s.all.Get(t, "/v1/cases/"+s.done+"/proofs").Text(t, "items.0.leaf")
	for _, st := range s.all.Get(t, "/v1/statements").Items(t, "items") {
		st := st.(members)
		if st["party"] == "brand" {
			s.statement = st["id"].(string)
		} else {
			s.owed = st["id"].(string)
		}
	}
	s.Settle(t)
	s.payBack(t)
}

// payBack plays the end of the month: both statements are paid, but their first
// payments have been taken back.
func (s *stage) payBack(t *testing.T) {
	t.Helper()
	now := s.Clock.Now()
	s.Clock.To(now.AddDate(0, 1, 0))
	if err := s.Settlement.CloseDue(t.Context(), s.Tenant); err != nil {
		t.Fatal(err)
	}
	for _, st := range []string{s.statement, s.owed} {
		for _, step := range []string{"send", "agree", "invoice", "pay"} {
			s.all.Post(t, "/v1/statements/"+st+"/"+step, nil)
		}
		s.all.Post(t, "/v1/statements/"+st+"/payments/1/reverse", members{"reason": "other"})
		s.all.Post(t, "/v1/statements/"+st+"/pay", nil)
	}
	s.Settle(t)
	s.Clock.To(now)
}

// book takes the first slot that is offered for the work.
func (s *stage) book(t *testing.T, work string) (apt string, start time.Time) {
	t.Helper()
	offer := s.all.Post(t, "/v1/work-orders/"+work+"/offers", nil).Text(t, "offers.0.id")
	apt = s.all.Post(t, "/v1/appointments", members{"work_order": work, "offer": offer}).Text(t, "id")
	s.Settle(t)
	start, err := time.Parse(time.RFC3339, s.all.Get(t, "/v1/appointments/"+apt).Text(t, "service_start_at"))
	if err != nil {
		t.Fatal(err)
	}
	return apt, start
}

// booked has one case with a visit that is near and one that waits for a slot.
func (s *stage) booked(t *testing.T) {
	t.Helper()
	take := func() (string, string) {
		c := s.all.Post(t, "/v1/cases", apptest.Ask(apptest.InMunich, func(in members) { in["work_type"] = "install" })).Text(t, "id")
		s.Settle(t)
		return c, s.all.Get(t, "/v1/cases/"+c+"/work-orders").Text(t, "items.0.id")
	}
	s.open, s.openWork = take()
	s.bare, s.free = take()
	s.apt, s.near = s.book(t, s.openWork)
	s.all.Post(t, "/v1/appointments/"+s.apt+"/dispatch", members{})
	s.all.Post(t, "/v1/appointments/"+s.apt+"/accept", members{})
	s.withPart(t)
	s.Settle(t)
}

// withPart has a part held for the visit that is near.
func (s *stage) withPart(t *testing.T) {
	t.Helper()
	apt := must(id.Parse[id.AppointmentKind](s.apt))
	wish := dispatch.AppointmentRequested{
		Appointment: apt, WorkOrder: must(id.Parse[id.WorkOrderKind](s.openWork)), Case: must(id.Parse[id.CaseKind](s.open)), Node: s.Munich, Technician: s.Bernd,
		StartAt: s.near, EndAt: s.near.Add(time.Hour), Parts: []remedy.Need{{Part: s.Board, Quantity: 1}},
	}
	err := s.DB.InTx(t.Context(), s.Tenant, func(ctx context.Context, tx *db.Tx) error { return s.Bus.Publish(ctx, tx, wish) })
	if err != nil {
		t.Fatal(err)
	}
	s.reservation = id.Reservation(apt).String()
}

func (s *stage) people(t *testing.T) {
	t.Helper()
	other := func(name, phone string) string {
		c := s.all.Post(t, "/v1/cases", apptest.Ask(apptest.InMunich, apptest.From(name, phone)))
		return s.all.Get(t, "/v1/cases/"+c.Text(t, "id")).Text(t, "customer.person")
	}
	s.faded, s.stranger = other("Fiete Fort", "+49 30 5550109"), other("Stine Fremd", "+49 30 5550108")
	s.Settle(t)
	s.all.Post(t, "/v1/persons/"+s.faded+"/erase", nil)
	s.request = s.all.Post(t, "/v1/persons/"+s.person+"/requests", members{"kind": "access"}).Text(t, "id")
	s.Settle(t)
}

func (s *stage) others(t *testing.T) {
	t.Helper()
	ctx := s.System(t)
	s.card = s.all.Post(t, "/v1/rate-cards", members{"party": "brand", "brand": s.Kuhlmann, "valid_from": "2030-01-01T00:00:00Z", "card": settlement.Card{Currency: "EUR"}}).Text(t, "id")
	u, err := s.Login.CreateUser(ctx, s.Tenant, login.NewUser{Name: "Uwe Nutzer", Login: "uwe@example.org", Country: "DE", Settings: login.Settings{Language: locale.English}})
	if err != nil {
		t.Fatal(err)
	}
	tok, _, err := s.Login.CreateToken(ctx, s.Tenant, login.NewToken{Name: "old", Grants: []access.Grant{{Role: access.Auditor, Scope: apptest.Everywhere}}})
	if err != nil {
		t.Fatal(err)
	}
	s.user, s.token = u.String(), tok.String()
	key, err := s.Ring.Get(ctx, s.Tenant, must(id.Parse[id.PersonKind](s.person)))
	if err != nil {
		t.Fatal(err)
	}
	err = s.DB.InTx(ctx, s.Tenant, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.Mail.Queue(ctx, tx, key, mail.Letter{Kind: "part_awaited", Lang: "en", To: "erika@example.org", Data: map[string]string{
			"brand": "Kuhlmann", "case": s.reference, "link": "https://fettle.test/p/c/x", "name": "Erika",
		}})
		s.mail = m.String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// freshTerritory gives the spare node one more territory.
func (s *stage) freshTerritory(t *testing.T) string {
	t.Helper()
	return s.all.Post(t, "/v1/territories", members{"node": s.spare, "country": "DE", "prefixes": []string{"9"}}).Text(t, "id")
}

// freshSlowdown makes ways of the spare node take longer, once: to end what is over is no
// mistake.
func (s *stage) freshSlowdown(t *testing.T) string {
	t.Helper()
	if s.slowdown == "" {
		s.slowdown = s.all.Post(t, "/v1/board/"+s.spare+"/slowdowns", members{"until": s.near, "percent": 40, "reason": "jam"}).Text(t, "id")
	}
	return s.slowdown
}

// freshGrant gives the user one more role.
func (s *stage) freshGrant(t *testing.T) string {
	t.Helper()
	for _, g := range s.all.Get(t, "/v1/users/"+s.user+"/grants").Items(t, "items") {
		return g.(members)["id"].(string)
	}
	return s.all.Post(t, "/v1/users/"+s.user+"/grants", members{"role": "auditor", "scope": "tenant"}).Text(t, "id")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
