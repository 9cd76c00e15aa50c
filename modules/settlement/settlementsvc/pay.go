package settlementsvc

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// paying is part of a statement that was paid.
type paying struct {
	Amount money.Amount `json:"amount"`
	PaidOn string       `json:"paid_on,omitempty" format:"date" doc:"the day on the bank's paper; today if absent"`
}

// payment is one that has been booked.
type payment struct {
	Seq      int64        `json:"seq"`
	Amount   money.Amount `json:"amount"`
	PaidOn   string       `json:"paid_on"`
	At       time.Time    `json:"at"`
	Reversal *reversal    `json:"reversal,omitempty" doc:"it was taken back and pays nothing"`
}

// Pay books what remains of a statement, whatever it is.
func (m *Module) Pay(ctx context.Context, s id.Statement) (statement, error) {
	return m.settle(ctx, s, "", func(st statement) (money.Amount, settlement.State, error) {
		to, err := settlement.Next(st.State, settlement.Pay)
		return st.Remaining, to, err
	})
}

// PayPart books a part; the last part ends the statement.
func (m *Module) PayPart(ctx context.Context, s id.Statement, p paying) (statement, error) {
	return m.settle(ctx, s, p.PaidOn, func(st statement) (money.Amount, settlement.State, error) {
		to, err := settlement.PayIn(st.State, st.Total, st.Paid, p.Amount)
		return p.Amount, to, err
	})
}

// settle writes a payment, its entry in the journal and the state after it in
// one step. The statement is locked, so that two parts cannot both be the last.
func (m *Module) settle(ctx context.Context, s id.Statement, day string, decide func(statement) (money.Amount, settlement.State, error)) (statement, error) {
	caller, _ := access.From(ctx)
	zone, err := m.zone(ctx, caller.Tenant)
	if err != nil {
		return statement{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (statement, error) {
		st, err := m.locked(ctx, tx, s, "statement.write")
		if err != nil {
			return statement{}, err
		}
		amount, to, err := decide(st)
		if err != nil {
			return statement{}, err
		}
		p := payment{Amount: amount, At: tx.Now().UTC().Truncate(time.Microsecond)}
		if p.PaidOn, err = settlement.PaidOn(day, tx.Now().In(zone).Format(time.DateOnly)); err != nil {
			return statement{}, err
		}
		if st.Paid, err = st.Paid.Add(amount); err != nil {
			return statement{}, err
		}
		st.State, st.ChangedAt, st.Version = to, p.At, st.Version+1
		return m.book(ctx, tx, st, p)
	})
}

func (m *Module) book(ctx context.Context, tx *db.Tx, st statement, p payment) (_ statement, err error) {
	if st.Remaining, err = st.Total.Sub(st.Paid); err != nil {
		return st, err
	}
	if err := savePaid(ctx, tx, st); err != nil {
		return st, err
	}
	err = tx.Row(ctx, `SELECT count(*) + 1 FROM settlement_payment WHERE tenant_id = ? AND statement_id = ?`, tx.Tenant(), st.ID).Scan(&p.Seq)
	if err != nil {
		return st, fmt.Errorf("number payment: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO settlement_payment (tenant_id, statement_id, seq, minor, currency, paid_on, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), st.ID, p.Seq, p.Amount.Minor, p.Amount.Currency, p.PaidOn, p.At)
	if err != nil {
		return st, fmt.Errorf("insert payment: %w", err)
	}
	if err := post(ctx, tx, st.ID.Raw(), settlement.Payment(st.Party, p.Amount)); err != nil {
		return st, err
	}
	return st, m.bus.Publish(ctx, tx, settlement.PaymentBooked{
		Statement: st.ID, Payment: p.Seq, Party: st.Party, Brand: st.Brand, Partner: st.Partner, Amount: p.Amount, PaidOn: p.PaidOn,
		Remaining: st.Remaining, State: st.State, At: p.At,
	})
}

// savePaid keeps what has become of a statement by a payment.
func savePaid(ctx context.Context, tx *db.Tx, st statement) error {
	err := tx.Put(ctx, `UPDATE settlement_statement SET state = ?, paid_minor = ?, changed_at = ?, version = ? WHERE tenant_id = ? AND id = ?`,
		st.State, st.Paid.Minor, st.ChangedAt, st.Version, tx.Tenant(), st.ID)
	if err != nil {
		return fmt.Errorf("save statement: %w", err)
	}
	return nil
}
