package dispatchsvc

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	spreadsheet "fettle.dev/fettle/platform/sheet"
)

// seatView is where a visit stood, or stands.
type seatView struct {
	Technician id.Technician  `json:"technician"`
	StartAt    time.Time      `json:"start_at"`
	EndAt      time.Time      `json:"end_at"`
	State      dispatch.State `json:"state"`
}

// stepView is one step by which an assignment became another.
type stepView struct {
	Change dispatch.Change `json:"change" enum:"booked,handed,moved,called_off,refused,failed"`
	seatView
	Reason string      `json:"reason,omitempty" doc:"code; absent: it was booked"`
	By     dispatch.By `json:"by,omitempty" enum:"offer,hand,plan" doc:"who chose the place"`
	User   id.User     `json:"user,omitzero" doc:"who acted; absent: it followed by itself"`
	At     time.Time   `json:"at"`
}

// changeView is what has become of a visit's place.
type changeView struct {
	WorkOrder   id.WorkOrder    `json:"work_order"`
	Case        id.Case         `json:"case"`
	Reference   string          `json:"reference,omitempty" doc:"of the case, as it is said on the phone"`
	Appointment id.Appointment  `json:"appointment" doc:"the last one"`
	Change      dispatch.Change `json:"change" enum:"booked,handed,moved,called_off,refused,failed" doc:"on balance"`
	Was         *seatView       `json:"was,omitempty" doc:"absent: nobody had it"`
	Is          seatView        `json:"is"`
	At          time.Time       `json:"at" doc:"of the last step"`
	Steps       []stepView      `json:"steps" doc:"how it came to that, the first one first"`
}

// changesView is what has changed of a node's plan since an instant.
type changesView struct {
	Since time.Time    `json:"since" doc:"later than asked for where more has happened than is told at once"`
	Items []changeView `json:"items" doc:"what changed last comes first"`
}

const (
	changesFor  = 7 * 24 * time.Hour // how far back changes are told
	mostChanged = 2000               // appointments that are looked at
)

// Changes says what has become of the visits of a node since an instant: on balance, and
// step by step with the causes. That visits are told, begun and done as planned is no change.
func (m *Module) Changes(ctx context.Context, node id.Node, since time.Time) (changesView, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.read"); err != nil {
		return changesView{}, err
	}
	var out changesView
	var lines map[id.WorkOrder][]line
	err := m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		out = changesView{Since: since.UTC(), Items: []changeView{}}
		if since.IsZero() {
			out.Since = tx.Now().Add(-24 * time.Hour)
		}
		if out.Since.Before(tx.Now().Add(-changesFor)) {
			return dispatch.ErrInvalid.At("query/since", "too_long_ago")
		}
		if out.Since, err = shorter(ctx, tx, node, out.Since, mostChanged); err != nil {
			return err
		}
		lines, err = linesSince(ctx, tx, node, out.Since)
		return err
	})
	if err != nil {
		return changesView{}, err
	}
	for _, list := range lines {
		if c, ok := changeOf(list, out.Since); ok {
			out.Items = append(out.Items, c)
		}
	}
	slices.SortFunc(out.Items, func(a, b changeView) int {
		return cmp.Or(b.At.Compare(a.At), bytes.Compare(b.WorkOrder[:], a.WorkOrder[:]))
	})
	return out, m.referChanges(ctx, caller.Tenant, out.Items)
}

// referChanges writes on every change what its case is called.
func (m *Module) referChanges(ctx context.Context, tenant id.Tenant, items []changeView) error {
	cases := make([]id.Case, len(items))
	for i := range items {
		cases[i] = items[i].Case
	}
	references, err := m.desk.References(ctx, tenant, cases)
	for i := range items {
		items[i].Reference = references[items[i].Case]
	}
	return err
}

// shorter is the instant, or a later one after which no more than so many appointments
// have changed.
func shorter(ctx context.Context, tx *db.Tx, node id.Node, since time.Time, most int) (time.Time, error) {
	var last time.Time
	err := tx.Row(ctx, `SELECT changed_at FROM dispatch_appointment WHERE tenant_id = ? AND node_id = ? AND changed_at > ?
		ORDER BY changed_at DESC LIMIT 1 OFFSET ?`, tx.Tenant(), node, since, most).Scan(db.At(&last))
	if err != nil {
		return since, db.NotFound(err, nil)
	}
	return last, nil
}

// line is one line of the history of a visit's appointments.
type line struct {
	turn
	of     id.Appointment
	work   id.WorkOrder
	caseOf id.Case
}

// linesSince reads the whole history of the appointments that have changed after an
// instant, each visit's by itself and in the order in which it happened.
func linesSince(ctx context.Context, tx *db.Tx, node id.Node, since time.Time) (map[id.WorkOrder][]line, error) {
	rows, err := tx.Rows(ctx, `SELECT a.work_order_id, a.case_id, a.id, h.state, h.technician_id, h.start_at, h.end_at, h.reason, h.user_id, h.at, h.seq, COALESCE(h.chosen_by, '')
		FROM dispatch_appointment a JOIN dispatch_history h ON h.tenant_id = a.tenant_id AND h.appointment_id = a.id
		WHERE a.tenant_id = ? AND a.node_id = ? AND a.changed_at > ? ORDER BY h.at, a.id, h.seq`, tx.Tenant(), node, since)
	all, err := db.Collect(rows, err, func(scan func(...any) error) (l line, err error) {
		return l, scan(&l.work, &l.caseOf, &l.of, &l.State, &l.Technician, db.At(&l.StartAt), db.At(&l.EndAt), &l.Reason, &l.User, db.At(&l.At), &l.Seq, &l.By)
	})
	out := map[id.WorkOrder][]line{}
	for _, l := range all {
		out[l.work] = append(out[l.work], l)
	}
	return out, err
}

func (t *turn) assignment() dispatch.Assignment {
	return dispatch.Assignment{Technician: t.Technician, Window: dispatch.Window{Start: t.StartAt, End: t.EndAt}, State: t.State}
}

func (t *turn) seat() seatView { return seatView{t.Technician, t.StartAt, t.EndAt, t.State} }

// changeOf is what has become of a visit since an instant, from its whole history; false
// where it stands as it did.
func changeOf(list []line, since time.Time) (out changeView, ok bool) {
	var was, before dispatch.Assignment
	for i := range list {
		l := &list[i]
		now := l.assignment()
		if !l.At.After(since) {
			was = now
			if out.Was = nil; now.State.Live() {
				seat := l.seat()
				out.Was = &seat
			}
		} else if c := dispatch.Changed(before, now); c != dispatch.NoChange {
			out.Steps, out.At = append(out.Steps, stepView{c, l.seat(), l.Reason, l.By, l.User, l.At}), l.At
		}
		before = now
	}
	last := &list[len(list)-1]
	out.WorkOrder, out.Case, out.Appointment, out.Is, out.Change = last.work, last.caseOf, last.of, last.seat(), dispatch.Changed(was, before)
	return out, out.Change != dispatch.NoChange
}

// changeRoutes say what has changed.
func (m *Module) changeRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "board_changes", Path: "/v1/board/{node}/changes", Action: "board.read", Kind: "board", Summary: "What has become of a node's visits since an instant, and why"},
		func(ctx context.Context, in *changesIn) (*httpapi.Body[changesView], error) {
			return httpapi.Reply(m.Changes(ctx, in.Node, in.Since))
		})
	httpapi.Download(api, httpapi.Op{
		ID: "board_changes_table", Path: "/v1/board/{node}/changes.csv", Action: "board.read", Kind: "board", Produces: spreadsheet.MediaType,
		Summary: "What has become of a node's visits, step by step, as a table for spreadsheets",
	}, func(ctx context.Context, in *changesIn) (*httpapi.File, error) {
		return m.ChangesTable(ctx, in.Node, in.Since)
	})
}

// changesIn asks what has changed of a node's plan.
type changesIn struct {
	Node  id.Node   `path:"node"`
	Since time.Time `query:"since" doc:"at most seven days ago; absent: a day ago"`
}
