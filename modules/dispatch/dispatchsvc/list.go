package dispatchsvc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// view is an appointment as shown. What our people cost is for those who see the
// board.
type view struct {
	ID             id.Appointment    `json:"id"`
	WorkOrder      id.WorkOrder      `json:"work_order"`
	Case           id.Case           `json:"case"`
	Node           id.Node           `json:"node"`
	Technician     id.Technician     `json:"technician"`
	State          dispatch.State    `json:"state"`
	Reason         string            `json:"reason,omitempty"`
	Zone           string            `json:"zone"`
	StartAt        time.Time         `json:"start_at"`
	EndAt          time.Time         `json:"end_at"`
	ServiceStartAt time.Time         `json:"service_start_at"`
	ServiceEndAt   time.Time         `json:"service_end_at"`
	TravelSeconds  int64             `json:"travel_seconds"`
	Minutes        int64             `json:"minutes"`
	Attempt        int64             `json:"attempt"`
	Previous       id.Appointment    `json:"previous,omitzero"`
	Reasons        *dispatch.Reasons `json:"reasons,omitempty"`
	History        []turn            `json:"history,omitempty"`
	CreatedAt      time.Time         `json:"created_at"`
	ChangedAt      time.Time         `json:"changed_at"`
	HeldUntil      time.Time         `json:"held_until,omitzero" doc:"it is held for the customer until then, and not booked"`
	Reward         money.Amount      `json:"reward,omitzero" doc:"promised to the customer for this slot, and owed when the visit has been carried out; lost when the customer has it moved to another window"`
	Version        int64             `json:"version"`
}

// show leaves out what the caller may not see.
func (m *Module) show(ctx context.Context, a appointment) (view, error) {
	v := view{
		ID: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Technician: a.Technician, State: a.State, Reason: a.Reason, Zone: a.Zone,
		StartAt: a.StartAt, EndAt: a.EndAt, ServiceStartAt: a.ServiceStartAt, ServiceEndAt: a.ServiceEndAt, TravelSeconds: a.TravelSeconds,
		Minutes: a.Minutes, Attempt: a.Attempt, Previous: a.Previous, CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt, Version: a.Version, HeldUntil: a.heldUntil(),
		Reward: a.owed(),
	}
	r := a.resource()
	r.Kind = "board"
	err := m.guard.Can(ctx, "board.read", r)
	if err == nil {
		a.Reasons.Reward, a.Reasons.Saves = a.Reward, a.Saves
		v.Reasons = &a.Reasons
	}
	if errors.Is(err, access.ErrHidden) {
		return v, nil
	}
	return v, err
}

// View returns one appointment with its history.
func (m *Module) View(ctx context.Context, a id.Appointment) (view, error) {
	caller, _ := access.From(ctx)
	var found appointment
	var history []turn
	err := m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		if found, err = appointmentOf(ctx, tx, a, ""); err != nil {
			return err
		}
		history, err = historyOf(ctx, tx, a)
		return err
	})
	if err != nil {
		return view{}, err
	}
	if err := m.guard.Can(ctx, "appointment.read", found.resource()); err != nil {
		return view{}, hidden(err, dispatch.ErrNotFound)
	}
	v, err := m.show(ctx, found)
	v.History = history
	return v, err
}

// OfCase returns the appointments of a case that the caller may see.
func (m *Module) OfCase(ctx context.Context, c id.Case) ([]view, error) {
	caller, _ := access.From(ctx)
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]appointment, error) { return appointmentsOfCase(ctx, tx, c) })
	if err != nil {
		return nil, err
	}
	out := []view{}
	for _, a := range all {
		err := m.guard.Can(ctx, "appointment.read", a.resource())
		if errors.Is(err, access.ErrHidden) {
			continue
		} else if err != nil {
			return nil, err
		}
		v, err := m.show(ctx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// question is what a list of appointments is asked for.
type question struct {
	httpapi.PageIn
	Node       id.Node       `query:"node"`
	Technician id.Technician `query:"technician"`
	Day        calendar.Day  `query:"day" doc:"local day of the node's or technician's zone; needs zone"`
	Zone       string        `query:"zone" maxLength:"60" default:"UTC" doc:"IANA zone that day is meant in"`
	Live       bool          `query:"live" doc:"only those that hold a technician's time"`
}

// spot is where a part of the list ended.
type spot struct {
	Start int64          `json:"s"`
	ID    id.Appointment `json:"i"`
}

// scope are the columns by which access narrows lists of appointments.
var scope = access.Columns{
	"node": "node_id", "brand": "brand_id", "partner": "partner_id", "person": "requester_id", "technician": "technician_id",
	"country": "country", "state": "state",
}

// List returns appointments by their time, as far as the caller may see them.
func (m *Module) List(ctx context.Context, q question) (httpapi.Page[view], error) {
	caller, _ := access.From(ctx)
	if _, err := time.LoadLocation(q.Zone); err != nil {
		return httpapi.Page[view]{}, dispatch.ErrInvalid.At("query/zone", "unknown")
	}
	reach, err := m.guard.Reach(ctx, "appointment.read", "appointment")
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	var from spot
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	var found []appointment
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		for _, part := range reach {
			some, err := q.part(ctx, tx, part, from, more)
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		return nil
	})
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	slices.SortFunc(found, func(a, b appointment) int {
		return cmp.Or(a.StartAt.Compare(b.StartAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	found = slices.CompactFunc(found, func(a, b appointment) bool { return a.ID == b.ID })
	return m.page(ctx, q, found[:min(len(found), q.Limit+1)])
}

func (m *Module) page(ctx context.Context, q question, found []appointment) (httpapi.Page[view], error) {
	views := make([]view, len(found))
	for i, a := range found {
		var err error
		if views[i], err = m.show(ctx, a); err != nil {
			return httpapi.Page[view]{}, err
		}
	}
	return httpapi.PageOf(ctx, q.PageIn, views, func(v view) any { return spot{v.StartAt.UnixMicro(), v.ID} })
}

// part runs one query for one part of what the caller may see.
func (q question) part(ctx context.Context, tx *db.Tx, part access.Reach, from spot, more bool) ([]appointment, error) {
	where, args, err := part.Where(scope)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(selectAppointment + where)
	args = append([]any{tx.Tenant()}, args...)
	and := func(text string, arg ...any) {
		b.WriteString(" AND " + text)
		args = append(args, arg...)
	}
	if !q.Node.IsZero() {
		and("node_id = ?", q.Node)
	}
	if !q.Technician.IsZero() {
		and("technician_id = ?", q.Technician)
	}
	if q.Day != 0 {
		begin, end := dayOf(q.Day, q.Zone)
		and("start_at >= ? AND start_at < ?", begin, end)
	}
	if q.Live {
		and("live = 1")
	}
	if more {
		and("(start_at > ? OR start_at = ? AND id > ?)", from.Start, from.Start, from.ID)
	}
	b.WriteString(" ORDER BY start_at, id LIMIT ?")
	rows, err := tx.Rows(ctx, b.String(), append(args, q.Limit+1)...)
	return db.Collect(rows, err, scanAppointment)
}
