package dispatchsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
)

// improvement is how far a node's plan has been improved by itself.
type improvement struct {
	node     id.Node
	version  int64 // of the plan when it was looked at last
	lookedAt time.Time
	moved    int64        // visits given to another technician, so far
	booked   int64        // open visits booked at night, so far
	night    calendar.Day // whose plan was made last
	nights   bool         // there has been one, or the node begins with the next
	proposal *proposal    // nil: nothing is proposed
	deferred time.Time    // nothing is proposed before
}

// improvementOf reads the row of a node; without one nothing was ever looked at.
func improvementOf(ctx context.Context, tx *db.Tx, node id.Node, lock string) (improvement, error) {
	i := improvement{node: node}
	var night string
	var text []byte
	err := tx.Row(ctx, `SELECT version, looked_at, moved, booked, night, proposal, deferred_until FROM dispatch_improve WHERE tenant_id = ? AND node_id = ?`+lock, tx.Tenant(), node).
		Scan(&i.version, db.At(&i.lookedAt), &i.moved, &i.booked, &night, &text, db.At(&i.deferred))
	if err = db.NotFound(err, nil); err != nil {
		return i, err
	}
	if night != "" {
		if i.night, err = calendar.ParseDay(night); err != nil {
			return i, fmt.Errorf("read the last night: %w", err)
		}
		i.nights = true
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &i.proposal); err != nil {
			return i, fmt.Errorf("read proposal: %w", err)
		}
	}
	return i, nil
}

func putImprovement(ctx context.Context, tx *db.Tx, i improvement) error {
	var night, text string
	if i.nights {
		night = i.night.String()
	}
	if i.proposal != nil {
		b, err := json.Marshal(i.proposal)
		if err != nil {
			return fmt.Errorf("write proposal: %w", err)
		}
		text = string(b)
	}
	err := tx.Put(ctx, `INSERT INTO dispatch_improve (tenant_id, node_id, version, looked_at, moved, booked, night, proposal, deferred_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id) DO UPDATE SET version = excluded.version, looked_at = excluded.looked_at, moved = excluded.moved, booked = excluded.booked, night = excluded.night,
		proposal = excluded.proposal, deferred_until = excluded.deferred_until`,
		tx.Tenant(), i.node, i.version, i.lookedAt, i.moved, i.booked, night, text, i.deferred)
	if err != nil {
		return fmt.Errorf("save improvement: %w", err)
	}
	return nil
}

// changedAt is when the plan of a node changed last, zero for never.
func changedAt(ctx context.Context, tx *db.Tx, node id.Node) (at time.Time, err error) {
	err = tx.Row(ctx, `SELECT changed_at FROM dispatch_plan WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node).Scan(db.At(&at))
	return at, db.NotFound(err, nil)
}

// night is what came of planning a node at night.
type night struct {
	Day     calendar.Day `json:"day" doc:"at the node, whose first hours it was"`
	BeganAt time.Time    `json:"began_at"`
	EndedAt time.Time    `json:"ended_at,omitzero" doc:"absent: it is not over"`
	nightly
}

// nightly is a night in figures.
type nightly struct {
	Moved    int  `json:"moved" doc:"visits given to another technician"`
	Booked   int  `json:"booked" doc:"open visits that got an appointment"`
	Proposed int  `json:"proposed" doc:"changes that are left to a dispatcher"`
	Refused  int  `json:"refused" doc:"changes that somebody or something had made impossible meanwhile"`
	Open     int  `json:"open" doc:"visits that the plan had no place for"`
	Before   bill `json:"before" doc:"the next fourteen days as they were"`
	After    bill `json:"after" doc:"and as they were planned"`
}

// nightsOf are the last nights of a node, the last first.
func nightsOf(ctx context.Context, tx *db.Tx, node id.Node) ([]night, error) {
	rows, err := tx.Rows(ctx, `SELECT day, began_at, ended_at, outcome FROM dispatch_night WHERE tenant_id = ? AND node_id = ? ORDER BY day DESC LIMIT ?`,
		tx.Tenant(), node, dispatch.NightsKept)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (n night, err error) {
		var day string
		var text []byte
		if err = scan(&day, db.At(&n.BeganAt), db.At(&n.EndedAt), &text); err != nil {
			return n, err
		}
		if n.Day, err = calendar.ParseDay(day); err == nil {
			err = json.Unmarshal(text, &n.nightly)
		}
		if err != nil {
			return n, fmt.Errorf("read night: %w", err)
		}
		return n, nil
	})
	if list == nil {
		list = []night{}
	}
	return list, err
}

// putNight writes a night down and forgets those that are too long ago.
func putNight(ctx context.Context, tx *db.Tx, node id.Node, n night) error {
	text, err := json.Marshal(n.nightly)
	if err != nil {
		return fmt.Errorf("write night: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_night (tenant_id, node_id, day, began_at, ended_at, outcome) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id, day) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome`,
		tx.Tenant(), node, n.Day.String(), n.BeganAt, n.EndedAt, string(text))
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM dispatch_night WHERE tenant_id = ? AND node_id = ? AND day <= ?`, tx.Tenant(), node, (n.Day - dispatch.NightsKept).String())
	}
	if err != nil {
		return fmt.Errorf("save night: %w", err)
	}
	return nil
}
