package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// Overrun notes until when a visit takes that is under way or about to begin, be that longer
// or shorter than was planned: what is planned behind it moves in its windows. Faults:
// ErrNotFound, ErrTransition, ErrInvalid.
func (m *Module) Overrun(ctx context.Context, name id.Appointment, ifMatch string, until time.Time) (moved, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		a, err := onItsDay(ctx, tx, name)
		if err != nil {
			return moved{}, err
		}
		if err := m.guard.Can(ctx, "appointment.go", a.resource()); err != nil {
			return moved{}, hidden(err, dispatch.ErrNotFound)
		}
		if err := httpapi.MatchIfGiven(ifMatch, a.Version); err != nil {
			return moved{}, err
		}
		if a.State, err = dispatch.Next(a.State, dispatch.Overrun); err != nil {
			return moved{}, err
		}
		length, err := dispatch.LengthUntil(&a.Appointment, tx.Now(), until)
		if err != nil {
			return moved{}, err
		}
		a.ServiceEndAt, a.Takes, a.Reason = a.ServiceStartAt.Add(length), int64(length/time.Second), dispatch.ReasonOverrun
		if err := save(ctx, tx, &a, caller.User); err != nil {
			return moved{}, err
		}
		if err := tidy(ctx, tx, a.Technician, a.ServiceStartAt); err != nil {
			return moved{}, err
		}
		return a.moved(), m.changed(ctx, tx, a.Node, a.ID.String(), a.Version)
	})
}

// overrunRoutes are how long a visit takes, as somebody says who sees it.
func (m *Module) overrunRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "appointment_overrun", Path: "/v1/appointments/{id}/overrun", Action: "appointment.go", Kind: "appointment",
		Summary: "Say until when a visit takes that is under way or about to begin",
		Doc:     "Longer or shorter than was planned. What is planned behind it moves in its windows; what cannot is marked on the board, or goes to others where the plan looks after itself.",
	}, func(ctx context.Context, in *struct {
		appointmentMatch
		Body struct {
			Until time.Time `json:"until"`
		}
	},
	) (*httpapi.Body[moved], error) {
		return httpapi.Reply(m.Overrun(ctx, in.ID, in.IfMatch, in.Body.Until))
	})
}
