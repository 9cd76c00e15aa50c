package partssvc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// columns say where access finds what it decides by.
var columns = access.Columns{"node": "node_id", "partner": "partner_id"}

// question is what a list is asked for.
type question struct {
	httpapi.PageIn
	Node       id.Node       `query:"node"`
	Part       id.Part       `query:"part"`
	Technician id.Technician `query:"technician" doc:"only this van"`
}

// narrow adds what the question asks for beside the caller's reach.
func (q question) narrow(and func(string, ...any)) {
	if !q.Node.IsZero() {
		and("node_id = ?", q.Node)
	}
	if !q.Part.IsZero() {
		and("part_id = ?", q.Part)
	}
	if !q.Technician.IsZero() {
		and("technician_id = ?", q.Technician)
	}
}

// gather runs the query once for each part of what the caller may see and merges
// the rows by their order, dropping what came twice.
func gather[T any](ctx context.Context, m *Module, action, kind string, order func(a, b T) int,
	query func(ctx context.Context, tx *db.Tx, where string, args []any) ([]T, error),
) (found []T, err error) {
	caller, _ := access.From(ctx)
	reach, err := m.guard.Reach(ctx, action, kind)
	if err != nil {
		return nil, err
	}
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		for _, r := range reach {
			where, args, err := r.Where(columns)
			if err != nil {
				return err
			}
			rows, err := query(ctx, tx, where, append([]any{tx.Tenant()}, args...))
			if err != nil {
				return err
			}
			found = append(found, rows...)
		}
		return nil
	})
	slices.SortFunc(found, order)
	return slices.CompactFunc(found, func(a, b T) bool { return order(a, b) == 0 }), err
}

// shown is a line of the stock as shown.
type shown struct {
	level
	ChangedAt time.Time `json:"changed_at"`
	Version   int64     `json:"version"`
}

// List returns the stock, by part and place.
func (m *Module) List(ctx context.Context, q question) (httpapi.Page[shown], error) {
	var from parts.Position
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[shown]{}, err
	}
	order := func(a, b shown) int { return a.Position.Compare(b.Position) }
	found, err := gather(ctx, m, "stock.read", "stock", order, func(ctx context.Context, tx *db.Tx, where string, args []any) ([]shown, error) {
		var b strings.Builder
		b.WriteString(`SELECT ` + stockColumns + ` FROM parts_stock WHERE tenant_id = ? AND ` + where)
		and := func(text string, arg ...any) { b.WriteString(" AND " + text); args = append(args, arg...) }
		q.narrow(and)
		if more {
			and("("+positionColumns+") > (?, ?, ?, ?, ?)", key(from)...)
		}
		b.WriteString(` ORDER BY ` + positionColumns + ` LIMIT ?`)
		rows, err := tx.Rows(ctx, b.String(), append(args, q.Limit+1)...)
		return db.Collect(rows, err, func(scan func(...any) error) (shown, error) {
			s, err := scanStock(scan)
			return shown{level{s.Position, s.Level, s.Available()}, s.ChangedAt, s.Version}, err
		})
	})
	if err != nil {
		return httpapi.Page[shown]{}, err
	}
	return httpapi.PageOf(ctx, q.PageIn, found, func(s shown) any { return s.Position })
}

// entry is one side of a movement as shown.
type entry struct {
	Movement id.Movement `json:"movement"`
	Line     int64       `json:"line"`
	Kind     parts.Kind  `json:"kind"`
	parts.Posting
	Case      id.Case      `json:"case,omitzero"`
	WorkOrder id.WorkOrder `json:"work_order,omitzero"`
	Visit     id.Visit     `json:"visit,omitzero"`
	Reference string       `json:"reference,omitempty"`
	User      id.User      `json:"user,omitzero"`
	At        time.Time    `json:"at"`
}

type entryPlace struct {
	Movement id.Movement `json:"m"`
	Line     int64       `json:"l"`
}

// Movements returns the journal, the newest first.
func (m *Module) Movements(ctx context.Context, q question) (httpapi.Page[entry], error) {
	var from entryPlace
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[entry]{}, err
	}
	order := func(a, b entry) int {
		return cmp.Or(bytes.Compare(b.Movement[:], a.Movement[:]), cmp.Compare(b.Line, a.Line))
	}
	found, err := gather(ctx, m, "movement.read", "movement", order, func(ctx context.Context, tx *db.Tx, where string, args []any) ([]entry, error) {
		var b strings.Builder
		b.WriteString(`SELECT id, line, kind, account, ` + positionColumns + `, quantity, case_id, work_order_id, visit_id, reference, user_id, at
			FROM parts_movement WHERE tenant_id = ? AND ` + where)
		and := func(text string, arg ...any) { b.WriteString(" AND " + text); args = append(args, arg...) }
		q.narrow(and)
		if more {
			and("(id, line) < (?, ?)", from.Movement, from.Line)
		}
		b.WriteString(` ORDER BY id DESC, line DESC LIMIT ?`)
		rows, err := tx.Rows(ctx, b.String(), append(args, q.Limit+1)...)
		return db.Collect(rows, err, scanEntry)
	})
	if err != nil {
		return httpapi.Page[entry]{}, err
	}
	return httpapi.PageOf(ctx, q.PageIn, found, func(e entry) any { return entryPlace{e.Movement, e.Line} })
}

func scanEntry(scan func(...any) error) (e entry, err error) {
	to := append([]any{&e.Movement, &e.Line, &e.Kind, &e.Account}, into(&e.Position)...)
	return e, scan(append(to, &e.Quantity, &e.Case, &e.WorkOrder, &e.Visit, &e.Reference, &e.User, db.At(&e.At))...)
}

// heldView is a reservation as shown.
type heldView struct {
	ID          id.Reservation `json:"id"`
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Node        id.Node        `json:"node"`
	State       parts.State    `json:"state"`
	Lines       []heldLine     `json:"lines"`
	Late        *lateView      `json:"late,omitempty" doc:"it comes later than was reckoned when it was held"`
	ExpiresAt   time.Time      `json:"expires_at"`
	CreatedAt   time.Time      `json:"created_at"`
	ChangedAt   time.Time      `json:"changed_at"`
	Version     int64          `json:"version"`
}

type heldLine struct {
	parts.Position
	Quantity  int64 `json:"quantity"`
	LeadHours int64 `json:"lead_hours" doc:"until it can be at the node that serves"`
}

// waiting is a part that a work order waits for.
type waiting struct {
	WorkOrder id.WorkOrder `json:"work_order"`
	remedy.Need
	Since time.Time `json:"since"`
}

// ofCase is what is held for a case and what it waits for.
type ofCase struct {
	Items   []heldView `json:"items"`
	Waiting []waiting  `json:"waiting"`
}

// OfCase returns what is, or was, held for a case, and what it waits for.
func (m *Module) OfCase(ctx context.Context, c id.Case) (out ofCase, err error) {
	caller, _ := access.From(ctx)
	b, err := m.desk.Brief(ctx, caller.Tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return out, access.ErrHidden
	} else if err != nil {
		return out, err
	}
	tree, err := m.network.Tree(ctx, caller.Tenant)
	if err != nil {
		return out, err
	}
	node, _ := tree.Node(b.Node)
	err = m.guard.Can(ctx, "reservation.read", access.Resource{
		Kind: "reservation", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Partner: node.Partner, Person: b.Requester, Country: string(b.Country),
	})
	if err != nil {
		return out, err
	}
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		out = ofCase{Items: []heldView{}}
		all, err := some(ctx, tx, `case_id = ? ORDER BY id LIMIT 200`, c)
		for _, r := range all {
			out.Items = append(out.Items, r.show())
		}
		if err != nil {
			return err
		}
		out.Waiting, err = waitingOf(ctx, tx, c)
		return err
	})
	return out, err
}

func (r reservation) show() heldView {
	v := heldView{
		ID: r.ID, Appointment: id.Appointment(r.ID), WorkOrder: r.WorkOrder, Node: r.Node, State: r.State, Lines: []heldLine{},
		ExpiresAt: r.ExpiresAt, CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, Version: r.Version,
	}
	if r.Late.Is() && r.State == parts.HeldFor {
		v.Late = &lateView{r.Late.Reason, r.Late.ExpectedAt, r.LateBy, r.LateSaidAt}
	}
	for _, l := range r.Lines {
		v.Lines = append(v.Lines, heldLine{l.Position, l.Quantity, int64(l.Lead / time.Hour)})
	}
	return v
}

func waitingOf(ctx context.Context, tx *db.Tx, c id.Case) ([]waiting, error) {
	rows, err := tx.Rows(ctx, `SELECT work_order_id, part_id, quantity, since FROM parts_wanted
		WHERE tenant_id = ? AND case_id = ? ORDER BY since, part_id LIMIT 200`, tx.Tenant(), c)
	return db.Collect(rows, err, func(scan func(...any) error) (w waiting, err error) {
		return w, scan(&w.WorkOrder, &w.Part, &w.Quantity, db.At(&w.Since))
	})
}
