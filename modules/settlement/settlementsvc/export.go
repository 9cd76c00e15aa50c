package settlementsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/sheet"
)

// atOnce is how many rows of a table are read in one transaction.
const atOnce = 500

// Columns of the tables. Whoever reads them by machine relies on them: they are
// only ever added to, at the end.
var (
	statementHead = []string{
		"statement", "state", "party", "with", "from_on", "until_on", "lines", "currency", "total", "paid", "remaining", "changed_at",
	}
	lineHead = []string{
		"charge", "at", "case_reference", "case", "work_order", "kind", "part_number", "quantity", "unit", "each", "amount", "currency", "payer", "rule",
		"rate_card", "rate_card_version", "reverses",
	}
)

// StatementTable is the list of statements as it is narrowed, as a table.
func (m *Module) StatementTable(ctx context.Context, n narrowing) (*httpapi.File, error) {
	w, err := m.seen(ctx, n)
	if err != nil {
		return nil, err
	}
	names := m.partyNames(ctx)
	table := sheet.New(statementHead...)
	for from := (id.Statement{}); ; {
		some, err := m.statementsBefore(ctx, *w, from, atOnce)
		if err != nil {
			return nil, err
		}
		for _, s := range some {
			with, err := names(s)
			if err != nil {
				return nil, err
			}
			table.Row(s.cells(with)...)
			from = s.ID
		}
		if len(some) < atOnce {
			return &httpapi.File{Name: "statements.csv", Body: table.Bytes()}, nil
		}
	}
}

func (s statement) cells(with string) []sheet.Cell {
	return []sheet.Cell{
		sheet.Text(s.ID.String()), sheet.Text(s.State), sheet.Text(s.Party), sheet.Text(with), sheet.Text(s.FromOn), sheet.Text(s.UntilOn),
		sheet.Number(s.Lines), sheet.Text(s.Total.Currency), sheet.Money(s.Total), sheet.Money(s.Paid), sheet.Money(s.Remaining), instant(s.ChangedAt),
	}
}

func instant(at time.Time) sheet.Cell { return sheet.Text(at.UTC().Format(time.RFC3339)) }

// optional is the cell of an id that may be absent.
func optional[K id.Kind](i id.ID[K]) sheet.Cell {
	if i.IsZero() {
		return ""
	}
	return sheet.Text(i.String())
}

// once asks for each key once. One that is not there any more has no name.
func once[K comparable](absent error, ask func(K) (string, error)) func(K) (string, error) {
	known := map[K]string{}
	return func(k K) (string, error) {
		name, ok := known[k]
		if ok {
			return name, nil
		}
		name, err := ask(k)
		if err != nil && !errors.Is(err, absent) {
			return "", err
		}
		known[k] = name
		return name, nil
	}
}

// partyNames returns what says with whom a statement is.
func (m *Module) partyNames(ctx context.Context) func(statement) (string, error) {
	caller, _ := access.From(ctx)
	brand := once(network.ErrBrandNotFound, func(b id.Brand) (string, error) {
		found, err := m.network.Brand(ctx, caller.Tenant, b)
		return found.Name, err
	})
	partner := once(network.ErrPartnerNotFound, func(p id.Partner) (string, error) {
		found, err := m.network.Partner(ctx, caller.Tenant, p)
		return found.Name, err
	})
	return func(s statement) (string, error) {
		if s.Partner.IsZero() {
			return brand(s.Brand)
		}
		return partner(s.Partner)
	}
}

// LineTable is the charges of a statement, as a table.
func (m *Module) LineTable(ctx context.Context, s id.Statement) (*httpapi.File, error) {
	caller, _ := access.From(ctx)
	st, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (statement, error) { return m.readable(ctx, tx, s) })
	if err != nil {
		return nil, err
	}
	number := once(catalog.ErrPartNotFound, func(p id.Part) (string, error) {
		if p.IsZero() {
			return "", nil // no part, but work or a way
		}
		found, err := m.catalog.Part(ctx, caller.Tenant, p)
		return found.Number, err
	})
	table := sheet.New(lineHead...)
	for from := (id.Charge{}); ; {
		some, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]charge, error) {
			return linesAfter(ctx, tx, s, from, atOnce)
		})
		if err != nil {
			return nil, err
		}
		if err := m.addLines(ctx, table, some, number); err != nil {
			return nil, err
		}
		if len(some) < atOnce {
			return &httpapi.File{Name: "statement-" + st.FromOn + "-" + st.ID.String() + ".csv", Body: table.Bytes()}, nil
		}
		from = some[len(some)-1].ID
	}
}

func (m *Module) addLines(ctx context.Context, table *sheet.Sheet, lines []charge, number func(id.Part) (string, error)) error {
	if err := m.refer(ctx, lines); err != nil {
		return err
	}
	for _, c := range lines {
		part, err := number(c.Part)
		if err != nil {
			return err
		}
		table.Row(c.cells(part)...)
	}
	return nil
}

func (c charge) cells(part string) []sheet.Cell {
	each := c.Amount
	each.Minor = c.Each
	return []sheet.Cell{
		sheet.Text(c.ID.String()), instant(c.At), sheet.Text(c.Reference), sheet.Text(c.Case.String()), sheet.Text(c.WorkOrder.String()), sheet.Text(c.Kind),
		sheet.Text(part), sheet.Number(c.Quantity), sheet.Text(c.Unit), sheet.Money(each), sheet.Money(c.Amount), sheet.Text(c.Amount.Currency),
		sheet.Text(c.Payer), sheet.Text(c.Rule), optional(c.Card), sheet.Number(c.CardVersion), optional(c.Reverses),
	}
}
