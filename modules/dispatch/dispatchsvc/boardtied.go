package dispatchsvc

import (
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/work"
)

// tiedView is a visit that hangs together with another one on the board.
type tiedView struct {
	WorkOrder    id.WorkOrder   `json:"work_order"`
	Appointment  id.Appointment `json:"appointment,omitzero" doc:"absent: nobody is promised for it"`
	Technician   id.Technician  `json:"technician,omitzero"`
	StartAt      time.Time      `json:"start_at,omitzero" doc:"the window that is promised"`
	EndAt        time.Time      `json:"end_at,omitzero"`
	How          string         `json:"how" enum:"with,after,before" doc:"it comes with this visit, is after it or before it"`
	LeastMinutes int64          `json:"least_minutes,omitempty" doc:"between the end of the one and the beginning of the other"`
	MostMinutes  int64          `json:"most_minutes,omitempty"`
}

// view shows what one visit of a group is tied to directly.
func (g group) view(wo id.WorkOrder) (out []tiedView) {
	g.tied(func(one, to *member, t *work.Tie) {
		v := tiedView{How: string(t.How), LeastMinutes: t.LeastMinutes, MostMinutes: t.MostMinutes}
		other := one
		switch {
		case one.WorkOrder == wo:
			other = to
			if t.How == work.Afterwards {
				v.How = "before"
			}
		case to.WorkOrder != wo:
			return
		}
		a := &other.live
		if a.ID.IsZero() {
			a = &other.last
		}
		v.WorkOrder, v.Appointment, v.Technician, v.StartAt, v.EndAt = other.WorkOrder, a.ID, a.Technician, a.StartAt, a.EndAt
		out = append(out, v)
	})
	return out
}

// promised reports whether any of a group is.
func (g group) promised() bool {
	return slices.ContainsFunc(g, func(m member) bool { return !m.live.ID.IsZero() })
}

// order bounds when promised visits may begin by when those are expected that they
// depend on, as far as the board shows them.
func (p *spread) order(promises []dispatch.Promise) {
	if len(p.groups) == 0 {
		return
	}
	at := map[id.WorkOrder]*dispatch.Promise{}
	for i := range promises {
		if promises[i].State.Live() {
			at[promises[i].WorkOrder] = &promises[i]
		}
	}
	for wo, me := range at {
		p.groups[wo].tied(func(one, to *member, t *work.Tie) {
			other := at[to.WorkOrder]
			if one.WorkOrder != wo || other == nil {
				return
			}
			if t.How == work.Together {
				me.NotBefore, me.NotAfter = other.ExpectedAt.Add(-dispatch.MeetSlack), other.ExpectedAt.Add(dispatch.MeetSlack)
				return
			}
			done := other.ExpectedAt.Add(time.Duration(worked(&to.live)) * time.Second)
			me.NotBefore = done.Add(time.Duration(t.LeastMinutes) * time.Minute)
			if t.MostMinutes > 0 {
				me.NotAfter = done.Add(time.Duration(t.MostMinutes) * time.Minute)
			}
		})
	}
}
