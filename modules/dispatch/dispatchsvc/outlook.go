package dispatchsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/forecast"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
)

// dayReader says on which days a country does not work as its weekday says.
type dayReader interface {
	SpecialDays(ctx context.Context, tenant id.Tenant, country locale.Country) ([]sla.SpecialDay, error)
}

// likeOf says whose weekday's pattern holds on a day of a country, outside any step.
func (m *Module) likeOf(ctx context.Context, tenant id.Tenant, country locale.Country) (forecast.Like, error) {
	if m.days == nil {
		return forecast.Weekdays, nil
	}
	list, err := m.days.SpecialDays(ctx, tenant, country)
	if err != nil {
		return nil, err
	}
	special := make(map[calendar.Day]int, len(list))
	for _, d := range list {
		special[d.On] = forecast.Holiday
		if like, ok := d.Like(); ok {
			special[d.On] = int(like)
		}
	}
	return func(d calendar.Day) int {
		if like, ok := special[d]; ok {
			return like
		}
		return forecast.Weekdays(d)
	}, nil
}

// history is what was asked of a node, ready to be learnt from.
type history struct {
	first calendar.Day
	days  int
	rows  []asked
}

// historyBefore reads what was asked of a node until the day before today.
func historyBefore(ctx context.Context, tx *db.Tx, node id.Node, today calendar.Day) (history, error) {
	rows, err := demandOf(ctx, tx, node, today)
	h := history{first: today, rows: rows}
	if len(rows) > 0 {
		h.first = rows[0].day
	}
	h.days = int(today - h.first)
	return h, err
}

// skills are those that were asked for.
func (h *history) skills() []string {
	seen := map[string]bool{"": true}
	out := []string{}
	for _, r := range h.rows {
		if !seen[r.skill] {
			seen[r.skill] = true
			out = append(out, r.skill)
		}
	}
	slices.Sort(out)
	return out
}

// usualMinutes is what a visit is stated with where none was seen.
const usualMinutes = 60

// fit learns from the visits that ask for a skill, "" for all; minutes is what one of
// them takes.
func (h *history) fit(skill string, urgent bool, like forecast.Like) (m forecast.Model, minutes int64) {
	counts := make([]int64, h.days)
	visits, total := int64(0), int64(0)
	for _, r := range h.rows {
		if r.skill != skill || urgent && !r.urgent {
			continue
		}
		counts[r.day-h.first] += r.visits
		visits += r.visits
		total += r.minutes
	}
	minutes = usualMinutes
	if visits > 0 {
		minutes = (total + visits/2) / visits
	}
	return forecast.Fit(h.first, counts, like), minutes
}

// hours are the shares of the hours in a day's work.
func (h *history) hours(skill string) [24]float64 {
	var counts [24]int64
	for _, r := range h.rows {
		if r.skill == skill {
			counts[r.hour] += r.visits
		}
	}
	return forecast.Hours(counts)
}

// outlookDays is how far ahead something is kept free, and enoughDays from how much
// history on.
const (
	outlookDays = 14
	enoughDays  = 28
)

// outlook is what is kept free at a node on the days from From on.
type outlook struct {
	From    calendar.Day        `json:"from"`
	Urgent  []forecast.Expected `json:"urgent"`
	Minutes int64               `json:"minutes"` // of an urgent visit
	Travel  int64               `json:"travel"`  // permille of working time
}

// outlookOf reads what was made last; without one nothing is kept free.
func outlookOf(ctx context.Context, tx *db.Tx, node id.Node) (o outlook, err error) {
	var text []byte
	err = tx.Row(ctx, `SELECT outlook FROM dispatch_outlook WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node).Scan(&text)
	if err := db.NotFound(err, nil); err != nil || text == nil {
		return o, err
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, fmt.Errorf("read outlook: %w", err)
	}
	return o, nil
}

// makeOutlooks looks ahead for every node with people.
func (m *Module) makeOutlooks(ctx context.Context, tenant id.Tenant) error {
	nodes, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Node, error) {
		rows, err := tx.Rows(ctx, `SELECT DISTINCT node_id FROM dispatch_technician WHERE tenant_id = ? AND standing <> ?`, tx.Tenant(), dispatch.Left)
		return db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
	})
	if err != nil {
		return err
	}
	for _, node := range nodes {
		n, err := m.network.Node(ctx, tenant, node)
		if err != nil {
			return err
		}
		like, err := m.likeOf(ctx, tenant, n.Country)
		if err != nil {
			return err
		}
		if err := m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error { return makeOutlook(ctx, tx, n, like) }); err != nil {
			return err
		}
	}
	return nil
}

func makeOutlook(ctx context.Context, tx *db.Tx, n network.Node, like forecast.Like) error {
	today := calendar.DayAt(tx.Now(), zone(n.Zone))
	h, err := historyBefore(ctx, tx, n.ID, today)
	if err != nil || h.days < enoughDays {
		return err
	}
	model, minutes := h.fit("", true, like)
	o := outlook{From: today, Minutes: minutes}
	for d := range calendar.Day(outlookDays) {
		o.Urgent = append(o.Urgent, model.On(today+d))
	}
	travel, worked, err := travelMinutes(ctx, tx, n.ID)
	if err != nil {
		return err
	}
	o.Travel = forecast.TravelShare(travel, worked)
	text, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write outlook: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_outlook (tenant_id, node_id, outlook, made_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id) DO UPDATE SET outlook = excluded.outlook, made_at = excluded.made_at`, tx.Tenant(), n.ID, string(text), tx.Now())
	if err != nil {
		return fmt.Errorf("save outlook: %w", err)
	}
	return nil
}
