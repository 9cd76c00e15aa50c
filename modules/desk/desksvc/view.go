package desksvc

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

// caseView is a case as shown. What is personal is there only for those who may
// see it, and says so where the person was erased.
type caseView struct {
	ID         id.Case        `json:"id"`
	Reference  string         `json:"reference"`
	State      desk.State     `json:"state"`
	WaitingFor desk.WaitFor   `json:"waiting_for,omitempty"`
	Brand      id.Brand       `json:"brand"`
	Node       id.Node        `json:"node,omitzero"`
	Partner    id.Partner     `json:"partner,omitzero"`
	Technician id.Technician  `json:"technician,omitzero"`
	Order      id.Order       `json:"order,omitzero"`
	Unit       id.Unit        `json:"unit,omitzero"`
	Line       id.Line        `json:"line,omitzero"`
	Model      id.Model       `json:"model,omitzero"`
	Serial     string         `json:"serial,omitempty"`
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"`
	Coarse     geo.Point      `json:"coarse,omitzero"`
	Channel    desk.Channel   `json:"channel"`
	WorkType   desk.WorkType  `json:"work_type"`
	Symptom    string         `json:"symptom,omitempty"`
	Priority   desk.Priority  `json:"priority"`
	Language   locale.Tag     `json:"language"`
	Chased     int64          `json:"chased"`
	OpenedAt   time.Time      `json:"opened_at"`
	Responded  time.Time      `json:"responded_at,omitzero"`
	Resolved   time.Time      `json:"resolved_at,omitzero"`
	Link       string         `json:"link" doc:"by which the customer follows the case: /p/c/{link}"`
	Customer   *customer      `json:"customer,omitempty" doc:"absent where the caller may not see persons"`
	Parties    []partyView    `json:"parties,omitempty" doc:"who plays a part beside the customer; absent where the caller may not see persons"`
	Rating     *rating        `json:"rating,omitempty"`
	Version    int64          `json:"version"`
}

// customer is who asked, and where.
type customer struct {
	Person id.Person `json:"person"`
	Name   string    `json:"name,omitempty"`
	Phone  string    `json:"phone,omitempty"`
	Email  string    `json:"email,omitempty"`
	Site   desk.Site `json:"site"`
	Erased bool      `json:"erased,omitempty"`
}

type rating struct {
	Stars int64     `json:"stars"`
	At    time.Time `json:"at"`
}

// View returns the case as the caller may see it.
func (m *Module) View(ctx context.Context, c id.Case) (caseView, error) {
	caller, _ := access.From(ctx)
	r, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return caseView{}, err
	}
	if err := m.guard.Can(ctx, "case.read", r.resource()); err != nil {
		return caseView{}, err
	}
	v := m.show(caller.Tenant, r)
	if v.Rating, err = m.rating(ctx, caller.Tenant, c); err != nil {
		return v, err
	}
	switch err := m.guard.Can(ctx, "case.personal", r.resource()); {
	case err == nil:
		if v.Customer, err = m.customer(ctx, caller.Tenant, r); err != nil {
			return v, err
		}
		v.Parties, err = m.parties(ctx, caller.Tenant, c)
		return v, err
	case errors.Is(err, access.ErrHidden):
		return v, nil
	default:
		return v, err
	}
}

func (m *Module) show(tenant id.Tenant, r row) caseView {
	return caseView{
		ID: r.ID, Reference: r.Reference, State: r.State, WaitingFor: r.WaitingFor, Brand: r.Brand, Node: r.Node, Partner: r.Partner,
		Technician: r.Technician, Order: r.Order, Unit: r.Unit, Line: r.Line, Model: r.Model, Serial: r.Serial, Country: r.Country,
		Zone: r.Zone, Coarse: r.Coarse, Channel: r.Channel, WorkType: r.WorkType, Symptom: r.Symptom, Priority: r.Priority,
		Language: r.Language, Chased: r.Chased, OpenedAt: r.OpenedAt, Responded: r.Responded, Resolved: r.Resolved,
		Link: m.link(tenant, r.ID), Version: r.Version,
	}
}

func (m *Module) customer(ctx context.Context, tenant id.Tenant, r row) (*customer, error) {
	p, err := persons.Open(ctx, m.db, m.ring, tenant, r.Requester)
	if err != nil {
		return nil, err
	}
	c := &customer{Person: p.ID, Name: p.Name, Phone: p.Phone, Email: p.Email, Erased: p.Erased}
	c.Site.Country = r.Country
	if p.Erased {
		return c, nil
	}
	c.Site, err = m.site(ctx, tenant, r)
	return c, err
}

func (m *Module) site(ctx context.Context, tenant id.Tenant, r row) (s desk.Site, err error) {
	key, err := m.ring.Get(ctx, tenant, r.Requester)
	if err != nil {
		return s, err
	}
	plain, err := key.Open(sealSite, r.Site)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(plain, &s); err != nil {
		return s, errors.New("open site: not a site") // the cause would quote it
	}
	return s, nil
}

func (m *Module) rating(ctx context.Context, tenant id.Tenant, c id.Case) (*rating, error) {
	out, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (r rating, err error) {
		err = tx.Row(ctx, `SELECT stars, at FROM desk_rating WHERE tenant_id = ? AND case_id = ?`, tx.Tenant(), c).Scan(&r.Stars, db.At(&r.At))
		return r, db.NotFound(err, errNoRating)
	})
	if errors.Is(err, errNoRating) {
		return nil, nil //nolint:nilnil // no rating is no error
	}
	return &out, err
}

var errNoRating = errors.New("desk: not rated")

// Brief implements desk.Reader.
func (m *Module) Brief(ctx context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	r, err := m.read(ctx, tenant, c)
	return r.brief(), err
}
