package partssvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/db"
)

// errNone says that nothing was ever held for the appointment.
var errNone = errors.New("no reservation")

// reservation is what is held for an appointment, whose id it shares.
type reservation struct {
	ID         id.Reservation
	WorkOrder  id.WorkOrder
	Case       id.Case
	Node       id.Node
	Technician id.Technician
	State      parts.State
	ExpiresAt  time.Time
	CreatedAt  time.Time
	ChangedAt  time.Time
	Version    int64
	Late       parts.Late
	LateBy     id.User   // who said so
	LateSaidAt time.Time // when
	Lines      []parts.Pick
}

// needs is what is held, by part.
func (r reservation) needs() []remedy.Need {
	all := make([]remedy.Need, len(r.Lines))
	for i, l := range r.Lines {
		all[i] = remedy.Need{Part: l.Position.Part, Quantity: l.Quantity}
	}
	return parts.Sum(all)
}

// lead is the hours until the last piece can be at the node.
func (r reservation) lead() (hours int64) {
	for _, l := range r.Lines {
		hours = max(hours, int64(l.Lead/time.Hour))
	}
	return hours
}

const reservationColumns = `id, work_order_id, case_id, node_id, technician_id, state, expires_at, created_at, changed_at, version`

// lateColumns are written by themselves, when something is said.
const lateColumns = `, late, late_until, late_user_id, late_said_at`

func scanReservation(scan func(...any) error) (r reservation, err error) {
	return r, scan(&r.ID, &r.WorkOrder, &r.Case, &r.Node, &r.Technician, &r.State, db.At(&r.ExpiresAt), db.At(&r.CreatedAt), db.At(&r.ChangedAt), &r.Version,
		&r.Late.Reason, db.At(&r.Late.ExpectedAt), &r.LateBy, db.At(&r.LateSaidAt))
}

// byID returns the reservation with its lines, or errNone.
func byID(ctx context.Context, tx *db.Tx, name id.Reservation, lock string) (reservation, error) {
	r, err := scanReservation(tx.Row(ctx, `SELECT `+reservationColumns+lateColumns+` FROM parts_reservation WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), name).Scan)
	if err != nil {
		return r, db.NotFound(err, errNone)
	}
	r.Lines, err = lines(ctx, tx, name)
	return r, err
}

func lines(ctx context.Context, tx *db.Tx, name id.Reservation) ([]parts.Pick, error) {
	rows, err := tx.Rows(ctx, `SELECT `+positionColumns+`, quantity, lead_hours FROM parts_reservation_line
		WHERE tenant_id = ? AND reservation_id = ? ORDER BY line`, tx.Tenant(), name)
	return db.Collect(rows, err, func(scan func(...any) error) (p parts.Pick, err error) {
		var hours int64
		err = scan(append(into(&p.Position), &p.Quantity, &hours)...)
		p.Lead = time.Duration(hours) * time.Hour
		return p, err
	})
}

// ofWork returns the reservations that are held for a work order, locked.
func ofWork(ctx context.Context, tx *db.Tx, wo id.WorkOrder) ([]reservation, error) {
	return some(ctx, tx, `work_order_id = ? AND state = ? ORDER BY id`+tx.ForUpdate(), wo, parts.HeldFor)
}

func some(ctx context.Context, tx *db.Tx, where string, args ...any) ([]reservation, error) {
	rows, err := tx.Rows(ctx, `SELECT `+reservationColumns+lateColumns+` FROM parts_reservation WHERE tenant_id = ? AND `+where, append([]any{tx.Tenant()}, args...)...)
	all, err := db.Collect(rows, err, scanReservation)
	for i := range all {
		if err == nil {
			all[i].Lines, err = lines(ctx, tx, all[i].ID)
		}
	}
	return all, err
}

// put writes the reservation with its lines, in place of an older one of the
// same appointment that is over.
func put(ctx context.Context, tx *db.Tx, r reservation) error {
	err := tx.Put(ctx, `
		INSERT INTO parts_reservation (tenant_id, `+reservationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, id) DO UPDATE SET node_id = excluded.node_id, technician_id = excluded.technician_id, state = excluded.state,
			expires_at = excluded.expires_at, changed_at = excluded.changed_at, version = parts_reservation.version + 1,
			late = '', late_until = NULL, late_user_id = NULL, late_said_at = NULL`,
		tx.Tenant(), r.ID, r.WorkOrder, r.Case, r.Node.Raw(), r.Technician.Raw(), r.State, r.ExpiresAt, r.CreatedAt, tx.Now())
	if err != nil {
		return fmt.Errorf("put reservation: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM parts_reservation_line WHERE tenant_id = ? AND reservation_id = ?`, tx.Tenant(), r.ID); err != nil {
		return err
	}
	for i, l := range r.Lines {
		args := append([]any{tx.Tenant(), r.ID, i}, key(l.Position)...)
		err := tx.Put(ctx, `INSERT INTO parts_reservation_line (tenant_id, reservation_id, line, `+positionColumns+`, quantity, lead_hours)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, l.Quantity, int64(l.Lead/time.Hour))...)
		if err != nil {
			return fmt.Errorf("put reservation line: %w", err)
		}
	}
	return nil
}

// end moves a reservation that is held to a state in which it holds nothing.
func end(ctx context.Context, tx *db.Tx, r reservation, to parts.State) error {
	n, err := tx.Exec(ctx, `UPDATE parts_reservation SET state = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`, to, tx.Now(), tx.Tenant(), r.ID, r.Version)
	if err == nil && n != 1 {
		err = db.ErrRetry
	}
	return err
}
