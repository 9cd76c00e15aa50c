package dispatchsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// appointment is an appointment as stored.
type appointment struct {
	dispatch.Appointment
	CreatedAt time.Time
	ChangedAt time.Time

	Exact bool // it begins at ServiceStartAt itself: a second technician comes then

	PartsFrom time.Time // its parts are late: it begins no earlier; zero: they are in time; dispatch.Undated: nobody knows
	PartsLate string    // why, a code of package parts; "" while PartsFrom is zero
	Takes     int64     // seconds on site, by who sees it; 0: as was reckoned

	Saves money.Amount // what made the reward possible: against the earliest slot that was offered
	lost  money.Amount // what was promised until this step; not stored
}

// resource is the appointment as access sees it.
func (a *appointment) resource() access.Resource {
	return access.Resource{
		Kind: "appointment", ID: a.ID.Raw(), Node: a.Node, Brand: a.Brand, Partner: a.Partner, Person: a.Requester, Technician: a.Technician,
		Country: string(a.Country), State: string(a.State),
	}
}

const appointmentColumns = `id, work_order_id, case_id, brand_id, node_id, partner_id, technician_id, requester_id, country, zone, state, reason,
	start_at, end_at, service_start_at, service_end_at, travel_seconds, minutes, lat_micro, lon_micro, attempt, previous_id, reasons,
	created_at, changed_at, version, exact, parts_from, parts_late, takes, reward_minor, saves_minor, reward_currency`

func scanAppointment(scan func(...any) error) (a appointment, err error) {
	var reasons []byte
	var exact int64
	err = scan(&a.ID, &a.WorkOrder, &a.Case, &a.Brand, &a.Node, &a.Partner, &a.Technician, &a.Requester, &a.Country, &a.Zone, &a.State, &a.Reason,
		db.At(&a.StartAt), db.At(&a.EndAt), db.At(&a.ServiceStartAt), db.At(&a.ServiceEndAt), &a.TravelSeconds, &a.Minutes,
		&a.Coarse.LatMicro, &a.Coarse.LonMicro, &a.Attempt, &a.Previous, &reasons, db.At(&a.CreatedAt), db.At(&a.ChangedAt), &a.Version, &exact,
		db.At(&a.PartsFrom), &a.PartsLate, &a.Takes, &a.Reward.Minor, &a.Saves.Minor, &a.Reward.Currency)
	if err != nil {
		return a, err
	}
	a.Saves.Currency = a.Reward.Currency
	a.Exact = exact == 1
	if err := json.Unmarshal(reasons, &a.Reasons); err != nil {
		return a, fmt.Errorf("read appointment: %w", err)
	}
	return a, nil
}

const selectAppointment = `SELECT ` + appointmentColumns + ` FROM dispatch_appointment WHERE tenant_id = ? AND `

// appointmentOf returns the appointment; lock is tx.ForUpdate() or "".
func appointmentOf(ctx context.Context, tx *db.Tx, a id.Appointment, lock string) (appointment, error) {
	out, err := scanAppointment(tx.Row(ctx, selectAppointment+`id = ?`+lock, tx.Tenant(), a).Scan)
	return out, db.NotFound(err, dispatch.ErrNotFound)
}

// locked returns the appointment and keeps others from changing it and its job
// until the step ends. All steps lock in one order: technician, job, appointment.
func locked(ctx context.Context, tx *db.Tx, a id.Appointment) (appointment, error) {
	found, err := appointmentOf(ctx, tx, a, "")
	if err != nil || !tx.Postgres() {
		return found, err
	}
	if _, err := jobOf(ctx, tx, found.WorkOrder, tx.ForUpdate()); err != nil {
		return found, err
	}
	return appointmentOf(ctx, tx, a, tx.ForUpdate())
}

// liveOf returns the live appointment of a work order, or ErrNotFound.
func liveOf(ctx context.Context, tx *db.Tx, wo id.WorkOrder, lock string) (appointment, error) {
	out, err := scanAppointment(tx.Row(ctx, selectAppointment+`work_order_id = ? AND live = 1`+lock, tx.Tenant(), wo).Scan)
	return out, db.NotFound(err, dispatch.ErrNotFound)
}

func appointmentsOfCase(ctx context.Context, tx *db.Tx, c id.Case) ([]appointment, error) {
	rows, err := tx.Rows(ctx, selectAppointment+`case_id = ? ORDER BY id`, tx.Tenant(), c)
	return db.Collect(rows, err, scanAppointment)
}

// around is how far from a stretch of time appointments are read that may touch it.
const around = 24 * time.Hour

// occupying returns what takes a technician's time between two instants, and what took
// it before on these days: the live appointments and those that were carried out. What
// counts is when somebody comes, not when it was promised.
func occupying(ctx context.Context, tx *db.Tx, column string, of any, from, until time.Time) ([]appointment, error) {
	rows, err := tx.Rows(ctx, selectAppointment+column+` = ? AND service_start_at >= ? AND service_start_at < ? AND (live = 1 OR state IN (?, ?, ?))
		ORDER BY start_at, id`, tx.Tenant(), of, from.Add(-around), until.Add(around), dispatch.Completed, dispatch.Unable, dispatch.Absent)
	return db.Collect(rows, err, scanAppointment)
}

// lastOf returns the last appointment of a work order and its attempt, zero for none.
func lastOf(ctx context.Context, tx *db.Tx, wo id.WorkOrder) (last id.Appointment, attempt int64, err error) {
	err = tx.Row(ctx, `SELECT id, attempt FROM dispatch_appointment WHERE tenant_id = ? AND work_order_id = ? ORDER BY attempt DESC LIMIT 1`,
		tx.Tenant(), wo).Scan(&last, &attempt)
	return last, attempt, db.NotFound(err, nil)
}

func insertAppointment(ctx context.Context, tx *db.Tx, a appointment) error {
	reasons, err := json.Marshal(a.Reasons)
	if err != nil {
		return fmt.Errorf("write appointment: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_appointment (tenant_id, live, `+appointmentColumns+`)
		VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, tx.Tenant(),
		a.ID, a.WorkOrder, a.Case, a.Brand, a.Node, a.Partner, a.Technician, a.Requester, a.Country, a.Zone, a.State, a.Reason,
		a.StartAt, a.EndAt, a.ServiceStartAt, a.ServiceEndAt, a.TravelSeconds, a.Minutes, a.Coarse.LatMicro, a.Coarse.LonMicro,
		a.Attempt, a.Previous, string(reasons), a.CreatedAt, a.ChangedAt, a.Version, a.Exact, a.PartsFrom, a.PartsLate, a.Takes,
		a.Reward.Minor, a.Saves.Minor, a.Reward.Currency)
	if err != nil {
		return fmt.Errorf("insert appointment: %w", err)
	}
	stir(tx, a.Node, a.Technician)
	return nil
}

// save writes what a move changes and keeps the move in the history.
func save(ctx context.Context, tx *db.Tx, a *appointment, user id.User) error {
	reasons, err := json.Marshal(a.Reasons)
	if err != nil {
		return fmt.Errorf("write appointment: %w", err)
	}
	a.ChangedAt = tx.Now()
	n, err := tx.Exec(ctx, `UPDATE dispatch_appointment SET technician_id = ?, partner_id = ?, state = ?, live = ?, reason = ?, start_at = ?, end_at = ?,
		service_start_at = ?, service_end_at = ?, travel_seconds = ?, reasons = ?, exact = ?, parts_from = ?, parts_late = ?, takes = ?,
		reward_minor = ?, saves_minor = ?, reward_currency = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`,
		a.Technician, a.Partner, a.State, a.State.Live(), a.Reason, a.StartAt, a.EndAt, a.ServiceStartAt, a.ServiceEndAt, a.TravelSeconds,
		string(reasons), a.Exact, a.PartsFrom, a.PartsLate, a.Takes, a.Reward.Minor, a.Saves.Minor, a.Reward.Currency, a.ChangedAt, tx.Tenant(), a.ID, a.Version)
	if err != nil {
		return fmt.Errorf("save appointment: %w", err)
	}
	if n != 1 {
		return db.ErrRetry
	}
	a.Version++
	stir(tx, a.Node, a.Technician)
	return remember(ctx, tx, *a, user)
}

// remember keeps where the appointment stands now.
func remember(ctx context.Context, tx *db.Tx, a appointment, user id.User) error {
	err := tx.Put(ctx, `INSERT INTO dispatch_history (tenant_id, appointment_id, seq, state, technician_id, start_at, end_at, reason, user_id, at,
		service_start_at, chosen_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), a.ID, a.Version, a.State, a.Technician, a.StartAt, a.EndAt, a.Reason, user, tx.Now(), a.ServiceStartAt, a.Reasons.By)
	if err != nil {
		return fmt.Errorf("remember appointment: %w", err)
	}
	return nil
}

// turn is one line of an appointment's history.
type turn struct {
	State      dispatch.State `json:"state"`
	Technician id.Technician  `json:"technician"`
	StartAt    time.Time      `json:"start_at"`
	EndAt      time.Time      `json:"end_at"`
	Reason     string         `json:"reason,omitempty"`
	User       id.User        `json:"user,omitzero"`
	At         time.Time      `json:"at"`

	Seq            int64       `json:"-"` // the version that it came to
	ServiceStartAt time.Time   `json:"-"` // zero: not known
	By             dispatch.By `json:"-"`
}

func historyOf(ctx context.Context, tx *db.Tx, a id.Appointment) ([]turn, error) {
	rows, err := tx.Rows(ctx, `SELECT state, technician_id, start_at, end_at, reason, user_id, at, seq, service_start_at, COALESCE(chosen_by, '') FROM dispatch_history
		WHERE tenant_id = ? AND appointment_id = ? ORDER BY seq`, tx.Tenant(), a)
	return db.Collect(rows, err, func(scan func(...any) error) (t turn, err error) {
		return t, scan(&t.State, &t.Technician, db.At(&t.StartAt), db.At(&t.EndAt), &t.Reason, &t.User, db.At(&t.At), &t.Seq, db.At(&t.ServiceStartAt), &t.By)
	})
}

// replan writes the planned times of the visits of a day. They are no promise,
// so the versions stay. A visit that has begun, or has left the day since it was
// read, keeps its own times; one at which two meet keeps its beginning.
func replan(ctx context.Context, tx *db.Tx, list []planned) error {
	for _, p := range list {
		err := tx.Put(ctx, `UPDATE dispatch_appointment SET travel_seconds = ?,
			service_start_at = CASE WHEN exact = 1 THEN service_start_at ELSE ? END, service_end_at = CASE WHEN exact = 1 THEN service_end_at ELSE ? END
			WHERE tenant_id = ? AND id = ? AND live = 1 AND technician_id = ? AND start_at = ? AND state NOT IN (?, ?)`,
			p.travel, p.start, p.end, tx.Tenant(), p.of.ID, p.of.Technician, p.of.StartAt, dispatch.Travelling, dispatch.OnSite)
		if err != nil {
			return fmt.Errorf("plan the day anew: %w", err)
		}
		stir(tx, p.of.Node, p.of.Technician)
	}
	return nil
}
