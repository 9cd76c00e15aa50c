package desksvc

import (
	"context"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// ByReference returns the case with the reference, however it was typed.
func (m *Module) ByReference(ctx context.Context, reference string) (caseView, error) {
	caller, _ := access.From(ctx)
	clean := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(reference))
	if len(clean) != 8 {
		return caseView{}, desk.ErrCaseNotFound
	}
	c, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (c id.Case, err error) {
		err = tx.Row(ctx, `SELECT id FROM desk_case WHERE tenant_id = ? AND reference = ?`, tx.Tenant(), clean[:4]+"-"+clean[4:]).Scan(&c)
		return c, db.NotFound(err, desk.ErrCaseNotFound)
	})
	if err != nil {
		return caseView{}, err
	}
	return m.View(ctx, c)
}

// exported is a case as it is given to somebody who plays a part in it: the whole
// of it to the requester, and to others that they are named in it.
type exported struct {
	Role      vault.PartyRole `json:"role"`
	Reference string          `json:"reference"`
	OpenedAt  time.Time       `json:"opened_at"`
	Case      *caseView       `json:"case,omitempty"`
	Timeline  []moment        `json:"timeline,omitempty"`
	Comment   string          `json:"rating_comment,omitempty"`
}

// ExportPerson returns everything that the desk keeps of the person, opened.
func (m *Module) ExportPerson(ctx context.Context, tenant id.Tenant, p id.Person) (string, any, error) {
	out, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]exported, error) { return casesOf(ctx, tx, p) })
	if err != nil {
		return "", nil, err
	}
	ctx = access.With(ctx, access.System(tenant))
	for i := range out {
		if out[i].Role != vault.Requester {
			continue
		}
		if err := m.exportCase(ctx, tenant, p, &out[i]); err != nil {
			return "", nil, err
		}
	}
	return "cases", out, nil
}

// casesOf lists the cases in which the person plays a part, by when they were opened.
func casesOf(ctx context.Context, tx *db.Tx, p id.Person) ([]exported, error) {
	rows, err := tx.Rows(ctx, `
		SELECT ?, reference, opened_at FROM desk_case WHERE tenant_id = ? AND requester_id = ?
		UNION ALL
		SELECT y.role, c.reference, c.opened_at FROM desk_party y JOIN desk_case c ON c.tenant_id = y.tenant_id AND c.id = y.case_id
		WHERE y.tenant_id = ? AND y.person_id = ?
		ORDER BY 3, 2`, vault.Requester, tx.Tenant(), p, tx.Tenant(), p)
	return db.Collect(rows, err, func(scan func(...any) error) (e exported, err error) {
		return e, scan(&e.Role, &e.Reference, db.At(&e.OpenedAt))
	})
}

// exportCase adds what belongs to the requester alone. Who else there was, and
// who of us it was, is not the person's own.
func (m *Module) exportCase(ctx context.Context, tenant id.Tenant, p id.Person, e *exported) error {
	v, err := m.ByReference(ctx, e.Reference)
	if err != nil {
		return err
	}
	v.Parties, e.Case = nil, &v
	r, err := m.read(ctx, tenant, v.ID)
	if err != nil {
		return err
	}
	if e.Timeline, err = m.moments(ctx, r); err != nil {
		return err
	}
	e.Comment, err = m.comment(ctx, tenant, p, v.ID)
	return err
}

func (m *Module) comment(ctx context.Context, tenant id.Tenant, p id.Person, c id.Case) (string, error) {
	sealed, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (b []byte, err error) {
		err = tx.Row(ctx, `SELECT comment FROM desk_rating WHERE tenant_id = ? AND case_id = ?`, tx.Tenant(), c).Scan(&b)
		return b, db.NotFound(err, nil)
	})
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	key, err := m.ring.Get(ctx, tenant, p)
	if err != nil {
		return "", err
	}
	plain, err := key.Open(sealComment, sealed)
	return string(plain), err
}

// atOnce is how many cases one statement names, below every engine's limit.
const atOnce = 500

// References implements desk.Referrer.
func (m *Module) References(ctx context.Context, tenant id.Tenant, cases []id.Case) (map[id.Case]string, error) {
	out := map[id.Case]string{}
	for some := range slices.Chunk(cases, atOnce) {
		err := m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error { return addReferences(ctx, tx, some, out) })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addReferences(ctx context.Context, tx *db.Tx, cases []id.Case, to map[id.Case]string) error {
	args := []any{tx.Tenant()}
	for _, c := range cases {
		args = append(args, c)
	}
	rows, err := tx.Rows(ctx, `SELECT id, reference FROM desk_case WHERE tenant_id = ? AND id IN (?`+strings.Repeat(", ?", len(cases)-1)+`)`, args...)
	_, err = db.Collect(rows, err, func(scan func(...any) error) (c id.Case, err error) {
		var reference string
		err = scan(&c, &reference)
		to[c] = reference
		return c, err
	})
	return err
}
