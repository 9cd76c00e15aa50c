package settlementsvc

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// takingBack says why a payment is taken back.
type takingBack struct {
	Reason string `json:"reason" enum:"wrong_amount,wrong_statement,twice,returned,other" doc:"it is kept with the payment and told in an event"`
}

// TakeBack takes a booked payment back: its entry is booked the other way round,
// and what it had paid remains to be paid. The payment itself stays as it was.
// The statement is locked, so that of two who take it back one is refused.
func (m *Module) TakeBack(ctx context.Context, s id.Statement, seq int64, why takingBack) (statement, error) {
	if err := settlement.CheckPaymentReason(why.Reason); err != nil {
		return statement{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (statement, error) {
		st, err := m.locked(ctx, tx, s, "statement.write")
		if err != nil {
			return statement{}, err
		}
		p, err := paymentOf(ctx, tx, s, seq)
		if err != nil {
			return statement{}, err
		}
		if st.State, st.Paid, err = settlement.TakenBack(st.State, st.Paid, p.Amount, p.Reversal != nil); err != nil {
			return statement{}, err
		}
		if st.Remaining, err = st.Total.Sub(st.Paid); err != nil {
			return statement{}, err
		}
		st.ChangedAt, st.Version = tx.Now().UTC().Truncate(time.Microsecond), st.Version+1
		return st, m.unbook(ctx, tx, st, p, why.Reason)
	})
}

// unbook writes that the payment was taken back, its entry the other way round
// and the statement as it then stands, and tells it.
func (m *Module) unbook(ctx context.Context, tx *db.Tx, st statement, p payment, reason string) error {
	if err := savePaid(ctx, tx, st); err != nil {
		return err
	}
	err := tx.Put(ctx, `INSERT INTO settlement_payment_reversal (tenant_id, statement_id, seq, reason, actor, at) VALUES (?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), st.ID, p.Seq, reason, access.ActorOf(ctx), st.ChangedAt)
	if err != nil {
		return fmt.Errorf("insert reversal of a payment: %w", err)
	}
	if err := post(ctx, tx, st.ID.Raw(), settlement.Reverse(settlement.Payment(st.Party, p.Amount))); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, settlement.PaymentReversed{
		Statement: st.ID, Payment: p.Seq, Party: st.Party, Brand: st.Brand, Partner: st.Partner, Amount: p.Amount, Reason: reason,
		Remaining: st.Remaining, State: st.State, At: st.ChangedAt,
	})
}
