package worksvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// reversal says why charges are taken back.
type reversal struct {
	Reason string `json:"reason" enum:"rated_wrong,not_done,agreed,other" doc:"it is kept with the work order and told in an event"`
}

// Reverse takes a work order that is in the books out of them. The settlement
// hears of it and books its charges the other way round; nothing is deleted, and
// because a reversed work order stays so, it is done once.
func (m *Module) Reverse(ctx context.Context, wo id.WorkOrder, r reversal) (moved, error) {
	reason, err := work.ReverseReason(r.Reason)
	if err != nil {
		return moved{}, err
	}
	caller, _ := access.From(ctx)
	if _, err := m.readFor(ctx, caller.Tenant, wo, "work.reverse"); err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		o, err := byID(ctx, tx, wo, tx.ForUpdate())
		if err != nil {
			return moved{}, err
		}
		if err := m.step(ctx, tx, &o, work.Reverse, reason); err != nil {
			return moved{}, err
		}
		e := work.OrderReversed{WorkOrder: wo, Case: o.Case, Node: o.Node, Reason: reason, At: tx.Now()}
		return moved{wo, o.State, o.Version}, m.bus.Publish(ctx, tx, e)
	})
}
