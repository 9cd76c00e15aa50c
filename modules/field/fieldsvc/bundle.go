package fieldsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/persons"
)

// bundle is what a technician needs for a visit, to be kept on the phone.
type bundle struct {
	Token       string          `json:"token" doc:"send it with the record: it authorises it however late"`
	IssuedAt    time.Time       `json:"issued_at"`
	Appointment appointment     `json:"appointment"`
	Case        brief           `json:"case"`
	Unit        *unit           `json:"unit,omitempty"`
	Parts       []part          `json:"parts" doc:"that the plan names"`
	Checklist   field.Checklist `json:"checklist"`
	Customer    *customer       `json:"customer,omitempty" doc:"absent until the visit is near"`
	OnSite      *contact        `json:"on_site,omitempty" doc:"who opens the door, if it is not the customer; absent until the visit is near"`
}

type appointment struct {
	ID             id.Appointment `json:"id"`
	WorkOrder      id.WorkOrder   `json:"work_order"`
	Technician     id.Technician  `json:"technician"`
	State          dispatch.State `json:"state"`
	Zone           string         `json:"zone"`
	StartAt        time.Time      `json:"start_at"`
	EndAt          time.Time      `json:"end_at"`
	ServiceStartAt time.Time      `json:"service_start_at"`
	ServiceEndAt   time.Time      `json:"service_end_at"`
	Minutes        int64          `json:"minutes"`
	Attempt        int64          `json:"attempt"`
	Version        int64          `json:"version"`
}

type brief struct {
	ID       id.Case        `json:"id"`
	WorkType desk.WorkType  `json:"work_type"`
	Symptom  string         `json:"symptom,omitempty"`
	Priority desk.Priority  `json:"priority"`
	Language locale.Tag     `json:"language"`
	Country  locale.Country `json:"country"`
	Coarse   geo.Point      `json:"coarse"`
	OpenedAt time.Time      `json:"opened_at"`
	Version  int64          `json:"version"`
}

type unit struct {
	ID          id.Unit       `json:"id"`
	Serial      string        `json:"serial"`
	Model       string        `json:"model"`
	Names       catalog.Names `json:"names"`
	SoldOn      catalog.Day   `json:"sold_on,omitempty"`
	InstalledOn catalog.Day   `json:"installed_on,omitempty"`
}

type part struct {
	Part     id.Part       `json:"part"`
	Quantity int64         `json:"quantity"`
	Number   string        `json:"number"`
	Names    catalog.Names `json:"names"`
}

// customer is whom the technician visits.
type customer struct {
	Name    string          `json:"name,omitempty"`
	Phone   string          `json:"phone,omitempty"`
	Address persons.Address `json:"address"`
	Erased  bool            `json:"erased,omitempty"`
}

// contact is whom to call at the door.
type contact struct {
	Name   string `json:"name,omitempty"`
	Phone  string `json:"phone,omitempty"`
	Erased bool   `json:"erased,omitempty"`
}

// Bundle returns what the technician of an appointment needs for the visit.
// Name, phone and address are in it only while the visit is near.
func (m *Module) Bundle(ctx context.Context, name id.Appointment) (bundle, error) {
	caller, _ := access.From(ctx)
	a, err := m.dispatch.Appointment(ctx, caller.Tenant, name)
	if err != nil {
		return bundle{}, hidden(err, dispatch.ErrNotFound)
	}
	p, err := m.placeOf(ctx, caller.Tenant, a.Case)
	if err != nil {
		return bundle{}, err
	}
	p.visits = []dispatch.Appointment{a} // it is this one that gives the right, no other
	if err := m.can(ctx, "bundle.read", p); err != nil {
		return bundle{}, err
	}
	b := bundle{
		IssuedAt: m.db.Now()(),
		Appointment: appointment{
			a.ID, a.WorkOrder, a.Technician, a.State, a.Zone, a.StartAt, a.EndAt, a.ServiceStartAt, a.ServiceEndAt, a.Minutes, a.Attempt, a.Version,
		},
		Case: brief{p.ID, p.WorkType, p.Symptom, p.Priority, p.Language, p.Country, p.Coarse, p.OpenedAt, p.Version},
	}
	if b.Token, err = m.sign(caller.Tenant, visitor{a.ID, a.WorkOrder, a.Technician, b.IssuedAt}); err != nil {
		return bundle{}, err
	}
	if err := m.fill(ctx, caller.Tenant, p, a, &b); err != nil {
		return bundle{}, err
	}
	err = m.can(ctx, "site.personal", p)
	if errors.Is(err, access.ErrHidden) {
		return b, nil
	} else if err != nil {
		return bundle{}, err
	}
	if b.Customer, err = m.customer(ctx, caller.Tenant, p.Requester); err != nil {
		return b, err
	}
	b.OnSite, err = m.onSite(ctx, caller.Tenant, p)
	return b, err
}

// onSite opens who is named to be at the site; nil if nobody is, or the customer.
func (m *Module) onSite(ctx context.Context, tenant id.Tenant, p place) (*contact, error) {
	who, err := m.desk.Party(ctx, tenant, p.ID, vault.UserOnSite)
	if err != nil || who.IsZero() || who == p.Requester {
		return nil, err
	}
	c, err := m.customer(ctx, tenant, who)
	if err != nil || c == nil {
		return nil, err
	}
	return &contact{c.Name, c.Phone, c.Erased}, nil
}

// fill adds what the catalogue knows.
func (m *Module) fill(ctx context.Context, tenant id.Tenant, p place, a dispatch.Appointment, b *bundle) (err error) {
	if b.Checklist, err = m.checklist(ctx, tenant, p); err != nil {
		return err
	}
	if b.Unit, err = m.unit(ctx, tenant, p.Unit); err != nil {
		return err
	}
	wo, err := m.work.WorkOrder(ctx, tenant, a.WorkOrder)
	if err != nil {
		return err
	}
	b.Parts = []part{}
	for _, n := range wo.Parts {
		c, err := m.catalog.Part(ctx, tenant, n.Part)
		if err != nil && !errors.Is(err, catalog.ErrPartNotFound) {
			return err
		}
		b.Parts = append(b.Parts, part{n.Part, n.Quantity, c.Number, c.Names})
	}
	return nil
}

func (m *Module) unit(ctx context.Context, tenant id.Tenant, name id.Unit) (*unit, error) {
	u, err := m.catalog.Unit(ctx, tenant, name)
	if errors.Is(err, catalog.ErrUnitNotFound) {
		return nil, nil //nolint:nilnil // a case may be about a unit that nobody has identified
	} else if err != nil {
		return nil, err
	}
	model, err := m.catalog.Model(ctx, tenant, u.Model)
	if err != nil && !errors.Is(err, catalog.ErrModelNotFound) {
		return nil, err
	}
	return &unit{u.ID, u.Serial, model.Code, model.Names, u.SoldOn, u.InstalledOn}, nil
}

func (m *Module) customer(ctx context.Context, tenant id.Tenant, p id.Person) (*customer, error) {
	who, err := persons.Open(ctx, m.db, m.ring, tenant, p)
	if errors.Is(err, persons.ErrNotFound) {
		return nil, nil //nolint:nilnil // nobody is an answer
	} else if err != nil {
		return nil, err
	}
	return &customer{who.Name, who.Phone, who.Address, who.Erased}, nil
}
