package dispatchsvc

import (
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/forecast"
	"fettle.dev/fettle/modules/dispatch/routing"
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

// roomAhead returns the windows of the days that can take the visit and still have
// what is kept free for urgent work. Urgent visits may have any, and so may all
// where nothing is known. Today is not ahead.
func (p *picture) roomAhead(windows []dispatch.Window) []dispatch.Window {
	if p.job.Priority > 0 && p.job.Priority < urgentBelow || len(p.outlook.Urgent) == 0 || len(p.plan.crew) == 0 {
		return windows
	}
	z := zone(p.plan.crew[0].Zone)
	today, promised := calendar.DayAt(p.now, z), promisedOn(p.promised(), z)
	return slices.DeleteFunc(slices.Clone(windows), func(w dispatch.Window) bool {
		day := calendar.DayAt(w.Start, z)
		i := int(day - p.outlook.From)
		if day <= today || i < 0 || i >= len(p.outlook.Urgent) {
			return false
		}
		capacity, _ := onDuty(p.plan.crew, day, "", p.outlook.Travel)
		return promised[day]+p.job.Minutes > forecast.Limit(capacity, p.outlook.Urgent[i], p.outlook.Minutes)
	})
}

// keptFree says of everybody that the days are kept free.
func (p *picture) keptFree() (out []dispatch.Block) {
	for i := range p.plan.crew {
		out = append(out, dispatch.Block{Technician: p.plan.crew[i].ID, Rule: string(ruleKeptFree)})
	}
	return out
}
