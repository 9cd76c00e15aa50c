package desksvc

import (
	"context"

	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// listenDue keeps the queue sorted by what is due next: every event of a case's
// clocks says it.
func (m *Module) listenDue() {
	noteDue(m.bus, func(e sla.ClocksStarted) sla.Of { return e.Of })
	noteDue(m.bus, func(e sla.ClocksPaused) sla.Of { return e.Of })
	noteDue(m.bus, func(e sla.ClocksResumed) sla.Of { return e.Of })
	noteDue(m.bus, func(e sla.ClocksCancelled) sla.Of { return e.Of })
	noteDue(m.bus, func(e sla.ClockMet) sla.Of { return e.Of })
}

func noteDue[E outbox.Event](bus *outbox.Bus, of func(E) sla.Of) {
	outbox.On(bus, "desk.due", func(ctx context.Context, tx *db.Tx, _ outbox.Meta, e E) error {
		return saveDue(ctx, tx, of(e).Case, of(e).NextDueAt)
	})
}
