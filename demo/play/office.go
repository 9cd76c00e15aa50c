package play

import (
	"context"
	"net/http"
	"slices"
	"time"

	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/settlement"
)

// daily puts on the agenda what the back office does on a day.
func (p *Player) daily(day time.Time) {
	if day.Day() <= 4 {
		p.at(day.Add(3*time.Hour), p.send)
	}
	if day.Day() >= 3 && day.Day() <= 16 {
		p.at(day.Add(9*time.Hour), p.agree)
	}
	if day.Weekday() == time.Monday {
		p.at(day.Add(2*time.Hour), p.replenish)
	}
	p.at(day.Add(8*time.Hour), p.settleReviews)
	p.at(day.Add(time.Hour), p.absences)
}

// Prologue does once what the office does before anything happens.
func (p *Player) Prologue(ctx context.Context) error {
	c, err := p.as(ctx, "integrator")
	if err != nil {
		return err
	}
	codes := orders.Codes{orders.Received: "10", orders.Accepted: "20", orders.InWork: "30", orders.Done: "40", orders.Confirmed: "50", orders.Cancelled: "90", orders.Refused: "99"}
	return c.Do(ctx, http.MethodPut, "/v1/order-codes/"+p.Brands[world.Lingfeng].String(), codes, nil)
}

type statement struct {
	ID    id.Statement     `json:"id"`
	Party settlement.Party `json:"party"`
	Brand id.Brand         `json:"brand"`
	State settlement.State `json:"state"`
}

// statements in a state, as somebody sees them.
func (p *Player) statements(ctx context.Context, who string, in settlement.State) ([]statement, error) {
	var page struct {
		Items []statement `json:"items"`
	}
	err := p.get(ctx, who, "/v1/statements?limit=200", &page)
	return slices.DeleteFunc(page.Items, func(s statement) bool { return s.State != in }), err
}

// send: finance sends what the month's end has closed.
func (p *Player) send(ctx context.Context) error {
	closed, err := p.statements(ctx, "finance", settlement.Closed)
	for _, s := range closed {
		if err == nil {
			p.Tally["statements sent"]++
			err = p.post(ctx, "finance", "/v1/statements/"+s.ID.String()+"/send", nothing{}, nil)
		}
	}
	return err
}

// agree: partners agree, and so do brands, but for one that disputes.
func (p *Player) agree(ctx context.Context) error {
	for _, who := range []string{"partner", "partner-de"} {
		mine, err := p.statements(ctx, who, settlement.Sent)
		for _, s := range mine {
			if err == nil && p.chance(300) {
				err = p.post(ctx, who, "/v1/statements/"+s.ID.String()+"/agree", nothing{}, nil)
			}
		}
		if err != nil {
			return err
		}
	}
	sent, err := p.statements(ctx, "finance", settlement.Sent)
	if err != nil {
		return err
	}
	for _, s := range sent {
		who := p.brandOf(s.Brand)
		if s.Party != settlement.ToBrand || who == "" || !p.chance(300) {
			continue
		}
		verb := "agree"
		if who == world.Layerworks {
			verb = "dispute"
		}
		if err := p.post(ctx, "brand-"+who, "/v1/statements/"+s.ID.String()+"/"+verb, nothing{}, nil); err != nil {
			return err
		}
		p.Tally["statements "+verb+"d"]++
		if verb == "agree" && p.chance(700) {
			if err := p.post(ctx, "finance", "/v1/statements/"+s.ID.String()+"/invoice", nothing{}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Player) brandOf(b id.Brand) string {
	for code, known := range p.Brands {
		if known == b {
			return code
		}
	}
	return ""
}

// replenish: what goes quickly comes in at the regional centres every week.
func (p *Player) replenish(ctx context.Context) error {
	centre := map[string]string{world.Lingfeng: "rc-china", world.Layerworks: "rc-americas", world.Voltara: "rc-europe"}
	for _, brand := range []string{world.Lingfeng, world.Layerworks, world.Voltara} {
		var lines []stage.Piece
		for i := range p.World.Parts {
			part := &p.World.Parts[i]
			if p.lines[part.Line].Brand == brand && part.Moves > 6 && p.chance(300) {
				lines = append(lines, stage.Piece{Part: p.Parts[part.Number], Quantity: int64(2 + p.rand.IntN(8))})
			}
		}
		if len(lines) == 0 {
			continue
		}
		in := stage.Booking{Node: p.Nodes[centre[brand]].ID, Reference: "WEEKLY-" + p.clock.Now().Format("060102"), Lines: lines}
		if err := p.post(ctx, "parts", "/v1/stock/receipts", in, nil); err != nil {
			return err
		}
	}
	return nil
}

// settleReviews: dispatchers look at most of what did not fit.
func (p *Player) settleReviews(ctx context.Context) error {
	for _, who := range []string{"dispatcher-wuhan", "dispatcher-europe", "dispatcher-americas"} {
		var page struct {
			Items []struct {
				ID    id.Review `json:"id"`
				State string    `json:"state"`
			} `json:"items"`
		}
		if err := p.get(ctx, who, "/v1/reviews?limit=50", &page); err != nil {
			return err
		}
		for _, r := range page.Items {
			if r.State != "open" || !p.chance(700) {
				continue
			}
			decision := "accepted"
			if p.chance(80) {
				decision = "rejected"
			}
			if err := p.post(ctx, who, "/v1/reviews/"+r.ID.String()+"/settle", map[string]any{"decision": decision}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// absences: somebody falls ill, be it this morning, or takes leave, beside the days on
// which they are away already.
func (p *Player) absences(ctx context.Context) error {
	for i := range p.World.Technicians {
		t := &p.World.Technicians[i]
		if !p.chance(12) {
			continue
		}
		type absence struct {
			Day    string `json:"day"`
			Reason string `json:"reason"`
		}
		var known struct{ Absences []absence }
		first, reason := 1+p.rand.IntN(3), pick(p.rand, []string{"sick", "leave", "training"})
		if reason == "sick" {
			first = 0
		}
		var away []string
		for d := range 1 + p.rand.IntN(3) {
			away = append(away, p.clock.Now().AddDate(0, 0, first+d).Format(time.DateOnly))
		}
		c, err := p.as(ctx, "admin")
		if err != nil {
			return err
		}
		path := "/v1/technicians/" + p.Technicians[t.Code].String()
		if err := c.Get(ctx, path, &known); err != nil {
			return err
		}
		days := slices.DeleteFunc(known.Absences, func(a absence) bool { return slices.Contains(away, a.Day) })
		for _, day := range away {
			days = append(days, absence{day, reason})
		}
		if err := c.Do(ctx, http.MethodPut, path+"/absences", map[string]any{"absences": days}, nil); err != nil {
			return err
		}
	}
	return nil
}
