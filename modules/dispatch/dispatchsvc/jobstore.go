package dispatchsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// needs is what a visit takes beside time.
type needs struct {
	Skills []remedy.SkillNeed `json:"skills,omitempty"`
	Parts  []remedy.Need      `json:"parts,omitempty"`
	Tie    *work.Tie          `json:"tie,omitempty" doc:"absent: it was asked for by itself; others may depend on it"`
}

// job is a visit that is to be planned, with what access asks of its case.
type job struct {
	WorkOrder id.WorkOrder
	Case      id.Case
	Brand     id.Brand
	Node      id.Node
	Partner   id.Partner
	Requester id.Person
	Country   locale.Country
	Zone      string
	Coarse    geo.Point
	Minutes   int64
	WorkType  string // "" of jobs from before it was kept
	Needs     needs
	Priority  int64
	State     dispatch.JobState
	Passed    []id.Technician // who said no, or nothing
	Why       []dispatch.Block
	WhyAt     time.Time
	ReadyAt   time.Time
	Version   int64
	ArriveBy  time.Time // as the clocks of the case say; zero: no promise
	ResolveBy time.Time
	PartsFrom time.Time // as of its live appointment: what is held for it is late until then
	Takes     int64     // seconds on site, by who sees it, as of its live appointment; 0: as was reckoned
}

// due is the instant after which the visit begins late, zero for none.
func (j *job) due() time.Time {
	by := j.ArriveBy
	if !j.ResolveBy.IsZero() {
		if r := j.ResolveBy.Add(-time.Duration(j.Minutes) * time.Minute); by.IsZero() || r.Before(by) {
			by = r
		}
	}
	return by
}

// bookable reports whether the plan of a node may book the visit by itself.
func (j *job) bookable(now time.Time) bool {
	return !now.Before(dispatch.BookableAt(j.ReadyAt, j.Priority))
}

// resource is the job as access sees it.
func (j *job) resource(kind string) access.Resource {
	return access.Resource{
		Kind: kind, ID: j.WorkOrder.Raw(), Node: j.Node, Brand: j.Brand, Partner: j.Partner, Person: j.Requester,
		Country: string(j.Country), State: string(j.State),
	}
}

const jobColumns = `work_order_id, case_id, brand_id, node_id, partner_id, requester_id, country, zone, lat_micro, lon_micro, minutes, needs,
	priority, state, passed, why, why_at, ready_at, version, work_type`

// jobDue reads the clocks beside the job, and what its live appointment knows better; they are
// subqueries so that the row can be locked.
const jobDue = `, (SELECT arrive_at FROM dispatch_due d WHERE d.tenant_id = dispatch_job.tenant_id AND d.case_id = dispatch_job.case_id),
	(SELECT resolve_at FROM dispatch_due d WHERE d.tenant_id = dispatch_job.tenant_id AND d.case_id = dispatch_job.case_id),
	(SELECT parts_from FROM dispatch_appointment a WHERE a.tenant_id = dispatch_job.tenant_id AND a.work_order_id = dispatch_job.work_order_id AND a.live = 1),
	COALESCE((SELECT takes FROM dispatch_appointment a WHERE a.tenant_id = dispatch_job.tenant_id AND a.work_order_id = dispatch_job.work_order_id AND a.live = 1), 0)`

func scanJob(scan func(...any) error) (j job, err error) {
	var need, passed, why []byte
	err = scan(&j.WorkOrder, &j.Case, &j.Brand, &j.Node, &j.Partner, &j.Requester, &j.Country, &j.Zone, &j.Coarse.LatMicro, &j.Coarse.LonMicro,
		&j.Minutes, &need, &j.Priority, &j.State, &passed, &why, db.At(&j.WhyAt), db.At(&j.ReadyAt), &j.Version, &j.WorkType, db.At(&j.ArriveBy), db.At(&j.ResolveBy),
		db.At(&j.PartsFrom), &j.Takes)
	if err != nil {
		return j, err
	}
	for text, to := range map[*[]byte]any{&need: &j.Needs, &passed: &j.Passed, &why: &j.Why} {
		if err := json.Unmarshal(*text, to); err != nil {
			return j, fmt.Errorf("read job: %w", err)
		}
	}
	return j, nil
}

// jobOf returns the job of a work order; lock is tx.ForUpdate() or "".
func jobOf(ctx context.Context, tx *db.Tx, wo id.WorkOrder, lock string) (job, error) {
	j, err := scanJob(tx.Row(ctx, `SELECT `+jobColumns+jobDue+` FROM dispatch_job WHERE tenant_id = ? AND work_order_id = ?`+lock, tx.Tenant(), wo).Scan)
	return j, db.NotFound(err, dispatch.ErrNoJob)
}

func jobsOfCase(ctx context.Context, tx *db.Tx, c id.Case, lock string) ([]job, error) {
	rows, err := tx.Rows(ctx, `SELECT `+jobColumns+jobDue+` FROM dispatch_job WHERE tenant_id = ? AND case_id = ? ORDER BY work_order_id`+lock, tx.Tenant(), c)
	return db.Collect(rows, err, scanJob)
}

// openJobs are a node's jobs in the given states, the most urgent and oldest first.
func openJobs(ctx context.Context, tx *db.Tx, node id.Node, limit int, states ...dispatch.JobState) ([]job, error) {
	var all []job
	for _, s := range states {
		rows, err := tx.Rows(ctx, `SELECT `+jobColumns+jobDue+` FROM dispatch_job WHERE tenant_id = ? AND node_id = ? AND state = ?
			ORDER BY priority, ready_at, work_order_id LIMIT ?`, tx.Tenant(), node, s, limit)
		some, err := db.Collect(rows, err, scanJob)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b job) int {
		if a.Priority != b.Priority {
			return int(a.Priority - b.Priority)
		}
		return a.ReadyAt.Compare(b.ReadyAt)
	})
	return all[:min(len(all), limit)], nil
}

// jobsBehind are the jobs of the appointments that occupying returns for a node.
func jobsBehind(ctx context.Context, tx *db.Tx, node id.Node, from, until time.Time) (map[id.WorkOrder]job, error) {
	rows, err := tx.Rows(ctx, `SELECT `+jobColumns+jobDue+` FROM dispatch_job WHERE tenant_id = ? AND work_order_id IN (
		SELECT work_order_id FROM dispatch_appointment WHERE tenant_id = ? AND node_id = ? AND service_start_at >= ? AND service_start_at < ?)`,
		tx.Tenant(), tx.Tenant(), node, from.Add(-around), until.Add(around))
	list, err := db.Collect(rows, err, scanJob)
	out := make(map[id.WorkOrder]job, len(list))
	for _, j := range list {
		out[j.WorkOrder] = j
	}
	return out, err
}

func (j *job) texts() (need, passed, why string, err error) {
	if j.Passed == nil {
		j.Passed = []id.Technician{}
	}
	if j.Why == nil {
		j.Why = []dispatch.Block{}
	}
	for to, v := range map[*string]any{&need: j.Needs, &passed: j.Passed, &why: j.Why} {
		text, err := json.Marshal(v)
		if err != nil {
			return "", "", "", fmt.Errorf("write job: %w", err)
		}
		*to = string(text)
	}
	return need, passed, why, nil
}

func insertJob(ctx context.Context, tx *db.Tx, j job) error {
	need, passed, why, err := j.texts()
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_job (tenant_id, tied_to, `+jobColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), j.tiedTo(), j.WorkOrder, j.Case, j.Brand, j.Node, j.Partner, j.Requester, j.Country, j.Zone, j.Coarse.LatMicro, j.Coarse.LonMicro,
		j.Minutes, need, j.Priority, j.State, passed, why, j.WhyAt, j.ReadyAt, j.Version, j.WorkType)
	if err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	return nil
}

// saveJob writes what may change; the row is locked.
func (m *Module) saveJob(ctx context.Context, tx *db.Tx, j job) error {
	need, passed, why, err := j.texts()
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE dispatch_job SET node_id = ?, partner_id = ?, minutes = ?, needs = ?, priority = ?, state = ?, passed = ?,
		why = ?, why_at = ?, ready_at = ?, version = version + 1 WHERE tenant_id = ? AND work_order_id = ? AND version = ?`,
		j.Node, j.Partner, j.Minutes, need, j.Priority, j.State, passed, why, j.WhyAt, j.ReadyAt, tx.Tenant(), j.WorkOrder, j.Version)
	if err != nil {
		return fmt.Errorf("save job: %w", err)
	}
	if n != 1 {
		return db.ErrRetry
	}
	return m.changed(ctx, tx, j.Node, j.WorkOrder.String(), j.Version+1)
}

// saveDue keeps the earliest promise that an event tells of the case.
func saveDue(ctx context.Context, tx *db.Tx, c id.Case, arrive, resolve time.Time) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_due (tenant_id, case_id, arrive_at, resolve_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, case_id) DO UPDATE SET arrive_at = COALESCE(excluded.arrive_at, dispatch_due.arrive_at),
		resolve_at = COALESCE(excluded.resolve_at, dispatch_due.resolve_at)`, tx.Tenant(), c, arrive, resolve)
	return err
}
