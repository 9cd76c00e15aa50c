package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// lane is a leased lane in the hands of one worker.
type lane struct {
	laneKey
	fence    int64
	done     int64
	wanted   int64
	attempts int64
	until    time.Time // end of the lease when it was taken

	ctx context.Context // ends when the lease is lost; a lane is one piece of work, as a request is

	events []stored // after done, in order
	loaded int64    // how far events reaches
}

// grip is a lane with the fence it is held by.
type grip struct {
	laneKey
	fence int64
}

func (l *lane) grip() grip { return grip{l.laneKey, l.fence} }

// stored is an event as read from the database.
type stored struct {
	Meta
	body []byte
}

// loadBatch is how many events of a lane are read at once.
const loadBatch = 64

// load reads the next events of lanes of one tenant. Subscribers that stand at
// the same place of a subject share what is read.
func (b *Bus) load(ctx context.Context, tenant id.Tenant, lanes []*lane) error {
	type place struct {
		subject      id.Raw
		done, wanted int64
	}
	err := b.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		at := map[place]int{}
		var places []place
		var sets [][]any
		for _, l := range lanes {
			p := place{l.subject, l.done, l.wanted}
			if _, ok := at[p]; !ok {
				at[p], places = len(places), append(places, p)
				sets = append(sets, []any{tenant, p.subject, p.done, p.wanted, loadBatch})
			}
		}
		found := make([][]stored, len(places))
		err := tx.Each(ctx, history, sets, func(i int, rows *db.Rows) (err error) {
			found[i], err = storedEvents(rows, tenant, places[i].subject)
			return err
		})
		if err != nil {
			return err
		}
		for _, l := range lanes {
			l.events, l.loaded = found[at[place{l.subject, l.done, l.wanted}]], l.wanted
			if len(l.events) == loadBatch {
				l.loaded = l.events[loadBatch-1].Seq
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load events: %w", err)
	}
	return nil
}

const history = `
	SELECT subject_seq, id, name, body, occurred_at, recorded_at, actor FROM outbox_event
	WHERE tenant_id = ? AND subject_id = ? AND subject_seq > ? AND subject_seq <= ?
	ORDER BY subject_seq LIMIT ?`

func storedEvents(rows *db.Rows, tenant id.Tenant, subject id.Raw) ([]stored, error) {
	return db.Collect(rows, nil, func(scan func(...any) error) (s stored, err error) {
		s.Tenant, s.Subject = tenant, subject
		return s, scan(&s.Seq, &s.ID, &s.Name, &s.body, db.At(&s.OccurredAt), db.At(&s.RecordedAt), &s.Actor)
	})
}

const (
	mine   = ` WHERE tenant_id = ? AND subscriber = ? AND subject_id = ? AND fence = ?`
	finish = `DELETE FROM outbox_lane` + mine + ` AND wanted_seq <= ? RETURNING wanted_seq`
	pass   = `UPDATE outbox_lane SET done_seq = ?, attempts = 0, last_error_code = ''` + mine + ` RETURNING wanted_seq`
	giveUp = `UPDATE outbox_lane SET done_seq = ?, attempts = ?, ready_at = ?, parked_at = ?, last_error_code = ?, fence = 0` + mine + ` AND done_seq < ?` // a commit whose outcome was unknown may have passed it
	hold   = `UPDATE outbox_lane SET ready_at = ?` + mine
	free   = `UPDATE outbox_lane SET ready_at = ?, fence = 0` + mine
)

// mine is who the statements above are about; more comes after it.
func (l *lane) mine(before []any, after ...any) []any {
	return append(append(before, l.tenant, l.subscriber, l.subject, l.fence), after...)
}

// moved is where a lane stands after a step.
type moved struct {
	gone         bool // it has caught up, its row is deleted
	done, wanted int64
}

// advance moves the turns' lanes on inside the step that handled their events,
// and ends the step with ErrLost if somebody else has one of them by now. It
// comes after the handlers, so that rows are locked no longer than the commit takes.
//
// Lanes are named by their whole keys, in one message: of a list of keys PostgreSQL
// may think, when the table was empty lately, that it had better look at all lanes.
func advance(ctx context.Context, tx *db.Tx, turns []*turn) error {
	if err := lock(ctx, tx, turns); err != nil {
		return err
	}
	var through []*turn // have heard all that was wanted when they were taken
	var sets [][]any
	for _, t := range turns {
		if t.moved = (moved{}); t.to >= t.l.wanted {
			through, sets = append(through, t), append(sets, t.l.mine(nil, t.to))
		}
	}
	err := tx.Each(ctx, finish, sets, func(i int, rows *db.Rows) error {
		ended, err := db.Collect(rows, nil, func(scan func(...any) error) (n int64, err error) { return n, scan(&n) })
		through[i].moved.gone = len(ended) > 0
		return err
	})
	for _, t := range turns {
		if err == nil && !t.moved.gone {
			t.moved, err = t.l.pass(ctx, tx, t.to)
		}
	}
	return err
}

// lock locks the lanes in their order, which is the relay's too, if not all of them
// will be ended: that alone goes along the order.
func lock(ctx context.Context, tx *db.Tx, turns []*turn) error {
	if !tx.Postgres() || !slices.ContainsFunc(turns, func(t *turn) bool { return t.to < t.l.wanted }) {
		return nil
	}
	for _, t := range turns {
		if err := tx.Put(ctx, `SELECT 1 FROM outbox_lane`+mine+` FOR UPDATE`, t.l.mine(nil)...); err != nil {
			return err
		}
	}
	return nil
}

func (l *lane) pass(ctx context.Context, tx *db.Tx, seq int64) (moved, error) {
	m := moved{done: seq}
	err := tx.Row(ctx, pass, l.mine([]any{seq})...).Scan(&m.wanted)
	if errors.Is(err, sql.ErrNoRows) {
		err = lease.ErrLost
	}
	return m, err
}
