package fieldsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/keys"
)

// view is a visit as shown.
type view struct {
	ID          id.Visit       `json:"id"`
	Appointment id.Appointment `json:"appointment,omitzero"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node,omitzero"`
	Partner     id.Partner     `json:"partner,omitzero"`
	Technician  id.Technician  `json:"technician,omitzero"`
	Outcome     work.Outcome   `json:"outcome"`
	State       field.State    `json:"state"`
	found
	Photos     []kept    `json:"photos"`
	Reviews    []review  `json:"reviews"`
	Personal   *personal `json:"personal,omitempty" doc:"absent where the caller may not see it"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	CapturedAt time.Time `json:"captured_at,omitzero"`
	RecordedAt time.Time `json:"recorded_at"`
	Version    int64     `json:"version"`
}

// personal is what only opens with the customer's key.
type personal struct {
	Notes    string `json:"notes,omitempty"`
	SignedBy string `json:"signed_by,omitempty"`
	Erased   bool   `json:"erased,omitempty"`
}

// Visit returns one visit.
func (m *Module) Visit(ctx context.Context, name id.Visit) (view, error) {
	caller, _ := access.From(ctx)
	v, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (visit, error) { return visitBy(ctx, tx, `id = ?`, name) })
	if err != nil {
		return view{}, err
	}
	all, err := m.show(ctx, v.Case, []visit{v})
	if err != nil {
		return view{}, err
	}
	return all[0], nil
}

// OfCase returns the visits of a case, the oldest first.
func (m *Module) OfCase(ctx context.Context, c id.Case) (httpapi.Page[view], error) {
	caller, _ := access.From(ctx)
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]visit, error) { return visitsBy(ctx, tx, `case_id = ?`, c) })
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	items, err := m.show(ctx, c, all)
	return httpapi.Page[view]{Items: items}, err
}

// show asks access and makes the views of visits to one case.
func (m *Module) show(ctx context.Context, c id.Case, all []visit) ([]view, error) {
	caller, _ := access.From(ctx)
	p, err := m.placeOf(ctx, caller.Tenant, c)
	if err == nil {
		err = m.can(ctx, "visit.read", p)
	}
	if errors.Is(err, access.ErrHidden) {
		return nil, field.ErrNotFound
	} else if err != nil {
		return nil, err
	}
	out := make([]view, len(all))
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		for i, v := range all {
			out[i] = v.show()
			if out[i].Photos, err = keptOf(ctx, tx, v.ID); err != nil {
				return err
			}
			if out[i].Reviews, err = reviewsOf(ctx, tx, v.ID, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = m.can(ctx, "visit.personal", p)
	if errors.Is(err, access.ErrHidden) {
		return out, nil
	} else if err != nil {
		return nil, err
	}
	return out, m.openAll(ctx, caller.Tenant, all, out)
}

func (v visit) show() view {
	return view{
		ID: v.ID, Appointment: v.Appointment, WorkOrder: v.WorkOrder, Case: v.Case, Node: v.Node, Partner: v.Partner, Technician: v.Technician,
		Outcome: v.Outcome, State: v.State, found: v.Found, StartedAt: v.StartedAt, FinishedAt: v.FinishedAt, CapturedAt: v.CapturedAt,
		RecordedAt: v.RecordedAt, Version: v.Version,
	}
}

// openAll opens the texts of visits with their persons' keys.
func (m *Module) openAll(ctx context.Context, tenant id.Tenant, all []visit, out []view) error {
	persons := make([]id.Person, len(all))
	for i, v := range all {
		persons[i] = v.Person
	}
	open, err := m.ring.Many(ctx, tenant, persons...)
	if err != nil {
		return err
	}
	for i, v := range all {
		if out[i].Personal, err = v.open(open[v.Person]); err != nil {
			return err
		}
	}
	return nil
}

// open opens the visit's texts; without a key its person was erased.
func (v visit) open(key *keys.Key) (*personal, error) {
	if key == nil {
		return &personal{Erased: true}, nil
	}
	p := &personal{}
	for _, t := range []struct {
		context string
		sealed  []byte
		into    *string
	}{{sealNotes, v.Notes, &p.Notes}, {sealSigner, v.Signer, &p.SignedBy}} {
		if len(t.sealed) == 0 {
			continue
		}
		plain, err := key.Open(t.context, t.sealed)
		if err != nil {
			return nil, err
		}
		*t.into = string(plain)
	}
	return p, nil
}

// exported is what the module keeps about a person.
type exported struct {
	Visit      id.Visit  `json:"visit"`
	Case       id.Case   `json:"case"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	Outcome    string    `json:"outcome"`
	personal
}

// ExportPerson implements vault.Exporter. The pictures themselves are given by
// whoever keeps them.
func (m *Module) ExportPerson(ctx context.Context, tenant id.Tenant, p id.Person) (string, any, error) {
	const name = "field"
	all, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]visit, error) { return visitsBy(ctx, tx, `person_id = ?`, p) })
	if err != nil || len(all) == 0 {
		return name, nil, err
	}
	open, err := m.ring.Many(ctx, tenant, p)
	if err != nil {
		return name, nil, err
	}
	out := make([]exported, len(all))
	for i, v := range all {
		texts, err := v.open(open[p])
		if err != nil {
			return name, nil, err
		}
		out[i] = exported{v.ID, v.Case, v.StartedAt, v.FinishedAt, string(v.Outcome), *texts}
	}
	return name, out, nil
}
