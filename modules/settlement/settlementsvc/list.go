package settlementsvc

import (
	"context"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// narrowing is what a list of statements is narrowed to.
type narrowing struct {
	State   []settlement.State `query:"state" enum:"open,closed,sent,disputed,corrected,agreed,invoiced,part_paid,paid" maxItems:"9" doc:"in any of these states"`
	Party   settlement.Party   `query:"party" enum:"brand,partner"`
	Brand   id.Brand           `query:"brand"`
	Partner id.Partner         `query:"partner"`
	FromOn  string             `query:"from_on" format:"date" doc:"periods that begin on this day or later"`
	UntilOn string             `query:"until_on" format:"date" doc:"periods that end before this day; exclusive, as until_on of a statement is"`
}

// listed is what a list of statements is asked for.
type listed struct {
	httpapi.PageIn
	narrowing
}

// columnsOf says where access finds a statement's attributes.
var columnsOf = access.Columns{"brand": "brand_id", "partner": "partner_id", "state": "state"}

// where is the condition of a list: what the caller may see, narrowed.
type where struct {
	text string
	args []any
}

func (w *where) and(text string, args ...any) {
	w.text += " AND " + text
	w.args = append(w.args, args...)
}

// seen returns what the caller may see of what is asked for.
func (m *Module) seen(ctx context.Context, n narrowing) (*where, error) {
	caller, _ := access.From(ctx)
	text, args, err := m.guard.Filter(ctx, "statement.read", "statement", columnsOf)
	if err != nil {
		return nil, err
	}
	w := &where{text: `tenant_id = ?`, args: []any{caller.Tenant}}
	w.and(text, args...)
	if len(n.State) > 0 {
		states := make([]any, len(n.State))
		for i, s := range n.State {
			states[i] = s
		}
		w.and("state IN (?"+strings.Repeat(", ?", len(states)-1)+")", states...)
	}
	for _, c := range []struct {
		given bool
		text  string
		arg   any
	}{
		{n.Party != "", "party = ?", n.Party},
		{!n.Brand.IsZero(), "brand_id = ?", n.Brand},
		{!n.Partner.IsZero(), "partner_id = ?", n.Partner},
		{n.FromOn != "", "from_on >= ?", n.FromOn},
		{n.UntilOn != "", "until_on <= ?", n.UntilOn},
	} {
		if c.given {
			w.and(c.text, c.arg)
		}
	}
	return w, nil
}

// statementsBefore reads some of what is seen, the newest first, from the one
// behind the given on; a zero id begins at the newest.
func (m *Module) statementsBefore(ctx context.Context, w where, from id.Statement, limit int) ([]statement, error) {
	if !from.IsZero() {
		w.and("id < ?", from)
	}
	w.args = append(w.args, limit)
	caller, _ := access.From(ctx)
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]statement, error) {
		rows, err := tx.Rows(ctx, `SELECT `+statementColumns+` FROM settlement_statement WHERE `+w.text+` ORDER BY id DESC LIMIT ?`, w.args...)
		return db.Collect(rows, err, scanStatement)
	})
}

// Statements lists the statements that the caller may see, the newest first.
func (m *Module) Statements(ctx context.Context, in listed) (httpapi.Page[statement], error) {
	w, err := m.seen(ctx, in.narrowing)
	if err != nil {
		return httpapi.Page[statement]{}, err
	}
	var from id.Statement
	if _, err := in.Seek(ctx, &from); err != nil {
		return httpapi.Page[statement]{}, err
	}
	found, err := m.statementsBefore(ctx, *w, from, in.Limit+1)
	if err != nil {
		return httpapi.Page[statement]{}, err
	}
	return httpapi.PageOf(ctx, in.PageIn, found, func(s statement) any { return s.ID })
}

// readable returns the statement if the caller may see it.
func (m *Module) readable(ctx context.Context, tx *db.Tx, s id.Statement) (statement, error) {
	st, err := statementByID(ctx, tx, s, "")
	if err != nil {
		return st, err
	}
	return st, m.guard.Can(ctx, "statement.read", st.resource())
}

// linesAfter reads some charges of a statement, from the one behind the given on.
func linesAfter(ctx context.Context, tx *db.Tx, s id.Statement, from id.Charge, limit int) ([]charge, error) {
	rows, err := tx.Rows(ctx, `SELECT `+chargeColumns+` FROM settlement_charge WHERE tenant_id = ? AND statement_id = ? AND id > ? ORDER BY id LIMIT ?`,
		tx.Tenant(), s, from[:], limit)
	return db.Collect(rows, err, scanCharge)
}

// Lines returns the charges of a statement, from the given one on.
func (m *Module) Lines(ctx context.Context, s id.Statement, in httpapi.PageIn) (httpapi.Page[charge], error) {
	caller, _ := access.From(ctx)
	var from id.Charge
	if _, err := in.Seek(ctx, &from); err != nil {
		return httpapi.Page[charge]{}, err
	}
	found, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]charge, error) {
		if _, err := m.readable(ctx, tx, s); err != nil {
			return nil, err
		}
		return linesAfter(ctx, tx, s, from, in.Limit+1)
	})
	if err == nil {
		err = m.refer(ctx, found)
	}
	if err != nil {
		return httpapi.Page[charge]{}, err
	}
	return httpapi.PageOf(ctx, in, found, func(c charge) any { return c.ID })
}

// refer writes on each line what its case is called.
func (m *Module) refer(ctx context.Context, lines []charge) error {
	caller, _ := access.From(ctx)
	cases := make([]id.Case, len(lines))
	for i, c := range lines {
		cases[i] = c.Case
	}
	references, err := m.desk.References(ctx, caller.Tenant, cases)
	for i := range lines {
		lines[i].Reference = references[lines[i].Case]
	}
	return err
}
