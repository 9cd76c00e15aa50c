package real

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// mapping says which of the records' columns are ours. Their "brand" is the
// maker of the product, not the brand that sends the order. The group that
// repaired is who asks; its name stands for a person's.
var mapping = map[string]string{
	"number": "id", "serial": "id", "model": "product_category", "text": "problem", "name": "group_identifier", "brand": orders.NoColumn,
}

// play carries the records through the house, a day after the other.
type play struct {
	*house
	world  world
	table  table
	report *Report

	courses  []*Course
	byNumber map[string]*Course
	visits   agenda // booked, not made yet
	reported []closing
}

// closing is a case whose work was reported and that is to be closed.
type closing struct {
	*Course
	at time.Time
}

func (p *play) run(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"network", func(ctx context.Context) (err error) { p.world, err = p.build(ctx); return err }},
		{"check", p.rehearse},
		{"days", p.days},
		{"end", p.end},
		{"books", p.books},
		{"proofs", p.prove},
		{"repeat", p.repeat},
	}
	for _, s := range steps {
		if err := p.watch.phase(s.name, func() error { return s.do(ctx) }); err != nil {
			return err
		}
	}
	p.report.Courses = p.courses
	return nil
}

// rehearse asks how each line of the whole table would go, before anything of it
// is taken in.
func (p *play) rehearse(ctx context.Context) error {
	p.byNumber = map[string]*Course{}
	for _, r := range p.table.all {
		c := &Course{Record: r, Category: categoryOf(r.Category)}
		c.Country, _ = countryOf(r.Country)
		p.courses, p.byNumber[r.ID] = append(p.courses, c), c
	}
	got, err := p.send(ctx, p.courses, true)
	p.report.DryRefused = got.Refused
	return err
}

// send sends some records as a table of orders.
func (p *play) send(ctx context.Context, some []*Course, dry bool) (out orders.Report, err error) {
	text, err := p.table.csv(some)
	if err != nil {
		return out, err
	}
	return out, p.post(ctx, "/v1/orders/import", members{"brand": brandCode, "mapping": mapping, "csv": text, "dry_run": dry}, &out)
}

// The times of a day, in UTC: it is the same day in all of the countries.
const (
	morning   = 12 * time.Hour // orders come in
	decided   = morning + 10*time.Minute
	evening   = 17 * time.Hour // what is no visit is reported
	callBack  = 7 * 24 * time.Hour
	longAfter = 40 * 24 * time.Hour // all periods are over
)

// days carries the records through, on the days on which they happened.
func (p *play) days(ctx context.Context) error {
	for from := 0; from < len(p.courses); {
		to := from
		for to < len(p.courses) && p.courses[to].On == p.courses[from].On {
			to++
		}
		if err := p.day(ctx, p.courses[from:to]); err != nil {
			return fmt.Errorf("%s: %w", p.courses[from].On, err)
		}
		if from*10/len(p.courses) != to*10/len(p.courses) {
			fmt.Fprintf(p.watch.log, "  %s, %d of %d records\n", p.courses[from].On, to, len(p.courses))
		}
		from = to
	}
	return nil
}

func (p *play) day(ctx context.Context, today []*Course) error {
	at, err := time.Parse(time.DateOnly, string(today[0].On))
	if err != nil {
		return err
	}
	if err := p.makeVisits(ctx, at.Add(morning)); err != nil {
		return err
	}
	p.to(at.Add(morning))
	if err := p.closeOld(ctx); err != nil {
		return err
	}
	today, err = p.intake(ctx, today)
	if err != nil {
		return err
	}
	p.to(at.Add(decided))
	if err := p.watch.part("plans", func() error { return p.decide(ctx, today) }); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	if err := p.watch.part("work", func() error { return p.perform(ctx, today, at) }); err != nil {
		return err
	}
	return p.settle(ctx)
}

// intake makes the units, takes the orders in and finds the cases that have come
// of them.
func (p *play) intake(ctx context.Context, today []*Course) (in []*Course, err error) {
	var got orders.Report
	err = p.watch.part("intake", func() error {
		if err := each(today, func(c *Course) error { return p.unit(ctx, c) }); err != nil {
			return err
		}
		got, err = p.send(ctx, today, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := p.settle(ctx); err != nil {
		return nil, err
	}
	for _, v := range got.Rows {
		c := p.byNumber[v.Number]
		if c == nil {
			return nil, errors.New("the import tells of a record that was not sent")
		}
		c.Result, c.Code = v.Result, v.Code
		if len(v.Fields) > 0 {
			c.Pointer = v.Fields[0].Pointer
		}
		if v.Result != "refused" {
			in = append(in, c)
		}
	}
	return in, p.watch.part("plans", func() error { return each(in, func(c *Course) error { return p.find(ctx, c) }) })
}

// unit enters the product of a record into the installed base, as its brand
// would have done when it was sold.
func (p *play) unit(ctx context.Context, c *Course) error {
	model, ok := p.world.models[c.Category.Name]
	if !ok {
		return nil
	}
	body := members{"serial": c.ID, "model": model}
	if sold := c.SoldOn(); sold != "" {
		body["sold_on"], body["sold_in"] = sold, c.Country.Code
	}
	return p.post(ctx, "/v1/units", body, nil)
}

// find reads the case and the plan that have come of an order.
func (p *play) find(ctx context.Context, c *Course) error {
	var page struct {
		Items []struct {
			Case  id.Case      `json:"case"`
			State orders.State `json:"state"`
		} `json:"items"`
	}
	if err := p.get(ctx, "/v1/orders?number="+url.QueryEscape(c.ID), &page); err != nil {
		return err
	}
	if len(page.Items) != 1 || page.Items[0].Case.IsZero() {
		return fmt.Errorf("%d orders have the number of a record, or no case has come of it", len(page.Items))
	}
	c.Case = page.Items[0].Case
	var plan planView
	if err := p.get(ctx, p.of(c, "/plan"), &plan); err != nil {
		return err
	}
	c.take(plan)
	return nil
}

func (p *play) of(c *Course, rest string) string { return "/v1/cases/" + c.Case.String() + rest }

// decide accepts the first way of every plan that has not been accepted by itself.
func (p *play) decide(ctx context.Context, in []*Course) error {
	return each(in, func(c *Course) error {
		if c.Auto || c.Mode == remedy.NoRemedy {
			return nil
		}
		return p.post(ctx, p.of(c, "/plan/decide"), members{}, nil)
	})
}

// perform books what is to be visited and reports the rest as done, in the
// evening.
func (p *play) perform(ctx context.Context, in []*Course, day time.Time) error {
	err := each(in, func(c *Course) error {
		var page struct{ Items []order }
		if err := p.get(ctx, p.of(c, "/work-orders"), &page); err != nil || len(page.Items) == 0 {
			return err
		}
		c.WorkOrder, c.Kind, c.WorkState = page.Items[0].ID, page.Items[0].Kind, page.Items[0].State
		return nil
	})
	if err == nil {
		err = p.book(ctx, in)
	}
	if err != nil {
		return err
	}
	p.to(day.Add(evening))
	if err := each(in, func(c *Course) error { return p.finish(ctx, c) }); err != nil {
		return err
	}
	p.reportedNow(in)
	return nil
}

// reportedNow notes whose work has been reported by now.
func (p *play) reportedNow(some []*Course) {
	for _, c := range some {
		if c.Outcome.Ends() {
			p.reported = append(p.reported, closing{c, p.clock.Now()})
		}
	}
}

// finish reports what the record says came of work that is no visit.
func (p *play) finish(ctx context.Context, c *Course) error {
	outcome, cause, told := c.Record.Result(c.Mode)
	if !told || c.Kind == work.Visit || c.WorkOrder.IsZero() {
		return nil
	}
	c.Outcome, c.Cause = outcome, cause
	body := members{"outcome": outcome, "worked_minutes": c.Category.Minutes}
	if cause != "" {
		body["cause"] = cause
	}
	return p.post(ctx, "/v1/work-orders/"+c.WorkOrder.String()+"/finish", body, nil)
}

// closeOld closes the cases whose customers have had a week to object.
func (p *play) closeOld(ctx context.Context) error {
	limit := p.clock.Now().Add(-callBack)
	n := 0
	for n < len(p.reported) && p.reported[n].at.Before(limit) {
		n++
	}
	old := p.reported[:n]
	p.reported = p.reported[n:]
	return p.watch.part("close", func() error { return each(old, func(c closing) error { return p.closeCase(ctx, c.Course) }) })
}

// closeCase closes a case whose work is over. What has come to the end of its
// life is taken out of the installed base.
func (p *play) closeCase(ctx context.Context, c *Course) error {
	if err := p.post(ctx, p.of(c, "/close"), nil, nil); err != nil {
		return err
	}
	if c.Outcome != work.EndOfLife {
		return nil
	}
	var of struct {
		Unit id.Unit `json:"unit"`
	}
	if err := p.get(ctx, p.of(c, ""), &of); err != nil {
		return err
	}
	return p.post(ctx, "/v1/units/"+of.Unit.String()+"/retire", nil, nil)
}

// end makes the last visits, closes the last cases and lets the last periods end.
func (p *play) end(ctx context.Context) error {
	far := p.clock.Now().Add(longAfter)
	if err := p.makeVisits(ctx, far); err != nil {
		return err
	}
	p.to(far)
	if err := p.settle(ctx); err != nil {
		return err
	}
	if err := p.closeOld(ctx); err != nil {
		return err
	}
	return p.settle(ctx)
}
