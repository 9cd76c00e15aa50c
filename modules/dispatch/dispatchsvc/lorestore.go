package dispatchsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
)

// From how far back visits are learnt from, and from how many at the most: of the
// node, and of all nodes.
const (
	learnFrom  = 365 * 24 * time.Hour
	mostHere   = 2_000
	mostOfAll  = 5_000
	learnAfter = 10 * time.Minute // visits are recorded in batches
)

// ended is how a visit ended, as far as that says something of who was there: a missing
// part, or a customer who is not at home, does not.
type ended string

const (
	endedDone   ended = "done"
	endedFailed ended = "failed" // somebody has to come again
)

func endedBy(o work.Outcome) ended {
	switch {
	case o == work.NotFixed:
		return endedFailed
	case o.Ends() && o != work.CustomerNo:
		return endedDone
	default:
		return ""
	}
}

// sample is a visit as done, with when it was.
type sample struct {
	visit id.Visit
	learn.Visit
	ended ended
	at    time.Time
}

// insertSample keeps a sample; one visit is one sample, however often it is told.
func insertSample(ctx context.Context, tx *db.Tx, s sample) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_sample (tenant_id, visit_id, node_id, technician_id, work_type, stated_seconds, taken_seconds,
		reckoned_seconds, driven_seconds, at, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, visit_id) DO NOTHING`,
		tx.Tenant(), s.visit, s.Node, s.Technician, s.Work, s.Stated, s.Taken, s.Reckoned, s.Driven, s.at, s.ended)
	if err != nil {
		return fmt.Errorf("insert sample: %w", err)
	}
	return nil
}

const selectSample = `SELECT node_id, technician_id, work_type, stated_seconds, taken_seconds, reckoned_seconds, driven_seconds
	FROM dispatch_sample WHERE tenant_id = ? AND `

func scanSample(scan func(...any) error) (v learn.Visit, err error) {
	return v, scan(&v.Node, &v.Technician, &v.Work, &v.Stated, &v.Taken, &v.Reckoned, &v.Driven)
}

// learnNode works out anew what the visits of a node and of all nodes say.
func learnNode(ctx context.Context, tx *db.Tx, node id.Node) error {
	since := tx.Now().Add(-learnFrom)
	rows, err := tx.Rows(ctx, selectSample+`node_id = ? AND at >= ? ORDER BY at DESC LIMIT ?`, tx.Tenant(), node, since, mostHere)
	here, err := db.Collect(rows, err, scanSample)
	if err != nil {
		return fmt.Errorf("read samples: %w", err)
	}
	rows, err = tx.Rows(ctx, selectSample+`at >= ? ORDER BY at DESC LIMIT ?`, tx.Tenant(), since, mostOfAll)
	all, err := db.Collect(rows, err, scanSample)
	if err != nil {
		return fmt.Errorf("read samples: %w", err)
	}
	l := learn.Of(node, here, all)
	if l.Finish, err = finishOf(ctx, tx, node, since); err != nil {
		return err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write lore: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_lore (tenant_id, node_id, lore, learnt_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id) DO UPDATE SET lore = excluded.lore, learnt_at = excluded.learnt_at`, tx.Tenant(), node, string(text), tx.Now())
	if err != nil {
		return fmt.Errorf("save lore: %w", err)
	}
	stirGround(tx, node)
	return nil
}

// finishOf reads how often the work of a node's visits could be done.
func finishOf(ctx context.Context, tx *db.Tx, node id.Node, since time.Time) (learn.Finish, error) {
	rows, err := tx.Rows(ctx, `SELECT technician_id, SUM(CASE WHEN ended = ? THEN 1 ELSE 0 END), SUM(CASE WHEN ended = ? THEN 1 ELSE 0 END)
		FROM dispatch_sample WHERE tenant_id = ? AND node_id = ? AND at >= ? AND ended <> '' GROUP BY technician_id`,
		endedDone, endedFailed, tx.Tenant(), node, since)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (o learn.Outcomes, err error) {
		return o, scan(&o.Technician, &o.Done, &o.Failed)
	})
	if err != nil || len(list) == 0 {
		return learn.Finish{}, err
	}
	return learn.FinishOf(list), nil
}

// lore is what was learnt for a node, and whether plans use it.
type lore struct {
	learn.Lore
	at      time.Time
	here    *bool // as said for the node; nil: nothing
	tenant  *bool // as said for all
	version int64 // of what is said for the node
}

// used reports whether plans use it: they do unless somebody says no.
func (l *lore) used() bool {
	switch {
	case l.here != nil:
		return *l.here
	case l.tenant != nil:
		return *l.tenant
	default:
		return true
	}
}

func loreOf(ctx context.Context, tx *db.Tx, node id.Node) (l lore, err error) {
	var text []byte
	err = tx.Row(ctx, `SELECT lore, learnt_at FROM dispatch_lore WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node).Scan(&text, db.At(&l.at))
	if err := db.NotFound(err, nil); err != nil {
		return l, fmt.Errorf("read lore: %w", err)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &l.Lore); err != nil {
			return l, fmt.Errorf("read lore: %w", err)
		}
	}
	if l.here, l.version, err = useOf(ctx, tx, node.String()); err != nil {
		return l, err
	}
	l.tenant, _, err = useOf(ctx, tx, "")
	return l, err
}

func useOf(ctx context.Context, tx *db.Tx, scope string) (used *bool, version int64, err error) {
	var n int64
	err = tx.Row(ctx, `SELECT used, version FROM dispatch_lore_use WHERE tenant_id = ? AND scope = ?`, tx.Tenant(), scope).Scan(&n, &version)
	if err := db.NotFound(err, nil); err != nil || version == 0 {
		return nil, 0, err
	}
	if n < 0 {
		return nil, version, nil
	}
	on := n == 1
	return &on, version, nil
}

// setUse says whether plans use what was learnt: 1 yes, 0 no, -1 as for all.
func setUse(ctx context.Context, tx *db.Tx, scope string, used, version int64) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_lore_use (tenant_id, scope, used, version) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, scope) DO UPDATE SET used = excluded.used, version = excluded.version`, tx.Tenant(), scope, used, version)
	if err != nil {
		return fmt.Errorf("save use of lore: %w", err)
	}
	return nil
}
