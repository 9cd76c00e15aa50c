package dispatchsvc

import (
	"context"
	"math"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/forecast"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// capacityDay is what a day can take beside what is to be expected. Minutes are of
// work on site.
type capacityDay struct {
	Day             calendar.Day `json:"day"`
	Holiday         bool         `json:"holiday,omitempty"`
	Technicians     int          `json:"technicians" doc:"on duty"`
	CapacityMinutes int64        `json:"capacity_minutes" doc:"of duty, without rests, absences and the usual share of ways"`
	PromisedMinutes int64        `json:"promised_minutes"`
	LimitMinutes    int64        `json:"limit_minutes" doc:"that may be promised ahead, so that urgent work still fits on nine days of ten"`
	Visits          float64      `json:"visits" doc:"expected to come in"`
	VisitsLow       int64        `json:"visits_low" doc:"undercut on one day of ten"`
	VisitsHigh      int64        `json:"visits_high" doc:"exceeded on one day of ten"`
	ExpectedMinutes int64        `json:"expected_minutes"`
	HighMinutes     int64        `json:"high_minutes" doc:"exceeded on one day of ten"`
}

// capacityView is a node's capacity beside its expected work.
type capacityView struct {
	Node           id.Node       `json:"node"`
	Zone           string        `json:"zone"`
	Skill          string        `json:"skill,omitempty"`
	Skills         []string      `json:"skills" doc:"that may be chosen"`
	HistoryDays    int           `json:"history_days" doc:"of requests that the expectation comes from"`
	VisitMinutes   int64         `json:"visit_minutes" doc:"that a visit is stated with, in the mean"`
	TravelPermille int64         `json:"travel_permille" doc:"of working time that goes into ways"`
	Hours          []int64       `json:"hours" doc:"in which hours of the day work comes in, in permille"`
	Days           []capacityDay `json:"days"`
}

// capacityQuestion asks for a node's capacity.
type capacityQuestion struct {
	Node  id.Node      `path:"node"`
	From  calendar.Day `query:"from" doc:"absent: today at the node"`
	Weeks int          `query:"weeks" minimum:"1" maximum:"12" doc:"6 if absent"`
	Skill string       `query:"skill" maxLength:"64" doc:"absent: all work"`
}

// Capacity shows what a node can do in the weeks to come, and what is expected of it.
func (m *Module) Capacity(ctx context.Context, q capacityQuestion) (capacityView, error) {
	caller, _ := access.From(ctx)
	n, err := m.experienceOf(ctx, q.Node, "capacity.read", "capacity")
	if err != nil {
		return capacityView{}, err
	}
	like, err := m.likeOf(ctx, caller.Tenant, n.Country)
	if err != nil {
		return capacityView{}, err
	}
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (capacityView, error) {
		return capacityOf(ctx, tx, n, q, like)
	})
}

// sixWeeks is what is looked at unless asked otherwise.
const sixWeeks = 6

func capacityOf(ctx context.Context, tx *db.Tx, n network.Node, q capacityQuestion, like forecast.Like) (v capacityView, err error) {
	today := calendar.DayAt(tx.Now(), zone(n.Zone))
	if q.From == 0 {
		q.From = today
	}
	if q.Weeks == 0 {
		q.Weeks = sixWeeks
	}
	h, err := historyBefore(ctx, tx, n.ID, today)
	if err != nil {
		return v, err
	}
	crew, err := crewSince(ctx, tx, n.ID, q.From)
	if err != nil {
		return v, err
	}
	promised, err := promisedWork(ctx, tx, n, q, crew)
	if err != nil {
		return v, err
	}
	travel, worked, err := travelMinutes(ctx, tx, n.ID)
	if err != nil {
		return v, err
	}
	v = capacityView{Node: n.ID, Zone: n.Zone, Skill: q.Skill, Skills: h.skills(), HistoryDays: h.days, TravelPermille: forecast.TravelShare(travel, worked)}
	for _, share := range h.hours(q.Skill) {
		v.Hours = append(v.Hours, int64(math.Round(share*1000)))
	}
	var all, urgent forecast.Model
	var urgentMinutes int64
	all, v.VisitMinutes = h.fit(q.Skill, false, like)
	urgent, urgentMinutes = h.fit(q.Skill, true, like)
	for d := q.From; d < q.From+calendar.Day(7*q.Weeks); d++ {
		e := all.On(d)
		day := capacityDay{Day: d, Holiday: like(d) == forecast.Holiday, PromisedMinutes: promised[d], Visits: math.Round(e.Mean*10) / 10}
		day.VisitsLow, day.VisitsHigh = e.Quantile(1-forecast.Sure), e.Quantile(forecast.Sure)
		day.ExpectedMinutes, day.HighMinutes = int64(math.Round(e.Mean*float64(v.VisitMinutes))), day.VisitsHigh*v.VisitMinutes
		day.CapacityMinutes, day.Technicians = onDuty(crew, d, q.Skill, v.TravelPermille)
		day.LimitMinutes = day.CapacityMinutes
		if h.days >= enoughDays {
			day.LimitMinutes = forecast.Limit(day.CapacityMinutes, urgent.On(d), urgentMinutes)
		}
		v.Days = append(v.Days, day)
	}
	return v, nil
}

// promisedWork is what a node's own people are promised by local day, at home and as
// guests, of the visits that need the skill.
func promisedWork(ctx context.Context, tx *db.Tx, n network.Node, q capacityQuestion, crew []dispatch.Technician) (map[calendar.Day]int64, error) {
	from, _ := dayOf(q.From, n.Zone)
	until := from.Add(time.Duration(7*q.Weeks) * 24 * time.Hour)
	live, err := promisedTo(ctx, tx, n.ID, crew, from, until)
	live = ownVisits(crew, live)
	if err != nil || q.Skill == "" {
		return promisedOn(live, zone(n.Zone)), err
	}
	behind, err := jobsBehind(ctx, tx, n.ID, from, until)
	if err != nil {
		return nil, err
	}
	var some []appointment
	for _, a := range live {
		j, known := behind[a.WorkOrder]
		if !known { // another node's
			if j, err = jobOf(ctx, tx, a.WorkOrder, ""); err != nil {
				return nil, err
			}
		}
		if needsSkill(j.Needs.Skills, q.Skill) {
			some = append(some, a)
		}
	}
	return promisedOn(some, zone(n.Zone)), nil
}

func needsSkill(list []remedy.SkillNeed, skill string) bool {
	for _, n := range list {
		if n.Skill == skill {
			return true
		}
	}
	return false
}

// capacityRoutes are what nodes can do beside what is expected of them.
func (m *Module) capacityRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "capacity_get", Path: "/v1/capacity/{node}", Action: "capacity.read", Kind: "capacity", Summary: "What a node can do in the weeks to come, what is promised, and what work is expected"},
		func(ctx context.Context, in *capacityQuestion) (*httpapi.Body[capacityView], error) {
			return httpapi.Reply(m.Capacity(ctx, *in))
		})
}
