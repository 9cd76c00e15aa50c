package desksvc

import (
	"context"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

var _ desk.PartyReader = (*Module)(nil)

// part is a part in a case, and who plays it.
type part struct {
	role   vault.PartyRole
	person id.Person
	met    persons.Met // to be written first, if they are new
}

func (m *Module) meetParty(ctx context.Context, tenant id.Tenant, r row, p desk.Party) (part, error) {
	met, err := persons.Meet(ctx, m.db, m.ring, tenant, persons.Person{Country: r.Country, Language: r.Language, Name: p.Name, Phone: p.Phone, Email: p.Email})
	if err != nil {
		return part{}, err
	}
	return part{p.Role, met.Key.Person(), met}, nil
}

// meetParties meets everybody whom an intake names. Who has the contacts of a new
// requester is the requester.
func (m *Module) meetParties(ctx context.Context, tenant id.Tenant, in desk.Intake, o *opening) error {
	for _, p := range in.Parties {
		if r := o.person; !r.ID.IsZero() && (p.Phone != "" && p.Phone == r.Phone || p.Email != "" && p.Email == r.Email) {
			o.parts = append(o.parts, part{role: p.Role, person: r.ID})
			continue
		}
		one, err := m.meetParty(ctx, tenant, o.row, p)
		if err != nil {
			return err
		}
		o.parts = append(o.parts, one)
	}
	return nil
}

// cast gives the part to the person, whoever had it before.
func (m *Module) cast(ctx context.Context, tx *db.Tx, c id.Case, p part) error {
	if err := p.met.Write(ctx, tx, m.ring); err != nil {
		return err
	}
	err := tx.Put(ctx, `INSERT INTO desk_party (tenant_id, case_id, role, person_id) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, case_id, role) DO UPDATE SET person_id = excluded.person_id`, tx.Tenant(), c, p.role, p.person)
	if err != nil {
		return fmt.Errorf("write party: %w", err)
	}
	return nil
}

// Involve names who plays a part in a case.
func (m *Module) Involve(ctx context.Context, c id.Case, ifMatch string, p desk.Party) (moved, error) {
	caller, r, err := m.mayInvolve(ctx, c)
	if err != nil {
		return moved{}, err
	}
	if p, err = p.Check(r.Country); err != nil {
		return moved{}, err
	}
	who, err := m.meetParty(ctx, caller.Tenant, r, p)
	if err != nil {
		return moved{}, err
	}
	return m.change(ctx, c, "case.write", ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		if r.State.Over() {
			return desk.ErrOver.With("state", r.State)
		}
		if err := m.cast(ctx, tx, c, who); err != nil {
			return err
		}
		return m.bus.Publish(ctx, tx, desk.PartyNamed{Case: c, Role: p.Role, Person: who.person, At: tx.Now()})
	})
}

// Release takes a part from whoever plays it; from nobody is no error.
func (m *Module) Release(ctx context.Context, c id.Case, ifMatch string, role vault.PartyRole) (moved, error) {
	if _, _, err := m.mayInvolve(ctx, c); err != nil {
		return moved{}, err
	}
	return m.change(ctx, c, "case.write", ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		if r.State.Over() {
			return desk.ErrOver.With("state", r.State)
		}
		n, err := tx.Exec(ctx, `DELETE FROM desk_party WHERE tenant_id = ? AND case_id = ? AND role = ?`, tx.Tenant(), c, role)
		if err != nil || n == 0 {
			return err
		}
		return m.bus.Publish(ctx, tx, desk.PartyNamed{Case: c, Role: role, At: tx.Now()})
	})
}

// mayInvolve demands the right to change the case and to see its persons, before
// anything tells whether somebody is known.
func (m *Module) mayInvolve(ctx context.Context, c id.Case) (access.Caller, row, error) {
	caller, _ := access.From(ctx)
	r, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return caller, r, err
	}
	return caller, r, errors.Join(m.guard.Can(ctx, "case.write", r.resource()), m.guard.Can(ctx, "case.personal", r.resource()))
}

// partyView is who plays a part, as shown.
type partyView struct {
	Role   vault.PartyRole `json:"role"`
	Person id.Person       `json:"person"`
	Name   string          `json:"name,omitempty"`
	Phone  string          `json:"phone,omitempty"`
	Email  string          `json:"email,omitempty"`
	Erased bool            `json:"erased,omitempty"`
}

// parties opens all parties of a case, in the order of vault.PartyRoles.
func (m *Module) parties(ctx context.Context, tenant id.Tenant, c id.Case) ([]partyView, error) {
	by, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (map[vault.PartyRole]id.Person, error) {
		return loadParties(ctx, tx, c)
	})
	if err != nil || len(by) == 0 {
		return nil, err
	}
	var list []id.Person
	for _, p := range by {
		list = append(list, p)
	}
	opened, err := persons.OpenMany(ctx, m.db, m.ring, tenant, list...)
	if err != nil {
		return nil, err
	}
	var out []partyView
	for _, role := range vault.PartyRoles {
		if p, ok := opened[by[role]]; ok {
			out = append(out, partyView{role, p.ID, p.Name, p.Phone, p.Email, p.Erased})
		}
	}
	return out, nil
}

func loadParties(ctx context.Context, tx *db.Tx, c id.Case) (map[vault.PartyRole]id.Person, error) {
	rows, err := tx.Rows(ctx, `SELECT role, person_id FROM desk_party WHERE tenant_id = ? AND case_id = ?`, tx.Tenant(), c)
	out := map[vault.PartyRole]id.Person{}
	_, err = db.Collect(rows, err, func(scan func(...any) error) (p id.Person, err error) {
		var role vault.PartyRole
		err = scan(&role, &p)
		out[role] = p
		return p, err
	})
	return out, err
}

// Party implements desk.PartyReader.
func (m *Module) Party(ctx context.Context, tenant id.Tenant, c id.Case, role vault.PartyRole) (id.Person, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (id.Person, error) {
		by, err := loadParties(ctx, tx, c)
		return by[role], err
	})
}
