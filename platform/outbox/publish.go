package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// maxBody is how many bytes of JSON one event may have: an event is a fact, not
// a document.
const maxBody = 256 << 10

// Publish stores the events in tx, in the order given, as caused by the caller of
// ctx, or by the system where there is none. They are heard after tx
// has committed, and never if it does not. Two steps that publish for one
// subject at the same time collide on PostgreSQL; one of them is run again.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, events ...Event) error {
	if tx.Tenant().IsZero() {
		return errors.New("publish: the step has no tenant")
	}
	if b.o.Announce != nil {
		if err := b.o.Announce(ctx, tx, events); err != nil {
			return err
		}
	}
	for len(events) > 0 {
		n := chunk(len(events))
		if err := publish(ctx, tx, events[:n]); err != nil {
			return err
		}
		events = events[n:]
	}
	if b.running.Load() > 0 {
		tx.AfterCommit(b.nudge)
		return nil
	}
	return tx.Notify(ctx, db.ChannelWake, "outbox")
}

// What the sub-selects see is the table before the statement, so an event's place
// among those of its subject is added (and for fresh, which comes second, taken away).
const (
	eventRow = `(?, ?, (SELECT COALESCE(MAX(subject_seq), 0) FROM outbox_event WHERE tenant_id = ? AND subject_id = ?) + ?, ?, ?, ?, ?, ?, ?)`
	freshRow = `(?, ?, (SELECT MAX(subject_seq) FROM outbox_event WHERE tenant_id = ? AND subject_id = ?) - ?, ?, ?)`
)

func publish(ctx context.Context, tx *db.Tx, events []Event) error {
	stored := make([]any, 0, 11*len(events))
	fresh := make([]any, 0, 7*len(events))
	tenant, before, after := tx.Tenant(), map[id.Raw]int64{}, perSubject(events)
	actor := access.ActorOf(ctx)
	for _, e := range events {
		body, err := encode(e)
		if err != nil {
			return err
		}
		subject, name := e.Subject(), e.EventName()
		before[subject]++
		after[subject]--
		stored = append(stored, tenant, subject, tenant, subject, before[subject], id.New[id.EventKind](), name, body, tx.Now(), tx.Machine(), actor)
		fresh = append(fresh, tenant, subject, tenant, subject, after[subject], name, tx.Machine())
	}
	_, err := tx.Exec(ctx, `INSERT INTO outbox_event (tenant_id, subject_id, subject_seq, id, name, body, occurred_at, recorded_at, actor) VALUES `+
		rows(eventRow, len(events)), stored...)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO outbox_fresh (tenant_id, subject_id, subject_seq, name, recorded_at) VALUES `+
			rows(freshRow, len(events)), fresh...)
	}
	if err == nil {
		return nil
	}
	if db.IsUnique(err) { // another step has numbered an event of this subject
		err = errors.Join(db.ErrRetry, err)
	}
	return fmt.Errorf("publish %s: %w", events[0].EventName(), err)
}

func perSubject(events []Event) map[id.Raw]int64 {
	n := map[id.Raw]int64{}
	for _, e := range events {
		n[e.Subject()]++
	}
	return n
}

func encode(e Event) (string, error) {
	if e.Subject() == (id.Raw{}) {
		return "", fmt.Errorf("publish %s: the event has no subject", e.EventName())
	}
	body, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("publish %s: %w", e.EventName(), err)
	}
	if len(body) > maxBody {
		return "", fmt.Errorf("publish %s: %d bytes, at most %d", e.EventName(), len(body), maxBody)
	}
	return string(body), nil
}
