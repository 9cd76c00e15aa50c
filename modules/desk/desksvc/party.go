package desksvc

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

var _ desk.PartyReader = (*Module)(nil)

// met is a person who plays a part, with the key to what is theirs.
type met struct {
	role   vault.PartyRole
	key    *keys.Key
	person persons.Person // to be written; zero ID: known already
}

// meetParty recognises somebody by phone or e-mail, or makes a person of them.
// at is where the party stands in what was sent.
func (m *Module) meetParty(ctx context.Context, tenant id.Tenant, country locale.Country, lang locale.Tag, p desk.Party, at string) (out met, err error) {
	if p.Phone, err = vault.Phone(country, p.Phone); err != nil {
		return out, desk.ErrIntake.At(at+"/phone", "shape")
	}
	if p.Email, err = vault.Email(p.Email); err != nil {
		return out, desk.ErrIntake.At(at+"/email", "shape")
	}
	out.role = p.Role
	if out.key, err = persons.Recognise(ctx, m.db, m.ring, tenant, p.Phone, p.Email); err != nil || out.key != nil {
		return out, err
	}
	out.person = persons.Person{ID: id.New[id.PersonKind](), Country: country, Language: lang, Name: p.Name, Phone: p.Phone, Email: p.Email}
	made, err := m.ring.Create(ctx, tenant, out.person.ID)
	if err != nil {
		return out, fmt.Errorf("make a person's key: %w", err)
	}
	out.key = made[0]
	return out, nil
}

// meetParties meets everybody whom an intake names. Who has the contacts of the
// requester is the requester.
func (m *Module) meetParties(ctx context.Context, tenant id.Tenant, in desk.Intake, o *opening) error {
	for i, p := range in.Parties {
		at := "/parties/" + strconv.Itoa(i)
		one, err := m.meetParty(ctx, tenant, in.Site.Country, o.row.Language, p, at)
		if err != nil {
			return err
		}
		if same := one.person; !same.ID.IsZero() && !o.person.ID.IsZero() && sameContact(same, o.person) {
			one = met{role: p.Role, key: o.key}
		}
		o.parties = append(o.parties, one)
	}
	return nil
}

// sameContact reports whether two persons share a phone number or an address.
func sameContact(a, b persons.Person) bool {
	return a.Phone != "" && a.Phone == b.Phone || a.Email != "" && a.Email == b.Email
}

// writeParty gives the part to the person, whoever had it before.
func (m *Module) writeParty(ctx context.Context, tx *db.Tx, c id.Case, p met) error {
	if !p.person.ID.IsZero() {
		if err := persons.Put(ctx, tx, p.key, m.ring, p.person); err != nil {
			return err
		}
	}
	err := tx.Put(ctx, `INSERT INTO desk_party (tenant_id, case_id, role, person_id) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, case_id, role) DO UPDATE SET person_id = excluded.person_id`, tx.Tenant(), c, p.role, p.key.Person())
	if err != nil {
		return fmt.Errorf("write party: %w", err)
	}
	return nil
}

// Involve names who plays a part in a case.
func (m *Module) Involve(ctx context.Context, c id.Case, ifMatch string, p desk.Party) (moved, error) {
	p, err := p.Check()
	if err != nil {
		return moved{}, err
	}
	caller, r, err := m.mayInvolve(ctx, c)
	if err != nil {
		return moved{}, err
	}
	who, err := m.meetParty(ctx, caller.Tenant, r.Country, r.Language, p, "")
	if err != nil {
		return moved{}, err
	}
	return m.change(ctx, c, "case.write", ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		if r.State.Over() {
			return desk.ErrOver.With("state", r.State)
		}
		if err := m.writeParty(ctx, tx, c, who); err != nil {
			return err
		}
		return m.bus.Publish(ctx, tx, desk.PartyNamed{Case: c, Role: p.Role, Person: who.key.Person(), At: tx.Now()})
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
