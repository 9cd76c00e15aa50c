package dispatchsvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
)

// Technician implements dispatch.Reader.
func (m *Module) Technician(ctx context.Context, tenant id.Tenant, t id.Technician) (dispatch.Technician, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (dispatch.Technician, error) { return technicianOf(ctx, tx, t) })
}

// Appointment implements dispatch.Reader.
func (m *Module) Appointment(ctx context.Context, tenant id.Tenant, a id.Appointment) (dispatch.Appointment, error) {
	found, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (appointment, error) { return appointmentOf(ctx, tx, a, "") })
	return found.Appointment, err
}

// AppointmentsOf implements dispatch.Reader.
func (m *Module) AppointmentsOf(ctx context.Context, tenant id.Tenant, c id.Case) ([]dispatch.Appointment, error) {
	all, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]appointment, error) { return appointmentsOfCase(ctx, tx, c) })
	out := make([]dispatch.Appointment, len(all))
	for i := range all {
		out[i] = all[i].Appointment
	}
	return out, err
}
