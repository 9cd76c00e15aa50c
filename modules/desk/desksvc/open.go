package desksvc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/persons"
)

// opening is a case that has been thought through and only needs to be written.
type opening struct {
	row    row
	key    *keys.Key      // of the requester
	person persons.Person // to be written; zero ID: known already
	parts  []part         // beside the requester
	text   []byte         // sealed
	said   id.Message
	brand  string      // its name
	mail   mail.Letter // that says it was received; zero Kind: none
}

const (
	sealSite = "desk_case.site"
	sealBody = "desk_entry.body"
)

// opened is what the caller of an intake hears.
type opened struct {
	ID        id.Case    `json:"id"`
	Reference string     `json:"reference"`
	State     desk.State `json:"state"`
	Version   int64      `json:"version"`
	Link      string     `json:"link" doc:"by which the customer follows the case: /p/c/{link}"`
}

// Open takes a case in on behalf of the caller.
func (m *Module) Open(ctx context.Context, in desk.Intake) (opened, error) {
	return m.takeIn(ctx, in, func(ctx context.Context, r row) error { return m.guard.Can(ctx, "case.create", r.resource()) })
}

// takeIn thinks a case through, has allowed look at it and opens it.
func (m *Module) takeIn(ctx context.Context, in desk.Intake, allowed func(ctx context.Context, r row) error) (opened, error) {
	c, _ := access.From(ctx)
	var o opening
	err := m.db.Snapshot(ctx, func(ctx context.Context) (err error) {
		if o, in, err = m.prepare(ctx, c.Tenant, in); err != nil {
			return err
		}
		if err := allowed(ctx, o.row); err != nil {
			return err
		}
		in, err = m.recognise(ctx, c.Tenant, in, &o)
		return err
	})
	if err != nil {
		return opened{}, err
	}
	if o.key == nil { // outside the snapshot, which would be kept from others while the key is made durable
		if err := m.meet(ctx, c.Tenant, in, &o); err != nil {
			return opened{}, err
		}
	}
	if err := m.meetParties(ctx, c.Tenant, in, &o); err != nil {
		return opened{}, err
	}
	if err := m.seal(c.Tenant, in, &o); err != nil {
		return opened{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (opened, error) {
		if err := m.write(ctx, tx, o); err != nil {
			return opened{}, err
		}
		return opened{o.row.ID, o.row.Reference, o.row.State, o.row.Version, m.link(c.Tenant, o.row.ID)}, nil
	})
}

// prepare puts an intake in form and asks everybody who must be asked before the
// step: whose brand, which unit, who serves the place.
func (m *Module) prepare(ctx context.Context, tenant id.Tenant, in desk.Intake) (o opening, _ desk.Intake, err error) {
	now := m.db.Now()()
	if in, err = in.Check(now); err != nil {
		return o, in, err
	}
	brand, err := m.network.BrandByCode(ctx, tenant, in.Brand)
	if errors.Is(err, network.ErrBrandNotFound) {
		return o, in, desk.ErrIntake.At("/brand", "unknown")
	} else if err != nil {
		return o, in, err
	}
	o.brand = brand.Name
	o.row = row{
		ID: id.New[id.CaseKind](), Reference: reference(), Brand: brand.ID, Serial: in.Serial, Country: in.Site.Country,
		Coarse: in.Site.Point.Coarse(), Channel: in.Channel, WorkType: in.WorkType, Symptom: in.Symptom,
		Priority: in.Priority, Language: in.Language, State: desk.New, OpenedAt: in.OpenedAt.UTC().Truncate(time.Microsecond), Version: 1,
	}
	if err := m.findUnit(ctx, tenant, in, &o.row); err != nil {
		return o, in, err
	}
	return o, in, m.route(ctx, tenant, in.Site, &o.row)
}

// findUnit fills in unit, line and model. A serial that the register does not
// know is no error: the case may identify it later. A model that does not exist
// is one, because whoever sent it chose from a list.
func (m *Module) findUnit(ctx context.Context, tenant id.Tenant, in desk.Intake, r *row) error {
	if in.Serial != "" {
		u, err := m.catalog.UnitBySerial(ctx, tenant, r.Brand, in.Serial)
		switch {
		case err == nil:
			r.Unit, r.Line, r.Model, r.Serial = u.ID, u.Line, u.Model, u.Serial
			return nil
		case errors.Is(err, catalog.ErrUnitNotFound):
		default:
			return err
		}
	}
	if in.Model == "" {
		return nil
	}
	model, err := m.catalog.ModelByCode(ctx, tenant, r.Brand, in.Model)
	if errors.Is(err, catalog.ErrModelNotFound) {
		return desk.ErrIntake.At("/model", "unknown")
	}
	r.Line, r.Model = model.Line, model.ID
	return err
}

// route fills in who serves the place, and what time it is there. Nobody is no
// error: the case waits in the queue of those that need a dispatcher, on the clock
// of the network's nearest node in the country, or UTC.
func (m *Module) route(ctx context.Context, tenant id.Tenant, s desk.Site, r *row) error {
	site := network.Site{Country: s.Country, Postal: s.Postcode, Point: s.Point, Brand: r.Brand, Line: r.Line}
	routing, err := m.network.Route(ctx, tenant, site)
	if err != nil {
		return err
	}
	if !routing.Routed() {
		zone, err := m.network.Zone(ctx, tenant, site)
		r.Zone = cmp.Or(zone, "UTC")
		return err
	}
	node, err := m.network.Node(ctx, tenant, routing.Node)
	if err != nil {
		return err
	}
	r.Node, r.Partner, r.Zone = node.ID, node.Partner, node.Zone
	if r.Coarse.IsZero() {
		r.Coarse = node.Point.Coarse()
	}
	return nil
}

// recognise finds the requester by phone or e-mail, which it returns in the form
// in which they are looked up. A requester whom nobody knows leaves o without key.
func (m *Module) recognise(ctx context.Context, tenant id.Tenant, in desk.Intake, o *opening) (desk.Intake, error) {
	var err error
	if in.Requester.Phone, err = vault.Phone(in.Site.Country, in.Requester.Phone); err != nil {
		return in, desk.ErrIntake.At("/requester/phone", "shape")
	}
	if in.Requester.Email, err = vault.Email(in.Requester.Email); err != nil {
		return in, desk.ErrIntake.At("/requester/email", "shape")
	}
	o.key, err = persons.Recognise(ctx, m.db, m.ring, tenant, in.Requester.Phone, in.Requester.Email)
	if o.key != nil {
		o.row.Requester = o.key.Person()
	}
	return in, err
}

// seal closes up what only those who hold the requester's key may read, and
// writes the receipt to the address that the request names.
func (m *Module) seal(tenant id.Tenant, in desk.Intake, o *opening) error {
	site, err := json.Marshal(in.Site)
	if err != nil {
		return err
	}
	o.row.Site, o.text, o.said = o.key.Seal(sealSite, site), o.key.Seal(sealBody, []byte(in.Text)), id.New[id.MessageKind]()
	if in.Requester.Email != "" && desk.Receipt(o.row.OpenedAt, m.db.Now()()) {
		o.mail = m.letter(tenant, o.row, desk.Received, o.brand, in.Requester.Name, in.Requester.Email)
	}
	return nil
}

// meet makes a person, with a key, of a requester whom nobody knows.
func (m *Module) meet(ctx context.Context, tenant id.Tenant, in desk.Intake, o *opening) error {
	o.row.Requester = id.New[id.PersonKind]()
	made, err := m.ring.Create(ctx, tenant, o.row.Requester)
	if err != nil {
		return fmt.Errorf("make a person's key: %w", err)
	}
	o.key = made[0]
	o.person = persons.Person{
		ID: o.row.Requester, Country: in.Site.Country, Language: o.row.Language, Name: in.Requester.Name,
		Phone: in.Requester.Phone, Email: in.Requester.Email,
		Address: persons.Address{Street: in.Site.Street, Postcode: in.Site.Postcode, City: in.Site.City},
	}
	return nil
}

// write makes the case durable, in one step with everything that must not be
// missing beside it.
func (m *Module) write(ctx context.Context, tx *db.Tx, o opening) error {
	if !o.person.ID.IsZero() {
		if err := persons.Put(ctx, tx, o.key, m.ring, o.person); err != nil {
			return err
		}
	}
	if err := insertCase(ctx, tx, o.row); err != nil {
		return err
	}
	for _, p := range o.parts {
		if err := m.cast(ctx, tx, o.row.ID, p); err != nil {
			return err
		}
	}
	if err := insertEntry(ctx, tx, entry{
		ID: o.said, Case: o.row.ID, Kind: kindIn, Channel: o.row.Channel, Language: o.row.Language, Body: o.text, At: o.row.OpenedAt,
	}); err != nil {
		return err
	}
	if o.mail.Kind != "" {
		if _, err := m.mail.Queue(ctx, tx, o.key, o.mail); err != nil {
			return err
		}
	}
	e := o.row.event()
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "service_request", Subject: o.row.ID.Raw(), Record: e, Key: o.key}); err != nil {
		return err
	}
	if o.row.Order.IsZero() {
		return m.bus.Publish(ctx, tx, e)
	}
	return m.bus.Publish(ctx, tx, e, desk.OrderFollowed{Order: o.row.Order, Case: o.row.ID, To: o.row.State, Reason: "desk.opened", At: tx.Now()})
}

func (r row) event() desk.CaseOpened {
	return desk.CaseOpened{
		Case: r.ID, Brand: r.Brand, Node: r.Node, Order: r.Order, Unit: r.Unit, Line: r.Line, Model: r.Model, Requester: r.Requester,
		Country: r.Country, Zone: r.Zone, Coarse: r.Coarse, Channel: r.Channel, WorkType: r.WorkType, Symptom: r.Symptom,
		Priority: r.Priority, OpenedAt: r.OpenedAt,
	}
}
