package play

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"fettle.dev/fettle/demo/texts"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

type appointment = dispatch.Appointment

// visit does the next thing about a visit: books it, waits for its part, or
// takes its appointment one step on.
func (p *Player) visit(ctx context.Context, st *story, c desk.Brief, o order) error {
	st.visit = &o
	if o.State == work.Waiting {
		return p.missing(ctx, st, c, o)
	}
	all, err := p.App.Dispatch.AppointmentsOf(ctx, p.Tenant, st.id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a appointment) bool { return a.State.Live() })
	if i < 0 {
		return p.book(ctx, st, o)
	}
	st.appointment = all[i].ID
	return p.goOn(ctx, st, all[i])
}

// book: an agent offers slots, and the customer takes one that suits.
func (p *Player) book(ctx context.Context, st *story, o order) error {
	var out struct {
		Offers []struct {
			ID id.Offer `json:"id"`
		} `json:"offers"`
	}
	if err := p.post(ctx, st.dispatcher(), "/v1/work-orders/"+o.ID.String()+"/offers", nothing{}, &out); err != nil {
		return err
	}
	if len(out.Offers) == 0 {
		p.Tally["no slot"]++
		if st.looked++; st.looked < 4 {
			p.inHours(st, 11*time.Hour)
		} else if p.chance(700) {
			return p.giveUp(ctx, st) // who has heard nothing for days goes elsewhere
		}
		return nil
	}
	p.inHours(st, 15*time.Minute)
	at := 0
	if p.chance(350) {
		at = p.rand.IntN(min(5, len(out.Offers)))
	}
	p.Tally["booked"]++
	var booked struct {
		ID id.Appointment `json:"id"`
	}
	err := p.post(ctx, st.dispatcher(), "/v1/appointments", map[string]any{"work_order": o.ID, "offer": out.Offers[at].ID}, &booked)
	st.appointment = booked.ID
	return err
}

// goOn takes an appointment one step on, when its time has come.
func (p *Player) goOn(ctx context.Context, st *story, a appointment) error {
	now := p.clock.Now()
	leave := a.ServiceStartAt.Add(-time.Duration(a.TravelSeconds) * time.Second)
	switch a.State {
	case dispatch.Pending:
		p.soon(st, 5*time.Minute)
		return nil
	case dispatch.Scheduled:
		if tell := a.StartAt.Add(-20 * time.Hour); now.Before(tell) {
			p.lookAt(st, tell)
			return nil
		}
		p.soon(st, 4*time.Minute) // there may be a quarter of an hour to answer
		return p.move(ctx, st.dispatcher(), a, "dispatch")
	case dispatch.Dispatched:
		return p.answer(ctx, st, a, leave)
	case dispatch.Accepted:
		if now.Before(leave) {
			p.lookAt(st, leave)
			return nil
		}
		if p.chance(18) {
			p.Tally["missed by us"]++
			p.inHours(st, 2*time.Hour)
			return p.move(ctx, st.dispatcher(), a, "miss")
		}
		p.lookAt(st, now.Add(p.some(time.Duration(a.TravelSeconds)*time.Second)))
		return p.move(ctx, p.technician(a), a, "travel")
	case dispatch.Travelling:
		p.lookAt(st, now.Add(time.Duration(float64(a.Minutes)*(0.6+0.9*p.rand.Float64()))*time.Minute))
		return p.move(ctx, p.technician(a), a, "arrive")
	case dispatch.OnSite:
		return p.record(ctx, st, *st.visit, a)
	case dispatch.Completed, dispatch.Unable, dispatch.Absent, dispatch.Missed, dispatch.Declined, dispatch.TimedOut, dispatch.Cancelled:
		return nil
	default:
		return nil
	}
}

// answer: the technician says yes, seldom no, and now and then nothing; or the
// customer wants another time.
func (p *Player) answer(ctx context.Context, st *story, a appointment, leave time.Time) error {
	switch n := p.rand.IntN(100); {
	case n < 3:
		p.Tally["declined"]++
		p.inHours(st, 30*time.Minute)
		return p.move(ctx, p.technician(a), a, "decline")
	case n < 5:
		p.Tally["no answer"]++
		p.lookAt(st, a.StartAt.Add(20*time.Minute))
		return nil
	case n < 8:
		p.Tally["put off by the customer"]++
		p.inHours(st, time.Hour)
		return p.post(ctx, st.dispatcher(), "/v1/appointments/"+a.ID.String()+"/cancel", map[string]any{"reason": "customer_wish"}, nil)
	default:
		p.lookAt(st, leave)
		return p.move(ctx, p.technician(a), a, "accept")
	}
}

func (p *Player) move(ctx context.Context, login string, a appointment, verb string) error {
	return p.post(ctx, login, "/v1/appointments/"+a.ID.String()+"/"+verb, nothing{}, nil)
}

// technician is the log-in of the appointment's technician.
func (p *Player) technician(a appointment) string { return p.LoginOf(p.codes[a.Technician]) }

// record: the technician writes down what was done.
func (p *Player) record(ctx context.Context, st *story, o order, a appointment) error {
	now := p.clock.Now()
	r := p.attempt(st.work, st.before+a.Attempt)
	done := field.Record{
		ClientID: "demo-" + a.ID.String(), Appointment: a.ID, WorkOrder: o.ID, Technician: a.Technician, StartedAt: a.ServiceStartAt, FinishedAt: now,
		TravelMetres: a.TravelSeconds * (7 + p.rand.Int64N(5)), Outcome: r.Outcome, Cause: r.Cause,
	}
	p.found(st, o, r, &done)
	p.Tally["visit "+string(r.Outcome)]++
	switch {
	case r.Outcome.Ends():
		p.inHours(st, 5*time.Hour)
	case r.Outcome == work.PartMissing:
		p.soon(st, 40*time.Minute)
	default:
		p.inHours(st, 3*time.Hour)
	}
	return p.post(ctx, p.technician(a), "/v1/visits", done, nil)
}

// found fills in checklist, readings, parts and acceptance.
func (p *Player) found(st *story, o order, r result, done *field.Record) {
	if r.Outcome == work.NotPresent {
		done.Acceptance.Kind = field.NotThere
		return
	}
	list := field.For(string(st.work), st.line)
	done.Checklist = list.Code
	for _, i := range list.Items {
		answer := field.Answer{Item: i.Code, Is: field.OK}
		if !i.Required && p.chance(150) {
			answer.Is = field.NotApplicable
		}
		done.Answers = append(done.Answers, answer)
	}
	for _, m := range list.Readings {
		done.Readings = append(done.Readings, field.Reading{Item: m.Code, Milli: usual[m.Code]*1000 + p.rand.Int64N(900), Unit: m.Unit})
	}
	if r.Fixes {
		done.Parts = o.Parts
		if len(done.Parts) == 0 && st.work == desk.Repair && p.chance(350) {
			done.Parts = p.cures(st)
		}
		done.Resolution = p.fix(st)
	}
	done.Acceptance = p.accepted(done.Appointment)
	if p.chance(200) {
		done.Notes = pick(p.rand, texts.Talk(texts.Note, st.lang))
	}
}

// accepted: customers tell the code or sign; now and then the code is wrong, or
// they will not sign.
func (p *Player) accepted(a id.Appointment) field.Accepted {
	switch n := p.rand.IntN(100); {
	case n < 3:
		return field.Accepted{Kind: field.Refused}
	case n < 6:
		return field.Accepted{Kind: field.ByCode, Code: "000000"}
	case n < 50:
		return field.Accepted{Kind: field.ByCode, Code: p.App.Field.AcceptanceCode(p.Tenant, a)}
	default:
		return field.Accepted{Kind: field.BySignName, Name: "签收 / signed (synthetic)"}
	}
}

// usual is about what instruments show, in whole units.
var usual = map[string]int64{
	"supply": 229, "outlet": 11, "low_pressure": 820, "insulation": 1200, "earth_loop": 0, "bed": 60,
}

// fix is the code of what was done.
func (p *Player) fix(st *story) string {
	fixes := slices.DeleteFunc(slices.Clone(p.lines[st.line].Fixes), func(f catalog.Fix) bool { return f.Code == "INSTALL" || f.Code == "TEACH" })
	return pick(p.rand, fixes).Code
}

// missing: a part is to come. The parts planner announces it and books it in
// when it is there; then the visit can be planned again.
func (p *Player) missing(ctx context.Context, st *story, c desk.Brief, o order) error {
	if st.partSaid {
		st.partSaid = false
		return p.arrived(ctx, st, c, o)
	}
	st.partSaid = true
	p.Tally["waited for a part"]++
	if p.chance(500) {
		if err := p.say(ctx, st, texts.Part, false); err != nil {
			return err
		}
	}
	wait := p.some(40 * time.Hour)
	if p.chance(150) {
		wait = p.some(9 * 24 * time.Hour)
	}
	due := atWork(p.clock.Now().Add(wait), st.zone)
	p.lookAt(st, due)
	needs, err := p.wanted(ctx, st, o)
	if err != nil || len(needs) == 0 {
		return err
	}
	return p.post(ctx, "parts", "/v1/stock/expected", map[string]any{"node": c.Node, "due_on": due.In(st.zone).Format(time.DateOnly), "lines": needs}, nil)
}

// wanted is what the work order waits for: what could not be reserved or, when a
// technician came without it, what is likely the cure.
func (p *Player) wanted(ctx context.Context, st *story, o order) ([]remedy.Need, error) {
	var held struct {
		Waiting []remedy.Need `json:"waiting"`
	}
	if err := p.get(ctx, "parts", "/v1/cases/"+st.id.String()+"/reservations", &held); err != nil {
		return nil, err
	}
	if len(held.Waiting) > 0 {
		return held.Waiting, nil
	}
	if len(o.Parts) > 0 {
		return o.Parts, nil
	}
	return p.cures(st), nil
}

// arrived: what was missing has come in, and a few more with it.
func (p *Player) arrived(ctx context.Context, st *story, c desk.Brief, o order) error {
	p.inHours(st, 2*time.Hour)
	needs, err := p.wanted(ctx, st, o)
	if err != nil {
		return err
	}
	if len(needs) > 0 && !c.Node.IsZero() {
		for i := range needs {
			needs[i].Quantity += int64(p.rand.IntN(3))
		}
		reference := fmt.Sprintf("DN-%s-%04d", p.clock.Now().Format("060102"), p.rand.IntN(10_000))
		err := p.post(ctx, "parts", "/v1/stock/receipts", map[string]any{"node": c.Node, "reference": reference, "lines": needs}, nil)
		if err != nil {
			return err
		}
	}
	if c.State != desk.Waiting {
		return nil
	}
	return p.post(ctx, st.agent(), "/v1/cases/"+url.PathEscape(st.id.String())+"/resume", nothing{}, nil)
}
