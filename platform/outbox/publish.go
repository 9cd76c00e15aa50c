package outbox

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// wake says that there are events, or lanes that nobody holds.
const wake = "outbox"

// maxBody is how many bytes of JSON one event may have: an event is a fact, not
// a document.
const maxBody = 256 << 10

// Publish stores the events in tx, in the order given, as caused by the caller of
// ctx, or by the system where there is none. They are written when the step is
// done otherwise, heard after tx has committed, and never if it does not. Two
// steps that publish for one subject at the same time collide on PostgreSQL; one
// of them is run again.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, events ...Event) error {
	if tx.Tenant().IsZero() {
		return errors.New("publish: the step has no tenant")
	}
	if b.o.Announce != nil {
		if err := b.o.Announce(ctx, tx, events); err != nil {
			return err
		}
	}
	said := db.Local(tx, b, func() *[]saying {
		said := &[]saying{}
		tx.BeforeCommit(func(ctx context.Context) error { return b.store(ctx, tx, *said) })
		return said
	})
	actor := access.ActorOf(ctx)
	for _, e := range events {
		body, err := encode(e)
		if err != nil {
			return err
		}
		*said = append(*said, saying{id.New[id.EventKind](), e.Subject(), e.EventName(), body, actor})
	}
	return nil
}

// saying is an event that waits for the end of its step.
type saying struct {
	id      id.Event
	subject id.Raw
	name    string
	body    string
	actor   access.Actor
}

// store writes what a step has published, a few statements for all of it. Events
// of one subject stay in order; the subjects are put into one, so that steps that
// publish for the same ones wait for each other instead of colliding.
func (b *Bus) store(ctx context.Context, tx *db.Tx, all []saying) error {
	slices.SortStableFunc(all, func(x, y saying) int { return bytes.Compare(x.subject[:], y.subject[:]) })
	if err := queueUp(ctx, tx, all); err != nil {
		return err
	}
	for len(all) > 0 {
		n := chunk(len(all))
		if err := insert(ctx, tx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	if b.running.Load() > 0 {
		tx.AfterCommit(b.nudge)
		return nil
	}
	tx.Notify(db.ChannelWake, wake)
	return nil
}

// queueUp has those who number events of the same subject do it one after the
// other: they would collide, and the later one's whole step would be run again.
// A step with very many subjects takes that chance rather than so many locks.
func queueUp(ctx context.Context, tx *db.Tx, sorted []saying) error {
	if !tx.Postgres() {
		return nil // its one writer is alone
	}
	var names []string
	for i, s := range sorted {
		if i == 0 || s.subject != sorted[i-1].subject {
			names = append(names, "subject "+hex.EncodeToString(s.subject[:]))
		}
	}
	if len(names) > manySubjects {
		return nil
	}
	return tx.Lock(ctx, names...)
}

const manySubjects = 64

// What the sub-selects see is the table before the statement, so an event's place
// among those of its subject is added (and for fresh, which comes second, taken away).
const (
	eventRow = `(?, ?, (SELECT COALESCE(MAX(subject_seq), 0) FROM outbox_event WHERE tenant_id = ? AND subject_id = ?) + ?, ?, ?, ?, ?, ?, ?)`
	freshRow = `(?, ?, (SELECT MAX(subject_seq) FROM outbox_event WHERE tenant_id = ? AND subject_id = ?) - ?, ?, ?)`
)

func insert(ctx context.Context, tx *db.Tx, events []saying) error {
	stored := make([]any, 0, 11*len(events))
	fresh := make([]any, 0, 7*len(events))
	tenant, before, after := tx.Tenant(), map[id.Raw]int64{}, map[id.Raw]int64{}
	for _, e := range events {
		after[e.subject]++
	}
	for _, e := range events {
		before[e.subject]++
		after[e.subject]--
		stored = append(stored, tenant, e.subject, tenant, e.subject, before[e.subject], e.id, e.name, e.body, tx.Now(), tx.Machine(), e.actor)
		fresh = append(fresh, tenant, e.subject, tenant, e.subject, after[e.subject], e.name, tx.Machine())
	}
	// Another step may number an event of this subject.
	err := tx.PutNew(ctx, db.ErrRetry, `INSERT INTO outbox_event (tenant_id, subject_id, subject_seq, id, name, body, occurred_at, recorded_at, actor) VALUES `+
		rows(eventRow, len(events)), stored...)
	if err == nil {
		err = tx.Put(ctx, `INSERT INTO outbox_fresh (tenant_id, subject_id, subject_seq, name, recorded_at) VALUES `+
			rows(freshRow, len(events)), fresh...)
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("publish %s: %w", events[0].name, err)
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
