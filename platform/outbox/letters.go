package outbox

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// ErrNoDeadLetter says that the lane is not parked (any more).
var ErrNoDeadLetter = fault.New(fault.NotFound, "outbox.no_dead_letter")

// DeadLetter is a parked lane: an event that its subscriber cannot digest, and
// those that wait behind it.
type DeadLetter struct {
	Subscriber string
	Subject    id.Raw
	Event      id.Event // zero if a binary that knew the subscriber differently parked it
	Name       string
	Seq        int64
	Attempts   int64
	Code       string // fault code or Go type, never a message
	ParkedAt   time.Time
	Waiting    int64 // how many events of the subject the lane is behind, this one included
}

// DeadLetters lists the tenant's parked lanes, at most limit, after the one
// given; the zero DeadLetter starts. They are ordered by subscriber and subject.
func (b *Bus) DeadLetters(ctx context.Context, tx *db.Tx, after DeadLetter, limit int) ([]DeadLetter, error) {
	found, err := tx.Rows(ctx, `
		SELECT l.subscriber, l.subject_id, e.id, COALESCE(e.name, ''), l.done_seq + 1, l.attempts, l.last_error_code, l.parked_at, l.wanted_seq - l.done_seq
		FROM outbox_lane l LEFT JOIN outbox_event e
			ON e.tenant_id = l.tenant_id AND e.subject_id = l.subject_id AND e.subject_seq = l.done_seq + 1
		WHERE l.tenant_id = ? AND l.parked_at IS NOT NULL AND (l.subscriber, l.subject_id) > (?, ?)
		ORDER BY l.subscriber, l.subject_id LIMIT ?`, tx.Tenant(), after.Subscriber, after.Subject, limit)
	return db.Collect(found, err, func(scan func(...any) error) (d DeadLetter, err error) {
		return d, scan(&d.Subscriber, (*raw)(&d.Subject), &d.Event, &d.Name, &d.Seq, &d.Attempts, &d.Code, db.At(&d.ParkedAt), &d.Waiting)
	})
}

// Replay has a parked lane tried again from the event that stopped it. It joins
// tx; ErrNoDeadLetter if the lane is not parked.
func (b *Bus) Replay(ctx context.Context, tx *db.Tx, subscriber string, subject id.Raw) error {
	n, err := tx.Exec(ctx, `
		UPDATE outbox_lane SET parked_at = NULL, attempts = 0, ready_at = ?
		WHERE tenant_id = ? AND subscriber = ? AND subject_id = ? AND parked_at IS NOT NULL`, tx.Machine(), tx.Tenant(), subscriber, subject)
	return b.unparked(ctx, tx, n, err)
}

// Skip passes over the one event that stopped a parked lane, in the name of the
// actor, which is kept. seq is the event's, as listed: if the lane stands
// elsewhere by now, the answer is ErrNoDeadLetter. It joins tx.
func (b *Bus) Skip(ctx context.Context, tx *db.Tx, subscriber string, subject id.Raw, seq int64, actor id.User) error {
	err := tx.Put(ctx, `
		INSERT INTO outbox_skip (tenant_id, subscriber, subject_id, subject_seq, actor_id, error_code, skipped_at)
		SELECT tenant_id, subscriber, subject_id, done_seq + 1, ?, last_error_code, ? FROM outbox_lane
		WHERE tenant_id = ? AND subscriber = ? AND subject_id = ? AND done_seq = ? AND parked_at IS NOT NULL
		ON CONFLICT (tenant_id, subscriber, subject_id, subject_seq) DO UPDATE SET
			actor_id = excluded.actor_id, error_code = excluded.error_code, skipped_at = excluded.skipped_at`, // again, after a rebuild
		actor, tx.Machine(), tx.Tenant(), subscriber, subject, seq-1)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		UPDATE outbox_lane SET done_seq = ?, parked_at = NULL, attempts = 0, last_error_code = '', ready_at = ?
		WHERE tenant_id = ? AND subscriber = ? AND subject_id = ? AND done_seq = ? AND parked_at IS NOT NULL`,
		seq, tx.Machine(), tx.Tenant(), subscriber, subject, seq-1)
	return b.unparked(ctx, tx, n, err)
}

func (b *Bus) unparked(ctx context.Context, tx *db.Tx, n int64, err error) error {
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNoDeadLetter
	}
	tx.Notify(db.ChannelWake, wake)
	return nil
}
