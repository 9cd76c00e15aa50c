package fieldsvc

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
)

// visitor is what a bundle says: who may record what, signed by us.
type visitor struct {
	Appointment id.Appointment `json:"a"`
	WorkOrder   id.WorkOrder   `json:"w"`
	Technician  id.Technician  `json:"t"`
	IssuedAt    time.Time      `json:"i"`
}

const bundleKind = "field_bundle"

// sign makes the token of a bundle. It does not expire: facts may come late.
func (m *Module) sign(tenant id.Tenant, v visitor) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	body := base64.RawURLEncoding.EncodeToString(plain)
	return body + "." + hex.EncodeToString(m.ring.Blind(tenant, bundleKind, body)), nil
}

// verify returns what a token says, or ErrBundle.
func (m *Module) verify(tenant id.Tenant, token string) (v visitor, err error) {
	body, mac, _ := strings.Cut(token, ".")
	want := hex.EncodeToString(m.ring.Blind(tenant, bundleKind, body))
	if subtle.ConstantTimeCompare([]byte(mac), []byte(want)) != 1 {
		return v, field.ErrBundle
	}
	plain, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(plain, &v) != nil {
		return v, field.ErrBundle
	}
	return v, nil
}

// place is a case with what access decides by.
type place struct {
	desk.Brief
	partner id.Partner
	visits  []dispatch.Appointment // of the case; the newest last
}

// placeOf gathers what is known of a case; ErrHidden if there is none.
func (m *Module) placeOf(ctx context.Context, tenant id.Tenant, c id.Case) (p place, err error) {
	p.Brief, err = m.desk.Brief(ctx, tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return p, access.ErrHidden
	} else if err != nil {
		return p, err
	}
	node, err := m.network.Node(ctx, tenant, p.Node)
	if err != nil && !errors.Is(err, network.ErrNodeNotFound) {
		return p, err
	}
	p.partner = node.Partner
	p.visits, err = m.dispatch.AppointmentsOf(ctx, tenant, c)
	return p, err
}

func (p place) resource(action string) access.Resource {
	act, _ := access.Lookup(action)
	return access.Resource{Kind: act.Kind, ID: p.ID.Raw(), Node: p.Node, Brand: p.Brand, Partner: p.partner, Person: p.Requester, Country: string(p.Country)}
}

// can asks access for the case, and for each visit to it in whose technician's
// name the caller might ask.
func (m *Module) can(ctx context.Context, action string, p place) error {
	r := p.resource(action)
	err := m.guard.Can(ctx, action, r)
	for i := len(p.visits) - 1; i >= 0 && errors.Is(err, access.ErrHidden); i-- {
		r.Technician, r.State = p.visits[i].Technician, string(p.visits[i].State)
		err = m.guard.Can(ctx, action, r)
	}
	return err
}

// told is a record with all that it is held against.
type told struct {
	field.Record
	place
	order   work.Brief
	planned dispatch.Appointment // zero: nobody planned it
	signed  bool                 // a bundle authorises it
}

// locate finds out what a record is about. What is not there looks like what the
// caller may not know of.
func (m *Module) locate(ctx context.Context, tenant id.Tenant, r field.Record) (t told, err error) {
	t.Record = r
	if err := m.unwrap(tenant, &t); err != nil {
		return t, err
	}
	if !t.Appointment.IsZero() {
		t.planned, err = m.dispatch.Appointment(ctx, tenant, t.Appointment)
		if err != nil {
			return t, hidden(err, dispatch.ErrNotFound)
		}
		if t.WorkOrder.IsZero() {
			t.WorkOrder = t.planned.WorkOrder
		}
		if t.Technician.IsZero() {
			t.Technician = t.planned.Technician
		}
	}
	if t.order, err = m.work.WorkOrder(ctx, tenant, t.WorkOrder); err != nil {
		return t, hidden(err, work.ErrNotFound)
	}
	t.place, err = m.placeOf(ctx, tenant, t.order.Case)
	return t, err
}

// unwrap takes over what the bundle says; a record that says otherwise is not
// of this bundle.
func (m *Module) unwrap(tenant id.Tenant, t *told) error {
	if t.Bundle == "" {
		return nil
	}
	v, err := m.verify(tenant, t.Bundle)
	if err != nil {
		return err
	}
	same := (t.Appointment.IsZero() || t.Appointment == v.Appointment) && (t.WorkOrder.IsZero() || t.WorkOrder == v.WorkOrder) &&
		(t.Technician.IsZero() || t.Technician == v.Technician)
	if !same {
		return field.ErrBundle
	}
	t.Appointment, t.WorkOrder, t.Technician, t.signed = v.Appointment, v.WorkOrder, v.Technician, true
	return nil
}

func hidden(err, missing error) error {
	if errors.Is(err, missing) {
		return access.ErrHidden
	}
	return err
}

// authorise asks access whether the caller may record the visit: as the
// technician whom the bundle names, or whose appointment it is, or as somebody
// who answers for the node, partner or brand.
func (m *Module) authorise(ctx context.Context, t told) error {
	r := t.resource("visit.write")
	if !t.planned.ID.IsZero() {
		r.Technician, r.State = t.planned.Technician, string(t.planned.State)
	}
	if t.signed {
		r.Technician = t.Technician
	}
	if err := m.guard.Can(ctx, "visit.write", r); err != nil {
		return err
	}
	if !t.planned.ID.IsZero() && t.planned.WorkOrder != t.WorkOrder {
		return field.ErrRecord.At("/work_order", "does_not_fit")
	}
	return nil
}
