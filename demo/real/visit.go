package real

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/work"
)

// visit is one that is booked.
type visit struct {
	*Course
	technician id.Technician
	start      time.Time
}

// agenda holds the visits to come, the next first.
type agenda []visit

func (a *agenda) add(v visit) {
	i, _ := slices.BinarySearchFunc(*a, v, func(a, b visit) int { return cmp.Or(a.start.Compare(b.start), -1) })
	*a = slices.Insert(*a, i, v)
}

// book takes the best slot that is offered for each visit. The slot stands when
// its parts are reserved; here none are needed.
func (p *play) book(ctx context.Context, in []*Course) error {
	booked := false
	for _, c := range in {
		if c.Kind != work.Visit {
			continue
		}
		if err := p.bookOne(ctx, c); err != nil {
			return err
		}
		booked = true
	}
	if !booked {
		return nil
	}
	return p.settle(ctx)
}

func (p *play) bookOne(ctx context.Context, c *Course) error {
	var got struct {
		Offers []struct {
			ID         id.Offer      `json:"id"`
			Technician id.Technician `json:"technician"`
			StartAt    time.Time     `json:"start_at"`
		} `json:"offers"`
		Why []dispatch.Block `json:"why"`
	}
	if err := p.post(ctx, "/v1/work-orders/"+c.WorkOrder.String()+"/offers", nil, &got); err != nil {
		return err
	}
	if len(got.Offers) == 0 {
		c.NoSlot = "nobody"
		if len(got.Why) > 0 {
			c.NoSlot = string(got.Why[0].Rule)
		}
		return nil
	}
	best := got.Offers[0]
	var booked slot
	if err := p.post(ctx, "/v1/appointments", members{"work_order": c.WorkOrder, "offer": best.ID}, &booked); err != nil {
		return err
	}
	c.Appointment = booked.ID
	p.visits.add(visit{c, best.Technician, best.StartAt})
	return nil
}

// wayMetres is how far technicians travel to a site whose place nobody knows
// better than its country: a round figure of ours.
const wayMetres = 14_000

// makeVisits makes the visits that begin before the time, each day's together in
// its evening, as technicians do who were without a network.
func (p *play) makeVisits(ctx context.Context, until time.Time) error {
	for len(p.visits) > 0 && p.visits[0].start.Before(until) {
		day := p.visits[0].start.Truncate(24 * time.Hour).Add(24*time.Hour + 6*time.Hour) // over everywhere
		n := 0
		for n < len(p.visits) && p.visits[n].start.Before(day.Add(-6*time.Hour)) {
			n++
		}
		due := slices.Clone(p.visits[:n])
		if day.After(until) {
			return nil // the day is not over yet
		}
		p.visits = slices.Delete(p.visits, 0, n)
		p.to(day)
		err := p.watch.part("work", func() error { return each(due, func(v visit) error { return p.record(ctx, v) }) })
		if err != nil {
			return err
		}
		for _, v := range due {
			p.reportedNow([]*Course{v.Course})
		}
		if err := p.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// record reports what the record says came of a visit.
func (p *play) record(ctx context.Context, v visit) error {
	outcome, cause, told := v.Record.Result(v.Mode)
	if !told {
		return nil
	}
	v.Outcome, v.Cause = outcome, cause
	list := field.For("repair", p.world.lines[v.Category.Name])
	r := field.Record{
		ClientID: "real_" + v.WorkOrder.String(), Appointment: v.Appointment, WorkOrder: v.WorkOrder, Technician: v.technician,
		StartedAt: v.start, FinishedAt: v.start.Add(time.Duration(v.Category.Minutes) * time.Minute), WorkedMinutes: v.Category.Minutes,
		TravelMetres: wayMetres, Outcome: outcome, Cause: cause, Checklist: list.Code, Acceptance: field.Accepted{Kind: field.BySignName},
	}
	for _, i := range list.Items {
		r.Answers = append(r.Answers, field.Answer{Item: i.Code, Is: field.OK})
	}
	var taken struct {
		Reviews []field.Review `json:"reviews"`
	}
	if err := p.post(ctx, "/v1/visits", r, &taken); err != nil {
		return err
	}
	v.Reviews = taken.Reviews
	return nil
}
