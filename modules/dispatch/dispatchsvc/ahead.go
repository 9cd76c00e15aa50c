package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/forecast"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// ruleKeptFree: what is left of the days is kept free for urgent work.
const ruleKeptFree routing.Rule = "kept_free"

// onDuty is how many minutes of work a crew can do on a day, ways taken out; with a
// skill, those of them who have it then.
func onDuty(crew []dispatch.Technician, day calendar.Day, skill string, travel int64) (minutes int64, people int) {
	for i := range crew {
		t := &crew[i]
		duty, ok := t.DutyOn(day, zone(t.Zone))
		if !ok || t.Standing != dispatch.Active || skill != "" && !hasSkill(t, skill, duty.Close) {
			continue
		}
		m := int64(duty.Close.Sub(duty.Open) / time.Minute)
		for _, r := range duty.Rests {
			m -= int64(r.End.Sub(r.Start) / time.Minute)
		}
		minutes += min(m, t.MaxMinutes)
		people++
	}
	return minutes * (1000 - travel) / 1000, people
}

func hasSkill(t *dispatch.Technician, skill string, at time.Time) bool {
	return slices.ContainsFunc(t.Skills, func(s dispatch.Skill) bool {
		end := s.Ends(zone(t.Zone))
		return s.Skill == skill && (end.IsZero() || !at.After(end))
	})
}

// promisedOn is how many minutes of work are promised by local day.
func promisedOn(all []appointment, z *time.Location) map[calendar.Day]int64 {
	out := map[calendar.Day]int64{}
	for i := range all {
		if all[i].State.Live() {
			out[calendar.DayAt(all[i].ServiceStartAt, z)] += worked(&all[i]) / 60
		}
	}
	return out
}

// headroom says what a node may promise ahead, so that urgent work still fits.
type headroom struct {
	now      time.Time
	crew     []dispatch.Technician
	outlook  outlook
	promised map[calendar.Day]int64 // minutes
}

// headroomOf counts a node's own people, whomever they visit; guests are nobody's to count on.
func headroomOf(now time.Time, node id.Node, team []dispatch.Technician, all []appointment, o outlook) headroom {
	h := headroom{now: now, crew: own(team, node), outlook: o}
	if h.bounds() {
		h.promised = promisedOn(ownVisits(h.crew, all), zone(h.crew[0].Zone))
	}
	return h
}

// bounds reports whether anything is kept free.
func (h *headroom) bounds() bool { return len(h.outlook.Urgent) > 0 && len(h.crew) > 0 }

// takes reports whether the day of a window can take a visit and still has what is kept
// free. Urgent visits may have any day, and so may all where nothing is known. Today is
// not ahead.
func (h *headroom) takes(j *job, w dispatch.Window) bool {
	if !h.bounds() || j.urgent() {
		return true
	}
	z := zone(h.crew[0].Zone)
	day := calendar.DayAt(w.Start, z)
	i := int(day - h.outlook.From)
	if day <= calendar.DayAt(h.now, z) || i < 0 || i >= len(h.outlook.Urgent) {
		return true
	}
	capacity, _ := onDuty(h.crew, day, "", h.outlook.Travel)
	return h.promised[day]+j.Minutes <= forecast.Limit(capacity, h.outlook.Urgent[i], h.outlook.Minutes)
}

// windows returns those windows whose days can take the visit.
func (h *headroom) windows(j *job, list []dispatch.Window) []dispatch.Window {
	return slices.DeleteFunc(slices.Clone(list), func(w dispatch.Window) bool { return !h.takes(j, w) })
}

// urgent reports whether a visit may have what is kept free.
func (j *job) urgent() bool { return j.Priority > 0 && j.Priority < urgentBelow }

// roomAhead returns the windows of the days that can take the visit.
func (p *picture) roomAhead(windows []dispatch.Window) []dispatch.Window {
	h := headroomOf(p.now, p.job.Node, p.crew, p.all, p.outlook)
	return h.windows(&p.job, windows)
}

// keepFree puts the open visits aside that the days of a plan are kept free from, and
// returns which windows the others may have.
func (d *draft) keepFree(ctx context.Context, tx *db.Tx, node id.Node, days int, crew []dispatch.Technician, all []appointment) (func(*job) []dispatch.Window, error) {
	o, err := outlookOf(ctx, tx, node)
	h := headroomOf(tx.Now(), node, crew, all, o)
	ahead := func(j *job) []dispatch.Window {
		return h.windows(j, dispatch.WindowsFrom(tx.Now(), days, zone(j.Zone)))
	}
	open := d.open
	d.open = nil
	for _, j := range open {
		if h.bounds() && len(ahead(&j)) == 0 {
			d.shut = append(d.shut, j)
		} else {
			d.open = append(d.open, j)
		}
	}
	return ahead, err
}

// keptFree says of everybody that the days are kept free.
func keptFree(crew []dispatch.Technician) (out []dispatch.Block) {
	for i := range crew {
		out = append(out, dispatch.Block{Technician: crew[i].ID, Rule: string(ruleKeptFree)})
	}
	return out
}

// keptFree are the visits that were put aside, and why.
func (d *draft) keptFree() (out []unserved) {
	for i := range d.shut {
		out = append(out, unserved{WorkOrder: d.shut[i].WorkOrder, Why: keptFree(d.s.crew)})
	}
	return out
}

// keepFree holds that the day of a window takes a visit that a plan books. Faults:
// ErrSlotGone.
func keepFree(ctx context.Context, tx *db.Tx, j *job, w dispatch.Window) error {
	o, err := outlookOf(ctx, tx, j.Node)
	if err != nil || len(o.Urgent) == 0 || j.urgent() {
		return err
	}
	crew, err := crewOf(ctx, tx, j.Node)
	if err != nil {
		return err
	}
	all, err := promisedTo(ctx, tx, j.Node, crew, w.Start, w.End)
	if err != nil {
		return err
	}
	if h := headroomOf(tx.Now(), j.Node, crew, all, o); !h.takes(j, w) {
		return dispatch.ErrSlotGone.With("rule", string(ruleKeptFree))
	}
	return nil
}
