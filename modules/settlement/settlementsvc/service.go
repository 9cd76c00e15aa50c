package settlementsvc

import (
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
)

// newCard is a rate card to be published.
type newCard struct {
	Party     settlement.Party `json:"party" enum:"brand,partner"`
	Brand     id.Brand         `json:"brand,omitzero" doc:"every brand if absent"`
	Partner   id.Partner       `json:"partner,omitzero" doc:"every partner if absent"`
	Country   locale.Country   `json:"country,omitempty" maxLength:"2" doc:"every country if absent"`
	ValidFrom time.Time        `json:"valid_from,omitzero" doc:"the beginning of the operator's today if absent"`
	Card      settlement.Card  `json:"card"`
}

// PublishCard makes a rate card valid. Cards are never changed: a newer one
// takes the place of an older one that names the same.
func (m *Module) PublishCard(ctx context.Context, n newCard) (cardRow, error) {
	if err := n.Card.Check(); err != nil {
		return cardRow{}, err
	}
	if n.Country != "" && !n.Country.Valid() {
		return cardRow{}, settlement.ErrCard.At("/country", "shape")
	}
	if err := m.guard.Can(ctx, "ratecard.write", access.Resource{Kind: "ratecard", Brand: n.Brand, Partner: n.Partner, Country: string(n.Country)}); err != nil {
		return cardRow{}, err
	}
	if err := m.known(ctx, n); err != nil {
		return cardRow{}, err
	}
	caller, _ := access.From(ctx)
	zone, err := m.zone(ctx, caller.Tenant)
	if err != nil {
		return cardRow{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (cardRow, error) {
		c := cardRow{
			ID: id.New[id.RateCardKind](), Party: n.Party, Brand: n.Brand, Partner: n.Partner, Country: n.Country, Card: n.Card,
			ValidFrom: n.ValidFrom, Version: 1,
		}
		if c.ValidFrom.IsZero() { // work of this very day has its price too
			y, month, day := tx.Now().In(zone).Date()
			c.ValidFrom = time.Date(y, month, day, 0, 0, 0, 0, zone).UTC()
		}
		return c, insertCard(ctx, tx, c)
	})
}

// known refuses a card for a brand or partner that is not there.
func (m *Module) known(ctx context.Context, n newCard) error {
	caller, _ := access.From(ctx)
	if !n.Brand.IsZero() {
		if _, err := m.network.Brand(ctx, caller.Tenant, n.Brand); errors.Is(err, network.ErrBrandNotFound) {
			return settlement.ErrCard.At("/brand", "unknown")
		} else if err != nil {
			return err
		}
	}
	if n.Partner.IsZero() {
		return nil
	}
	_, err := m.network.Partner(ctx, caller.Tenant, n.Partner)
	if errors.Is(err, network.ErrPartnerNotFound) {
		return settlement.ErrCard.At("/partner", "unknown")
	}
	return err
}

// Cards lists the rate cards that the caller may see.
func (m *Module) Cards(ctx context.Context) ([]cardRow, error) {
	caller, _ := access.From(ctx)
	all, err := db.Get(ctx, m.db, caller.Tenant, allCards)
	if err != nil {
		return nil, err
	}
	var failed error
	all = slices.DeleteFunc(all, func(c cardRow) bool {
		err := m.guard.Can(ctx, "ratecard.read", access.Resource{Kind: "ratecard", Brand: c.Brand, Partner: c.Partner, Country: string(c.Country)})
		if err != nil && !errors.Is(err, access.ErrHidden) {
			failed = err
		}
		return err != nil
	})
	return all, failed
}

// caseCharges is what a case has cost, by line and by payer.
type caseCharges struct {
	Items  []charge                `json:"items"`
	Totals map[string]money.Amount `json:"totals" doc:"by payer; what the operator owes its partner stands under partner_cost, and what is in another currency than the first under payer:currency"`
}

// OfCase returns the charges of a case that the caller may see.
func (m *Module) OfCase(ctx context.Context, c id.Case) (caseCharges, error) {
	caller, _ := access.From(ctx)
	b, err := m.desk.Brief(ctx, caller.Tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return caseCharges{}, access.ErrHidden
	} else if err != nil {
		return caseCharges{}, err
	}
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]charge, error) {
		rows, err := tx.Rows(ctx, `SELECT `+chargeColumns+` FROM settlement_charge WHERE tenant_id = ? AND case_id = ? ORDER BY id`, tx.Tenant(), c)
		return db.Collect(rows, err, scanCharge)
	})
	if err != nil {
		return caseCharges{}, err
	}
	out := caseCharges{Items: []charge{}, Totals: map[string]money.Amount{}}
	for _, ch := range all {
		switch err := m.guard.Can(ctx, "charge.read", chargeResource(b, ch)); {
		case err == nil:
			out.Items = append(out.Items, ch)
			if err := out.add(ch); err != nil {
				return out, err
			}
		case !errors.Is(err, access.ErrHidden):
			return out, err
		}
	}
	if len(out.Items) == 0 { // whoever is on the case may know that there is nothing of theirs, and not whether there is of others
		r := access.Resource{Kind: "charge", Node: b.Node, Brand: b.Brand, Partner: b.Partner, Country: string(b.Country)}
		return out, m.guard.Can(ctx, "charge.read", r)
	}
	return out, nil
}

func (c *caseCharges) add(ch charge) error {
	key := string(ch.Payer)
	if ch.Party == settlement.ToPartner {
		key = "partner_cost"
	}
	sum := c.Totals[key]
	if sum.Currency != "" && sum.Currency != ch.Amount.Currency { // a reward in what technicians are paid in, say
		key += ":" + string(ch.Amount.Currency)
		sum = c.Totals[key]
	}
	if sum.Currency == "" {
		sum.Currency = ch.Amount.Currency
	}
	sum, err := sum.Add(ch.Amount)
	c.Totals[key] = sum
	return err
}

// chargeResource: what a brand pays is the brand's to see, what a partner is
// owed is the partner's, and neither sees the other's.
func chargeResource(b desk.Brief, c charge) access.Resource {
	r := access.Resource{Kind: "charge", ID: c.ID.Raw(), Node: b.Node, Country: string(b.Country)}
	if c.Party == settlement.ToPartner {
		r.Partner = c.Partner
	} else {
		r.Brand = c.Brand
	}
	return r
}

func (s statement) resource() access.Resource {
	return access.Resource{Kind: "statement", ID: s.ID.Raw(), Brand: s.Brand, Partner: s.Partner, State: string(s.State)}
}

// command moves a statement.
func (m *Module) command(ctx context.Context, s id.Statement, action string, cmd settlement.Command) (statement, error) {
	caller, _ := access.From(ctx)
	zone, err := m.zone(ctx, caller.Tenant)
	if err != nil {
		return statement{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (statement, error) {
		st, err := m.locked(ctx, tx, s, action)
		if err != nil {
			return statement{}, err
		}
		return m.step(ctx, tx, st, cmd, zone)
	})
}

// locked returns the statement for the caller to do the action with, so that
// nobody else changes it before the step is over.
func (m *Module) locked(ctx context.Context, tx *db.Tx, s id.Statement, action string) (statement, error) {
	st, err := statementByID(ctx, tx, s, tx.ForUpdate())
	if err != nil {
		return statement{}, err
	}
	if err := m.guard.Can(ctx, action, st.resource()); err != nil {
		return statement{}, err
	}
	return st, nil
}

func (m *Module) step(ctx context.Context, tx *db.Tx, st statement, cmd settlement.Command, zone *time.Location) (statement, error) {
	to, err := settlement.Next(st.State, cmd)
	if err != nil {
		return st, err
	}
	if cmd == settlement.Close && tx.Now().In(zone).Format(time.DateOnly) < st.UntilOn {
		return st, settlement.ErrPeriodOpen.With("until", st.UntilOn)
	}
	st.State, st.ChangedAt, st.Version = to, tx.Now().UTC().Truncate(time.Microsecond), st.Version+1
	if err := tx.Put(ctx, `UPDATE settlement_statement SET state = ?, changed_at = ?, version = ? WHERE tenant_id = ? AND id = ?`,
		st.State, st.ChangedAt, st.Version, tx.Tenant(), st.ID); err != nil {
		return st, err
	}
	if cmd != settlement.Close {
		return st, nil
	}
	e := settlement.StatementClosed{
		Statement: st.ID, Party: st.Party, Brand: st.Brand, Partner: st.Partner, FromOn: st.FromOn, UntilOn: st.UntilOn,
		Lines: st.Lines, Total: st.Total, At: st.ChangedAt,
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "statement", Subject: st.ID.Raw(), Record: e}); err != nil {
		return st, err
	}
	return st, m.bus.Publish(ctx, tx, e)
}

// CloseDue closes every statement whose period is over; it runs once a day.
func (m *Module) CloseDue(ctx context.Context, tenant id.Tenant) error {
	zone, err := m.zone(ctx, tenant)
	if err != nil {
		return err
	}
	due, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Statement, error) {
		rows, err := tx.Rows(ctx, `SELECT id FROM settlement_statement WHERE tenant_id = ? AND state = ? AND until_on <= ?`,
			tx.Tenant(), settlement.Open, tx.Now().In(zone).Format(time.DateOnly))
		return db.Collect(rows, err, func(scan func(...any) error) (s id.Statement, err error) { return s, scan(&s) })
	})
	for _, s := range due {
		if err == nil {
			_, err = m.command(access.With(ctx, access.System(tenant)), s, "statement.write", settlement.Close)
		}
		if errors.Is(err, settlement.ErrTransition) {
			err = nil // somebody else has just closed it
		}
	}
	return err
}

// balance is what stands on an account.
type balance struct {
	Account settlement.Account `json:"account"`
	Amount  money.Amount       `json:"amount"`
}

// Balances returns the sums of all accounts; those of one currency add up to
// nothing.
func (m *Module) Balances(ctx context.Context) ([]balance, error) {
	if err := m.guard.Can(ctx, "journal.read", access.Resource{Kind: "journal"}); err != nil {
		return nil, err
	}
	caller, _ := access.From(ctx)
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]balance, error) {
		rows, err := tx.Rows(ctx, `SELECT account, currency, CAST(SUM(minor) AS BIGINT) FROM settlement_posting WHERE tenant_id = ? GROUP BY account, currency ORDER BY account, currency`, tx.Tenant())
		return db.Collect(rows, err, func(scan func(...any) error) (b balance, err error) {
			return b, scan(&b.Account, &b.Amount.Currency, &b.Amount.Minor)
		})
	})
}
