package desksvc

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// question is what the queue is asked for.
type question struct {
	httpapi.PageIn
	State    string         `query:"state" enum:"active,new,open,waiting,resolved,closed,cancelled,over" default:"active" doc:"active: somebody must still act; over: resolved, closed or cancelled"`
	Brand    id.Brand       `query:"brand"`
	Node     id.Node        `query:"node"`
	Country  locale.Country `query:"country" maxLength:"2"`
	Priority desk.Priority  `query:"priority" minimum:"0" maximum:"4"`
	Unrouted bool           `query:"unrouted" doc:"only cases that no node serves yet"`
}

// line is a case in the queue.
type line struct {
	ID         id.Case        `json:"id"`
	Reference  string         `json:"reference"`
	State      desk.State     `json:"state"`
	WaitingFor desk.WaitFor   `json:"waiting_for,omitempty"`
	Brand      id.Brand       `json:"brand"`
	Node       id.Node        `json:"node,omitzero"`
	Line       id.Line        `json:"line,omitzero"`
	Model      id.Model       `json:"model,omitzero"`
	Serial     string         `json:"serial,omitempty"`
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"`
	WorkType   desk.WorkType  `json:"work_type"`
	Symptom    string         `json:"symptom,omitempty"`
	Priority   desk.Priority  `json:"priority"`
	Channel    desk.Channel   `json:"channel"`
	Chased     int64          `json:"chased"`
	OpenedAt   time.Time      `json:"opened_at"`
	DueAt      time.Time      `json:"due_at,omitzero" doc:"when the next clock runs out; absent when none runs"`
	Version    int64          `json:"version"`
	due        int64
}

// place is where a part of the queue ended.
type place struct {
	Due int64   `json:"d"`
	ID  id.Case `json:"i"`
}

func (l line) place() any { return place{l.due, l.ID} }

// List returns the queue: what is due first stands on top.
func (m *Module) List(ctx context.Context, q question) (httpapi.Page[line], error) {
	caller, _ := access.From(ctx)
	reach, err := m.guard.Reach(ctx, "case.read", "case")
	if err != nil {
		return httpapi.Page[line]{}, err
	}
	var from place
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[line]{}, err
	}
	var found []line
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		for _, part := range reach {
			some, err := listPart(ctx, tx, q, part, from, more)
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		found = merge(found)
		found = found[:min(len(found), q.Limit+1)]
		return fillLines(ctx, tx, found)
	})
	if err != nil {
		return httpapi.Page[line]{}, err
	}
	return httpapi.PageOf(ctx, q.PageIn, found, line.place)
}

// listPart runs one indexed query for one part of what the caller may see.
func listPart(ctx context.Context, tx *db.Tx, q question, part access.Reach, from place, more bool) ([]line, error) {
	where, args, err := part.Where(columns)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(`SELECT id, due_at FROM desk_list WHERE tenant_id = ? AND ` + where)
	args = append([]any{tx.Tenant()}, args...)
	and := func(text string, arg ...any) {
		b.WriteString(" AND " + text)
		args = append(args, arg...)
	}
	q.narrow(and)
	if more {
		and("(due_at > ? OR due_at = ? AND id > ?)", from.Due, from.Due, from.ID)
	}
	b.WriteString(" ORDER BY due_at, id LIMIT ?")
	rows, err := tx.Rows(ctx, b.String(), append(args, q.Limit+1)...)
	return db.Collect(rows, err, func(scan func(...any) error) (l line, err error) { return l, scan(&l.ID, &l.due) })
}

// narrow adds what the question asks for beside the caller's reach.
func (q question) narrow(and func(string, ...any)) {
	switch q.State {
	case "active":
		and("active = 1")
	case "over":
		and("active = 0")
	default:
		s := desk.State(q.State)
		and("active = ?", s.Active())
		and("state = ?", s)
	}
	if !q.Brand.IsZero() {
		and("brand_id = ?", q.Brand)
	}
	if !q.Node.IsZero() {
		and("node_id = ?", q.Node)
	}
	if q.Country != "" {
		and("country = ?", q.Country)
	}
	if q.Priority != 0 {
		and("priority = ?", q.Priority)
	}
	if q.Unrouted {
		and("node_id IS NULL")
	}
}

// merge sorts the parts into one list and drops what came twice.
func merge(found []line) []line {
	slices.SortFunc(found, func(a, b line) int { return cmp.Or(cmp.Compare(a.due, b.due), bytes.Compare(a.ID[:], b.ID[:])) })
	return slices.CompactFunc(found, func(a, b line) bool { return a.ID == b.ID })
}

// fillLines reads what the page shows.
func fillLines(ctx context.Context, tx *db.Tx, found []line) error {
	for i := range found {
		r, err := byID(ctx, tx, found[i].ID)
		if err != nil {
			return err
		}
		due := found[i].due
		found[i] = line{
			ID: r.ID, Reference: r.Reference, State: r.State, WaitingFor: r.WaitingFor, Brand: r.Brand, Node: r.Node, Line: r.Line,
			Model: r.Model, Serial: r.Serial, Country: r.Country, Zone: r.Zone, WorkType: r.WorkType, Symptom: r.Symptom,
			Priority: r.Priority, Channel: r.Channel, Chased: r.Chased, OpenedAt: r.OpenedAt, Version: r.Version, due: due,
		}
		if due != never {
			found[i].DueAt = time.UnixMicro(due).UTC()
		}
	}
	return nil
}
