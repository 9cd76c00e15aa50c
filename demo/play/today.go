package play

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

// busy are the nodes whose boards are fullest, who sends people there, and what
// slows the roads down.
var busy = []struct{ node, dispatcher, roads string }{
	{"wuhan-hankou", "dispatcher-wuhan", "jam"},
	{"hamburg", "dispatcher-europe", "closure"},
	{"chicago", "dispatcher-americas", "jam"},
}

// promised is a visit as a board shows it.
type promised struct {
	ID        id.Appointment `json:"id"`
	WorkOrder id.WorkOrder   `json:"work_order"`
	Case      id.Case        `json:"case"`
	State     dispatch.State `json:"state"`
	Parts     string         `json:"parts"`
	StartAt   time.Time      `json:"start_at"`
	EndAt     time.Time      `json:"end_at"`
	Ends      time.Time      `json:"service_end_at"`
}

// Today is what has just happened when the play ends, so that whoever looks at
// the busiest boards finds a day on which something goes wrong: roads are slow,
// parts are late, a visit takes longer, and one turns out to need two people.
func (p *Player) Today(ctx context.Context) error {
	for _, b := range busy {
		node := p.Nodes[b.node].ID.String()
		slow := map[string]any{"until": p.clock.Now().Add(5 * time.Hour).Truncate(time.Hour), "percent": 40, "reason": b.roads}
		if err := p.post(ctx, b.dispatcher, "/v1/board/"+node+"/slowdowns", slow, nil); err != nil {
			return err
		}
		visits, err := p.onBoard(ctx, b.dispatcher, node)
		if err != nil {
			return err
		}
		for _, happens := range []func(context.Context, string, []promised) error{p.late, p.longer, p.second} {
			if err := happens(ctx, b.dispatcher, visits); err != nil {
				return fmt.Errorf("today in %s: %w", b.node, err)
			}
		}
	}
	if err := p.App.Settle(ctx); err != nil {
		return err
	}
	return p.end(ctx)
}

// onBoard are the visits of the next days, in the order in which they begin.
func (p *Player) onBoard(ctx context.Context, who, node string) (out []promised, err error) {
	var board struct {
		Technicians []struct{ Appointments []promised }
	}
	err = p.get(ctx, who, "/v1/board/"+node+"?days=5", &board)
	for _, t := range board.Technicians {
		out = append(out, t.Appointments...)
	}
	slices.SortStableFunc(out, func(a, b promised) int { return a.StartAt.Compare(b.StartAt) })
	return out, err
}

// ahead reports whether a visit begins after so long, and stands.
func (p *Player) ahead(v promised, after time.Duration) bool {
	return slices.Contains([]dispatch.State{dispatch.Scheduled, dispatch.Dispatched, dispatch.Accepted}, v.State) && v.StartAt.After(p.clock.Now().Add(after))
}

// late: the parts of one visit come while its customer waits, those of another
// after that.
func (p *Player) late(ctx context.Context, _ string, visits []promised) error {
	due := []func(v promised) time.Time{
		func(v promised) time.Time { return v.EndAt.Add(24 * time.Hour) },
		func(v promised) time.Time { return v.StartAt.Add(30 * time.Minute) },
	}
	for _, v := range visits {
		if len(due) == 0 || v.Parts != "held" || !p.ahead(v, 2*time.Hour) {
			continue
		}
		held, err := p.held(ctx, v)
		if err != nil || held.IsZero() {
			return err
		}
		said := map[string]any{"reason": "transport", "expected_at": due[0](v)}
		if err := p.allowed(p.post(ctx, "parts", "/v1/reservations/"+held.String()+"/delay", said, nil)); err != nil {
			return err
		}
		due = due[1:]
	}
	return nil
}

// held is what is reserved for a visit.
func (p *Player) held(ctx context.Context, v promised) (id.Reservation, error) {
	var list struct {
		Items []struct {
			ID          id.Reservation `json:"id"`
			Appointment id.Appointment `json:"appointment"`
			State       string         `json:"state"`
		} `json:"items"`
	}
	err := p.get(ctx, "parts", "/v1/cases/"+v.Case.String()+"/reservations", &list)
	for _, r := range list.Items {
		if r.Appointment == v.ID && r.State == "held" {
			return r.ID, err
		}
	}
	return id.Reservation{}, err
}

// longer: whoever is on site needs three quarters of an hour more.
func (p *Player) longer(ctx context.Context, who string, visits []promised) error {
	for _, v := range visits {
		if v.State == dispatch.OnSite && v.Ends.After(p.clock.Now()) {
			until := map[string]any{"until": v.Ends.Add(45 * time.Minute).Truncate(5 * time.Minute)}
			return p.allowed(p.post(ctx, who, "/v1/appointments/"+v.ID.String()+"/overrun", until, nil))
		}
	}
	return nil
}

// second: the last visit that is promised turns out to need two people.
func (p *Player) second(ctx context.Context, who string, visits []promised) error {
	for _, v := range slices.Backward(visits) {
		if p.ahead(v, 12*time.Hour) {
			two := map[string]any{"how": "with", "minutes": 60}
			return p.allowed(p.post(ctx, who, "/v1/work-orders/"+v.WorkOrder.String()+"/ties", two, nil))
		}
	}
	return nil
}

// allowed counts what the API refuses, because the visit has moved on, and leaves it.
func (p *Player) allowed(err error) error {
	if r, no := refused(err); no {
		p.Tally["refused today "+r.Code]++
		return nil
	}
	return err
}
