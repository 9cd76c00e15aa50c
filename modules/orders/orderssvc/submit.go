package orderssvc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

const sealContent = "orders_order.content"

// taken is what the sender of an order hears.
type taken struct {
	ID       id.Order     `json:"id"`
	State    orders.State `json:"state"`
	Repeated bool         `json:"repeated,omitempty" doc:"the order was here already; nothing has changed"`
	Version  int64        `json:"version"`
}

// Submit takes an order in, or says that it is here already.
func (m *Module) Submit(ctx context.Context, s orders.Submission) (taken, error) {
	c, _ := access.From(ctx)
	s, brand, err := m.check(ctx, c.Tenant, s)
	if err != nil {
		return taken{}, err
	}
	if err := m.guard.Can(ctx, "order.create", access.Resource{Kind: "order", Brand: brand, Country: string(s.Site.Country)}); err != nil {
		return taken{}, err
	}
	content, err := json.Marshal(s)
	if err != nil {
		return taken{}, err
	}
	print := m.ring.Blind(c.Tenant, "order", string(content))
	switch was, err := m.find(ctx, c.Tenant, brand, s.Number); {
	case err == nil:
		return repeated(was, print)
	case !errors.Is(err, orders.ErrOrderNotFound):
		return taken{}, err
	}
	who, err := m.meet(ctx, c.Tenant, s)
	if err != nil {
		return taken{}, err
	}
	r := row{
		ID: id.New[id.OrderKind](), Brand: brand, Number: s.Number, Fingerprint: print, Requester: who.requester.Key.Person(),
		WorkType: s.WorkType, Country: s.Site.Country, State: orders.Received, Version: 1,
	}
	if r.Content, err = who.seal(s); err != nil {
		return taken{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (taken, error) { return m.write(ctx, tx, r, who) })
}

// write stores the order. When another sender was quicker with the same number,
// the outcome is the same as if it had come first.
func (m *Module) write(ctx context.Context, tx *db.Tx, r row, who people) (taken, error) {
	r.ReceivedAt, r.ChangedAt = tx.Now(), tx.Now()
	fresh, err := insert(ctx, tx, r)
	if err != nil {
		return taken{}, err
	}
	if !fresh {
		was, err := byNumber(ctx, tx, r.Brand, r.Number)
		if err != nil {
			return taken{}, err
		}
		return repeated(was, r.Fingerprint)
	}
	for _, one := range append(who.others, who.requester) {
		if err := one.Write(ctx, tx, m.ring); err != nil {
			return taken{}, err
		}
	}
	e := orders.OrderReceived{Order: r.ID, Brand: r.Brand, Requester: r.Requester, WorkType: r.WorkType, At: tx.Now()}
	return taken{ID: r.ID, State: r.State, Version: r.Version}, m.bus.Publish(ctx, tx, e)
}

func repeated(was row, print []byte) (taken, error) {
	if !bytes.Equal(was.Fingerprint, print) {
		return taken{}, orders.ErrNumberTaken.With("state", was.State)
	}
	return taken{ID: was.ID, State: was.State, Repeated: true, Version: was.Version}, nil
}

func (m *Module) find(ctx context.Context, tenant id.Tenant, b id.Brand, number string) (row, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (row, error) { return byNumber(ctx, tx, b, number) })
}

// check puts the order in form and looks up what it names, so that a case can
// be made of whatever is accepted.
func (m *Module) check(ctx context.Context, tenant id.Tenant, s orders.Submission) (orders.Submission, id.Brand, error) {
	// When it was sent is no part of what it says: a repetition comes later.
	given := s.OpenedAt
	s, err := s.Check(m.db.Now()())
	if err != nil {
		return s, id.Brand{}, err
	}
	s.OpenedAt = given
	bad := orders.ErrOrder
	brand, err := m.network.BrandByCode(ctx, tenant, s.Brand)
	if errors.Is(err, network.ErrBrandNotFound) {
		return s, id.Brand{}, bad.At("/brand", "unknown")
	} else if err != nil {
		return s, id.Brand{}, err
	}
	if s.Model != "" {
		_, err := m.catalog.ModelByCode(ctx, tenant, brand.ID, s.Model)
		if errors.Is(err, catalog.ErrModelNotFound) {
			bad = bad.At("/model", "unknown")
		} else if err != nil {
			return s, brand.ID, err
		}
	}
	var errPhone, errEmail error
	if s.Requester.Phone, errPhone = vault.Phone(s.Site.Country, s.Requester.Phone); errPhone != nil {
		bad = bad.At("/requester/phone", "shape")
	}
	if s.Requester.Email, errEmail = vault.Email(s.Requester.Email); errEmail != nil {
		bad = bad.At("/requester/email", "shape")
	}
	if len(bad.Fields) > 0 {
		return s, brand.ID, bad
	}
	return s, brand.ID, nil
}

// people are those whom an order names.
type people struct {
	requester persons.Met
	named     []desk.NamedParty // besides
	others    []persons.Met     // of named, who are new
}

// meet finds whom the order is for and who plays a part in it, or makes persons
// that write will store.
func (m *Module) meet(ctx context.Context, tenant id.Tenant, s orders.Submission) (who people, err error) {
	p := persons.Person{
		Country: s.Site.Country, Language: s.Language, Name: s.Requester.Name, Phone: s.Requester.Phone, Email: s.Requester.Email,
		Address: persons.Address{Street: s.Site.Street, Postcode: s.Site.Postcode, City: s.Site.City},
	}
	if who.requester, err = persons.Meet(ctx, m.db, m.ring, tenant, p); err != nil {
		return who, err
	}
	for _, party := range s.Parties {
		one, err := persons.Meet(ctx, m.db, m.ring, tenant, persons.Person{Country: s.Site.Country, Language: s.Language, Name: party.Name, Phone: party.Phone, Email: party.Email})
		if err != nil {
			return who, err
		}
		who.named = append(who.named, desk.NamedParty{Role: party.Role, Person: one.Key.Person()})
		who.others = append(who.others, one)
	}
	return who, nil
}

// kept is an order as it is sealed: its requester's key opens nothing of others.
type kept struct {
	orders.Submission
	Named []desk.NamedParty `json:"named,omitempty"`
}

func (who people) seal(s orders.Submission) ([]byte, error) {
	s.Parties = nil
	content, err := json.Marshal(kept{s, who.named})
	if err != nil {
		return nil, err
	}
	return who.requester.Key.Seal(sealContent, content), nil
}

// Content implements orders.Reader.
func (m *Module) Content(ctx context.Context, tenant id.Tenant, o id.Order) (orders.Content, error) {
	r, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (row, error) { return byID(ctx, tx, o, "") })
	if err != nil {
		return orders.Content{}, err
	}
	s, err := m.open(ctx, tenant, r)
	return orders.Content{Order: o, Number: r.Number, Intake: s.Intake, Parties: s.Named}, err
}

func (m *Module) open(ctx context.Context, tenant id.Tenant, r row) (s kept, err error) {
	key, err := m.ring.Get(ctx, tenant, r.Requester)
	if err != nil {
		return s, err
	}
	plain, err := key.Open(sealContent, r.Content)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(plain, &s); err != nil {
		return s, errors.New("open order: not an order") // the cause would quote it
	}
	return s, nil
}

// verdict is how a line of a table went.
func verdict(line int, number string, t taken, err error) (orders.Verdict, error) {
	v := orders.Verdict{Line: line, Number: number, Result: "created"}
	switch {
	case err == nil && t.Repeated:
		v.Result = "repeated"
	case err != nil:
		f := fault.Of(err)
		if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			return v, err
		}
		v.Result, v.Code, v.Fields = "refused", f.Code, f.Fields
	}
	return v, nil
}

// try says what Submit would say to the order itself, and stores nothing.
func (m *Module) try(ctx context.Context, s orders.Submission) error {
	c, _ := access.From(ctx)
	s, brand, err := m.check(ctx, c.Tenant, s)
	if err != nil {
		return err
	}
	return m.guard.Can(ctx, "order.create", access.Resource{Kind: "order", Brand: brand, Country: string(s.Site.Country)})
}
