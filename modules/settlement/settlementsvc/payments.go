package settlementsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// reversal says that, why and by whom a payment was taken back.
type reversal struct {
	Reason string      `json:"reason" enum:"wrong_amount,wrong_statement,twice,returned,other"`
	At     time.Time   `json:"at"`
	Actor  access.Seen `json:"actor"`
	who    access.Actor
}

const selectPayment = `SELECT p.seq, p.minor, p.currency, p.paid_on, p.at, COALESCE(r.reason, ''), r.actor, r.at FROM settlement_payment p
	LEFT JOIN settlement_payment_reversal r ON r.tenant_id = p.tenant_id AND r.statement_id = p.statement_id AND r.seq = p.seq
	WHERE p.tenant_id = ? AND p.statement_id = ? `

func scanPayment(scan func(...any) error) (p payment, err error) {
	var r reversal
	err = scan(&p.Seq, &p.Amount.Minor, &p.Amount.Currency, &p.PaidOn, db.At(&p.At), &r.Reason, &r.who, db.At(&r.At))
	if r.Reason != "" {
		p.Reversal = &r
	}
	return p, err
}

// paymentOf returns one payment of a statement.
func paymentOf(ctx context.Context, tx *db.Tx, s id.Statement, seq int64) (payment, error) {
	p, err := scanPayment(tx.Row(ctx, selectPayment+`AND p.seq = ?`, tx.Tenant(), s, seq).Scan)
	return p, db.NotFound(err, settlement.ErrNoPayment)
}

// Payments lists what has been paid of a statement, the first payment first, and
// what of it was taken back.
func (m *Module) Payments(ctx context.Context, s id.Statement) ([]payment, error) {
	caller, _ := access.From(ctx)
	var st statement
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (_ []payment, err error) {
		if st, err = m.readable(ctx, tx, s); err != nil {
			return nil, err
		}
		rows, err := tx.Rows(ctx, selectPayment+`ORDER BY p.seq LIMIT 1000`, tx.Tenant(), s)
		return db.Collect(rows, err, scanPayment)
	})
	if err != nil {
		return nil, err
	}
	return all, m.nameActors(ctx, st, all)
}

// nameActors says who took payments back: accounts and names are for those who
// work at the operator, and everybody knows what they did themselves.
func (m *Module) nameActors(ctx context.Context, st statement, all []payment) error {
	caller, _ := access.From(ctx)
	var taken []*reversal
	var who []access.Actor
	for _, p := range all {
		if r := p.Reversal; r != nil {
			taken, who = append(taken, r), append(who, r.who)
			r.Actor = r.who.SeenBy(caller)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	res := st.resource()
	res.Kind = "actor"
	if err := m.guard.Can(ctx, "actor.read", res); errors.Is(err, access.ErrHidden) {
		return nil
	} else if err != nil {
		return err
	}
	names, err := m.accounts.Names(ctx, caller.Tenant, who...)
	if err != nil {
		return err
	}
	for _, r := range taken {
		r.Actor = r.who.Named(names)
	}
	return nil
}
