package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	spreadsheet "fettle.dev/fettle/platform/sheet"
)

// changesHead are the columns of what has changed: a row for each step, and on each what
// has become of the visit on balance. Whoever reads them by machine relies on them: they are
// only ever added to, at the end.
var changesHead = []string{
	"case_reference", "case", "work_order", "appointment", "change",
	"was_technician", "was_technician_name", "was_start_at", "was_end_at",
	"is_technician", "is_technician_name", "is_start_at", "is_end_at", "state",
	"step", "step_at", "step_change", "step_technician", "step_technician_name", "step_start_at", "step_end_at", "reason", "by", "user",
}

// ChangesTable is Changes as a table. Names are those of technicians who are, or were,
// with the node, for who may know them.
func (m *Module) ChangesTable(ctx context.Context, node id.Node, since time.Time) (*httpapi.File, error) {
	v, err := m.Changes(ctx, node, since)
	if err != nil {
		return nil, err
	}
	names, err := m.namesAt(ctx, node)
	if err != nil {
		return nil, err
	}
	out := spreadsheet.New(changesHead...)
	for i := range v.Items {
		c := &v.Items[i]
		visit := c.cells(names)
		for n := range c.Steps {
			out.Row(append(visit[:len(visit):len(visit)], c.Steps[n].cells(n+1, names)...)...)
		}
	}
	return &httpapi.File{Name: "changes-since-" + v.Since.Format("20060102T1504Z") + ".csv", Body: out.Bytes()}, nil
}

// namesAt are the names of a node's people, those who have left among them, and of its
// guests, as far as the caller may know them.
func (m *Module) namesAt(ctx context.Context, node id.Node) (map[id.Technician]string, error) {
	caller, _ := access.From(ctx)
	people, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]dispatch.Technician, error) {
		team, err := teamOf(ctx, tx, node)
		if err != nil {
			return nil, err
		}
		left, err := technicians(ctx, tx, yesterday(tx), "t.node_id = ? AND t.standing = ?", "", node, dispatch.Left)
		return append(team, left...), err
	})
	if err != nil {
		return nil, err
	}
	names, err := m.names(ctx, caller.Tenant, people, knownAt(node))
	out := map[id.Technician]string{}
	for i := range people {
		out[people[i].ID] = names[people[i].Person]
	}
	return out, err
}

func (c *changeView) cells(names map[id.Technician]string) []spreadsheet.Cell {
	out := []spreadsheet.Cell{
		spreadsheet.Text(c.Reference), spreadsheet.Text(c.Case.String()), spreadsheet.Text(c.WorkOrder.String()), spreadsheet.Text(c.Appointment.String()), spreadsheet.Text(c.Change),
	}
	was := []spreadsheet.Cell{"", "", "", ""}
	if c.Was != nil {
		was = c.Was.cells(names)
	}
	return append(append(append(out, was...), c.Is.cells(names)...), spreadsheet.Text(c.Is.State))
}

func (s *seatView) cells(names map[id.Technician]string) []spreadsheet.Cell {
	return []spreadsheet.Cell{spreadsheet.Text(s.Technician.String()), spreadsheet.Text(names[s.Technician]), instantCell(s.StartAt), instantCell(s.EndAt)}
}

func (s *stepView) cells(number int, names map[id.Technician]string) []spreadsheet.Cell {
	user := spreadsheet.Cell("")
	if !s.User.IsZero() {
		user = spreadsheet.Text(s.User.String())
	}
	out := append([]spreadsheet.Cell{spreadsheet.Number(int64(number)), instantCell(s.At), spreadsheet.Text(s.Change)}, s.seatView.cells(names)...)
	return append(out, spreadsheet.Text(s.Reason), spreadsheet.Text(s.By), user)
}

func instantCell(at time.Time) spreadsheet.Cell {
	return spreadsheet.Text(at.UTC().Format(time.RFC3339))
}
