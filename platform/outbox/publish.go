package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// maxBody is how many bytes of JSON one event may have: an event is a fact, not
// a document.
const maxBody = 256 << 10

// Publish stores the events in tx, in the order given. They are heard after tx
// has committed, and never if it does not. Two steps that publish for one
// subject at the same time collide on PostgreSQL; one of them is run again.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, events ...Event) error {
	if tx.Tenant().IsZero() {
		return errors.New("publish: the step has no tenant")
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

// The sub-select sees the table as it was before the statement, hence the
// event's own offset among those of its subject.
const eventRow = `(?, ?, (SELECT COALESCE(MAX(subject_seq), 0) FROM outbox_event WHERE tenant_id = ? AND subject_id = ?) + ?, ?, ?, ?, ?, ?)`

func publish(ctx context.Context, tx *db.Tx, events []Event) error {
	args := make([]any, 0, 10*len(events))
	at := make(map[id.Event]int, len(events))
	nth := map[id.Raw]int64{}
	for i, e := range events {
		body, err := encode(e)
		if err != nil {
			return err
		}
		subject, eid := e.Subject(), id.New[id.EventKind]()
		nth[subject]++
		at[eid] = i
		args = append(args, tx.Tenant(), subject, tx.Tenant(), subject, nth[subject], eid, e.EventName(), body, tx.Now(), tx.Machine())
	}
	q := `INSERT INTO outbox_event (tenant_id, subject_id, subject_seq, id, name, body, occurred_at, recorded_at) VALUES ` +
		rows(eventRow, len(events)) + ` RETURNING id, subject_seq`
	found, err := tx.Rows(ctx, q, args...)
	fresh := make([]any, 0, 5*len(events))
	_, err = db.Collect(found, err, func(scan func(...any) error) (struct{}, error) {
		var eid id.Event
		var seq int64
		err := scan(&eid, &seq)
		e := events[at[eid]]
		fresh = append(fresh, tx.Tenant(), e.Subject(), seq, e.EventName(), tx.Machine())
		return struct{}{}, err
	})
	if err != nil {
		if db.IsUnique(err) { // another step has numbered an event of this subject
			err = errors.Join(db.ErrRetry, err)
		}
		return fmt.Errorf("publish %s: %w", events[0].EventName(), err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO outbox_fresh (tenant_id, subject_id, subject_seq, name, recorded_at) VALUES `+
		rows(`(?, ?, ?, ?, ?)`, len(events)), fresh...)
	if err != nil {
		return fmt.Errorf("publish %s: %w", events[0].EventName(), err)
	}
	return nil
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
