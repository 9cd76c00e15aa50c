package desksvc

import (
	"context"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
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

// ExportPerson returns everything that the desk keeps of the person, opened.
func (m *Module) ExportPerson(ctx context.Context, tenant id.Tenant, p id.Person) (string, any, error) {
	ids, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Case, error) {
		rows, err := tx.Rows(ctx, `SELECT id FROM desk_case WHERE tenant_id = ? AND requester_id = ? ORDER BY id`, tx.Tenant(), p)
		return db.Collect(rows, err, func(scan func(...any) error) (c id.Case, err error) { return c, scan(&c) })
	})
	if err != nil {
		return "", nil, err
	}
	type exported struct {
		Case     caseView `json:"case"`
		Timeline []moment `json:"timeline"`
		Comment  string   `json:"rating_comment,omitempty"`
	}
	ctx = access.With(ctx, access.System(tenant))
	out := []exported{}
	for _, c := range ids {
		var e exported
		if e.Case, err = m.View(ctx, c); err != nil {
			return "", nil, err
		}
		r, err := m.read(ctx, tenant, c)
		if err != nil {
			return "", nil, err
		}
		if e.Timeline, err = m.moments(ctx, r); err != nil { // who of us it was is not the person's own
			return "", nil, err
		}
		if e.Comment, err = m.comment(ctx, tenant, p, c); err != nil {
			return "", nil, err
		}
		out = append(out, e)
	}
	return "cases", out, nil
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
