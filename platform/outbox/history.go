package outbox

import (
	"context"
	"encoding/json"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Past is an event that was published, for those who show what happened.
type Past struct {
	Meta
	Body json.RawMessage
}

// History returns what happened to the subject: the newest events, at most
// limit, oldest first.
func (b *Bus) History(ctx context.Context, tx *db.Tx, subject id.Raw, limit int) ([]Past, error) {
	rows, err := tx.Rows(ctx, `
		SELECT subject_seq, id, name, body, occurred_at, recorded_at, actor FROM (
			SELECT subject_seq, id, name, body, occurred_at, recorded_at, actor FROM outbox_event
			WHERE tenant_id = ? AND subject_id = ? ORDER BY subject_seq DESC LIMIT ?
		) newest ORDER BY subject_seq`, tx.Tenant(), subject, limit)
	return db.Collect(rows, err, func(scan func(...any) error) (p Past, err error) {
		p.Tenant, p.Subject = tx.Tenant(), subject
		return p, scan(&p.Seq, &p.ID, &p.Name, (*[]byte)(&p.Body), db.At(&p.OccurredAt), db.At(&p.RecordedAt), &p.Actor)
	})
}
