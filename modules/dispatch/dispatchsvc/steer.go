package dispatchsvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// steered says what came of rewards in one currency: of visits that stand or were
// carried out.
type steered struct {
	Taken   int64        `json:"taken" doc:"slots taken with a reward"`
	Granted money.Amount `json:"granted" doc:"promised for them in all"`
	Saved   money.Amount `json:"saved" doc:"by them in all, each against the earliest slot that was offered with it; rewards not taken off"`
}

// steerDays is how far back what came of rewards is told.
const steerDays = 30

// steeredOf adds up what was promised with the node's appointments of the last days. Who
// is promised something today is visited later, so the index of windows bounds the search.
func steeredOf(ctx context.Context, tx *db.Tx, node id.Node) ([]steered, error) {
	since := tx.Now().AddDate(0, 0, -steerDays)
	type row struct {
		steered
		state dispatch.State
	}
	rows, err := tx.Rows(ctx, `SELECT reward_currency, state, COUNT(*), CAST(SUM(reward_minor) AS BIGINT), CAST(SUM(saves_minor) AS BIGINT) FROM dispatch_appointment
		WHERE tenant_id = ? AND node_id = ? AND start_at >= ? AND created_at >= ? AND reward_minor > 0
		GROUP BY reward_currency, state ORDER BY reward_currency, state`, tx.Tenant(), node, since, since)
	all, err := db.Collect(rows, err, func(scan func(...any) error) (r row, err error) {
		return r, scan(&r.Granted.Currency, &r.state, &r.Taken, &r.Granted.Minor, &r.Saved.Minor)
	})
	if err != nil {
		return nil, fmt.Errorf("read rewards: %w", err)
	}
	out := []steered{}
	for _, r := range all {
		if !r.state.Earns() || r.state == dispatch.Pending { // which may still come to nothing
			continue
		}
		r.Saved.Currency = r.Granted.Currency
		if n := len(out); n > 0 && out[n-1].Granted.Currency == r.Granted.Currency {
			out[n-1].add(r.steered)
			continue
		}
		out = append(out, r.steered)
	}
	return out, nil
}

// add counts what came of others in the same currency.
func (s *steered) add(r steered) {
	s.Taken += r.Taken
	s.Granted.Minor += r.Granted.Minor
	s.Saved.Minor += r.Saved.Minor
}

// steer sets what a node promises. Rewards are the operator's money: who may write the
// board only because they run the node may not promise it. Faults: ErrInvalid.
func (m *Module) steer(ctx context.Context, tx *db.Tx, n *network.Node, e *engine, to dispatch.Steering) error {
	if !to.On() {
		to.Most = e.Steering.Most // as it was, for when it is switched on again
	}
	if to == e.Steering {
		return nil
	}
	err := m.guard.Can(ctx, "board.write", access.Resource{Kind: "board", ID: n.ID.Raw(), Node: n.ID, Country: string(n.Country)})
	if errors.Is(err, access.ErrHidden) {
		return dispatch.ErrInvalid.At("/steering", "forbidden")
	} else if err != nil {
		return err
	}
	paid, err := paidIn(ctx, tx, n.ID)
	if err != nil {
		return err
	}
	e.Steering = to
	return to.Check(paid)
}

// paidIn are the currencies that a node's technicians are paid in.
func paidIn(ctx context.Context, tx *db.Tx, node id.Node) ([]money.Currency, error) {
	rows, err := tx.Rows(ctx, `SELECT DISTINCT hour_currency FROM dispatch_technician WHERE tenant_id = ? AND node_id = ? AND standing <> ? ORDER BY hour_currency`,
		tx.Tenant(), node, dispatch.Left)
	out, err := db.Collect(rows, err, func(scan func(...any) error) (c money.Currency, err error) { return c, scan(&c) })
	if err != nil {
		return nil, fmt.Errorf("read currencies: %w", err)
	}
	return append([]money.Currency{}, out...), nil
}

// steered puts on slots what is promised to the customer who takes one. Visits that hang
// together are promised nothing: what a slot costs there is the cost of them all, and
// each of them is carried out, moved and called off by itself.
func (p *picture) steered(ctx context.Context, tx *db.Tx, slots []dispatch.Slot) ([]dispatch.Slot, error) {
	if len(slots) < 2 || p.group != nil {
		return slots, nil
	}
	e, err := engineOf(ctx, tx, p.job.Node, "")
	return dispatch.Steer(e.Steering, slots), err
}

// pledge is what an offer has promised to the customer who takes it.
type pledge struct {
	work   id.WorkOrder // the visit that it was offered for; zero: no offer is taken
	reward money.Amount
	saves  money.Amount
}

// pledgeOf reads it from the reasons of the offer.
func pledgeOf(wo id.WorkOrder, reasons []byte) (pledge, error) {
	var r dispatch.Reasons
	if err := json.Unmarshal(reasons, &r); err != nil {
		return pledge{}, fmt.Errorf("read offer: %w", err)
	}
	return pledge{wo, r.Reward, r.Saves}, nil
}

// promise keeps with a new appointment what was promised with it. Where we could not
// carry out the one before it and find the visit another place ourselves, what the
// customer was promised goes on; who chooses anew has what is offered anew.
func (b *booking) promise(ctx context.Context, tx *db.Tx, a *appointment) error {
	if b.pledge.work == b.work { // not those that come along
		a.Reward, a.Saves = b.pledge.reward, b.pledge.saves
		return nil
	}
	if a.Previous.IsZero() || b.by == dispatch.ByOffer {
		return nil
	}
	last, err := appointmentOf(ctx, tx, a.Previous, "")
	if err == nil && last.State.Failed() {
		a.Reward, a.Saves = last.Reward, last.Saves
	}
	return err
}

// earn drops the reward where nobody came by the offer.
func (a *appointment) earn(e *field.VisitRecorded) {
	if !dispatch.CameBy(a.undecided(), !e.Appointment.IsZero(), e.StartedAt, a.CreatedAt) {
		a.Reward, a.Saves = money.Amount{}, money.Amount{}
	}
}

// leave drops the reward where the customer, or who speaks for them, asks for another
// window.
func (a *appointment) leave(w dispatch.Window) {
	if !w.Start.Equal(a.StartAt) {
		a.lost = a.owed()
		a.Reward, a.Saves = money.Amount{}, money.Amount{}
	}
}

// forgone is what the customer has lost by what was done last: by giving up the slot, or
// by not being there.
func (a *appointment) forgone() money.Amount {
	if a.State == dispatch.Cancelled || a.State == dispatch.Absent {
		return a.Reward
	}
	return a.lost
}

// owed is the reward as far as it stands.
func (a *appointment) owed() money.Amount {
	if !a.State.Earns() || a.Reward.IsZero() {
		return money.Amount{}
	}
	return a.Reward
}
