package settlementsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
)

// cardRow is a rate card as stored and shown.
type cardRow struct {
	ID        id.RateCard      `json:"id"`
	Party     settlement.Party `json:"party"`
	Brand     id.Brand         `json:"brand,omitzero"`
	Partner   id.Partner       `json:"partner,omitzero"`
	Country   locale.Country   `json:"country,omitempty"`
	Card      settlement.Card  `json:"card"`
	ValidFrom time.Time        `json:"valid_from"`
	Version   int64            `json:"version"`
}

const cardColumns = `id, party, brand_id, partner_id, country, card, valid_from, version`

func scanCard(scan func(...any) error) (c cardRow, err error) {
	var text []byte
	if err := scan(&c.ID, &c.Party, &c.Brand, &c.Partner, &c.Country, &text, db.At(&c.ValidFrom), &c.Version); err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c.Card)
}

func insertCard(ctx context.Context, tx *db.Tx, c cardRow) error {
	text, err := json.Marshal(c.Card)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO settlement_card (tenant_id, `+cardColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), c.ID, c.Party, c.Brand, c.Partner, c.Country, string(text), c.ValidFrom, c.Version)
	return err
}

func allCards(ctx context.Context, tx *db.Tx) ([]cardRow, error) {
	rows, err := tx.Rows(ctx, `SELECT `+cardColumns+` FROM settlement_card WHERE tenant_id = ? ORDER BY valid_from DESC, id DESC LIMIT 1000`, tx.Tenant())
	return db.Collect(rows, err, scanCard)
}

// charge is a rated line as stored and shown.
type charge struct {
	ID          id.Charge         `json:"id"`
	Case        id.Case           `json:"case"`
	Reference   string            `json:"case_reference,omitempty" doc:"of the case, on the lines of a statement"` // asked of the desk, not stored
	WorkOrder   id.WorkOrder      `json:"work_order"`
	Statement   id.Statement      `json:"statement,omitzero"`
	Brand       id.Brand          `json:"brand"`
	Node        id.Node           `json:"node,omitzero"`
	Partner     id.Partner        `json:"partner,omitzero"`
	Kind        warranty.CostKind `json:"kind"`
	Party       settlement.Party  `json:"party"`
	Payer       warranty.Payer    `json:"payer"`
	Part        id.Part           `json:"part,omitzero"`
	Quantity    int64             `json:"quantity"`
	Unit        string            `json:"unit"`
	Each        int64             `json:"each_minor"`
	Amount      money.Amount      `json:"amount"`
	Card        id.RateCard       `json:"rate_card"`
	CardVersion int64             `json:"rate_card_version"`
	Rule        string            `json:"rule"`
	At          time.Time         `json:"at"`
	Reverses    id.Charge         `json:"reverses,omitzero" doc:"the charge that this line takes back"`
}

const chargeColumns = `id, case_id, work_order_id, statement_id, brand_id, node_id, partner_id, kind, party, payer, part_id, quantity, unit,
	each_minor, amount_minor, currency, card_id, card_version, rule, at, reverses_id`

func scanCharge(scan func(...any) error) (c charge, err error) {
	return c, scan(&c.ID, &c.Case, &c.WorkOrder, &c.Statement, &c.Brand, &c.Node, &c.Partner, &c.Kind, &c.Party, &c.Payer, &c.Part, &c.Quantity,
		&c.Unit, &c.Each, &c.Amount.Minor, &c.Amount.Currency, &c.Card, &c.CardVersion, &c.Rule, db.At(&c.At), &c.Reverses)
}

func insertCharge(ctx context.Context, tx *db.Tx, c charge) error {
	err := tx.Put(ctx, `INSERT INTO settlement_charge (tenant_id, `+chargeColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), c.ID, c.Case, c.WorkOrder, c.Statement, c.Brand, c.Node, c.Partner, c.Kind, c.Party, c.Payer, c.Part, c.Quantity,
		c.Unit, c.Each, c.Amount.Minor, c.Amount.Currency, c.Card, c.CardVersion, c.Rule, c.At, c.Reverses)
	if err != nil {
		return fmt.Errorf("insert charge: %w", err)
	}
	return nil
}

// post writes an entry of the journal, which must balance. Its subject is a case,
// or a statement that was paid.
func post(ctx context.Context, tx *db.Tx, subject id.Raw, entry []settlement.Posting) error {
	if len(entry) == 0 {
		return nil
	}
	if err := settlement.Balanced(entry); err != nil {
		return err
	}
	e := id.New[id.EntryKind]()
	for i, p := range entry {
		err := tx.Put(ctx, `INSERT INTO settlement_posting (tenant_id, entry_id, line, subject_id, account, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.Tenant(), e, i, subject, p.Account, p.Amount.Minor, p.Amount.Currency, tx.Now())
		if err != nil {
			return fmt.Errorf("post: %w", err)
		}
	}
	return nil
}

// statement is a statement as stored and shown.
type statement struct {
	ID        id.Statement     `json:"id"`
	Party     settlement.Party `json:"party"`
	Brand     id.Brand         `json:"brand,omitzero"`
	Partner   id.Partner       `json:"partner,omitzero"`
	FromOn    string           `json:"from_on"`
	UntilOn   string           `json:"until_on" doc:"exclusive"`
	State     settlement.State `json:"state"`
	Lines     int64            `json:"lines"`
	Total     money.Amount     `json:"total"`
	Paid      money.Amount     `json:"paid" doc:"the sum of the payments"`
	Remaining money.Amount     `json:"remaining" doc:"what is still to be paid"`
	ChangedAt time.Time        `json:"changed_at"`
	Version   int64            `json:"version"`
}

const statementColumns = `id, party, brand_id, partner_id, from_on, until_on, state, lines, total_minor, currency, paid_minor, changed_at, version`

func scanStatement(scan func(...any) error) (s statement, err error) {
	err = scan(&s.ID, &s.Party, &s.Brand, &s.Partner, &s.FromOn, &s.UntilOn, &s.State, &s.Lines, &s.Total.Minor, &s.Total.Currency, &s.Paid.Minor, db.At(&s.ChangedAt), &s.Version)
	if err != nil {
		return s, err
	}
	s.Paid.Currency = s.Total.Currency
	s.Remaining, err = s.Total.Sub(s.Paid)
	return s, err
}

func statementByID(ctx context.Context, tx *db.Tx, s id.Statement, lock string) (statement, error) {
	out, err := scanStatement(tx.Row(ctx, `SELECT `+statementColumns+` FROM settlement_statement WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), s).Scan)
	return out, db.NotFound(err, settlement.ErrStatement)
}

// openStatement returns the id of the open statement that the charge belongs
// to, which it opens if need be. A charge for a period that is closed goes into
// the next one that is open.
func openStatement(ctx context.Context, tx *db.Tx, c charge, zone *time.Location) (id.Statement, error) {
	at := c.At
	whom := c.Brand.Raw()
	var brand id.Brand
	var partner id.Partner
	if c.Party == settlement.ToPartner {
		whom, partner = c.Partner.Raw(), c.Partner
	} else {
		brand = c.Brand
	}
	for {
		from, until := settlement.Period(at, zone)
		fresh := id.New[id.StatementKind]()
		err := tx.Put(ctx, `INSERT INTO settlement_statement (tenant_id, id, party, brand_id, partner_id, whom, from_on, until_on, currency, state, lines, total_minor, changed_at, version)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 1) ON CONFLICT DO NOTHING`,
			tx.Tenant(), fresh, c.Party, brand, partner, whom, from, until, c.Amount.Currency, settlement.Open, tx.Now())
		if err != nil {
			return fresh, fmt.Errorf("open statement: %w", err)
		}
		var sid id.Statement
		var state settlement.State
		err = tx.Row(ctx, `SELECT id, state FROM settlement_statement WHERE tenant_id = ? AND party = ? AND whom = ? AND currency = ? AND from_on = ?`+tx.ForUpdate(),
			tx.Tenant(), c.Party, whom, c.Amount.Currency, from).Scan(&sid, &state)
		if err != nil || state == settlement.Open {
			return sid, err
		}
		at = settlement.Begins(until, zone) // a month after the 31st may lie in the one after next
	}
}

func addToStatement(ctx context.Context, tx *db.Tx, s id.Statement, minor int64) error {
	err := tx.Put(ctx, `UPDATE settlement_statement SET lines = lines + 1, total_minor = total_minor + ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ?`, minor, tx.Now(), tx.Tenant(), s)
	return err
}
