package slasvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(a *httpapi.API) {
	httpapi.Get(a, httpapi.Op{ID: "case_clocks", Path: "/v1/cases/{id}/clocks", Action: "case.read", Kind: "case", Summary: "The promises on a case and how much time they leave"}, m.getClocks)
	httpapi.Get(a, httpapi.Op{ID: "target_list", Path: "/v1/sla/targets", Action: "target.read", Kind: "target", Summary: "What is promised to whom, for which cases"}, m.getTargets)
	httpapi.Put(a, httpapi.Op{ID: "target_set", Path: "/v1/sla/targets", Action: "target.write", Kind: "target", IfMatch: true, Summary: "Replace what is promised; clocks that run keep their promise"}, m.putTargets)
	httpapi.Get(a, httpapi.Op{ID: "target_explain", Path: "/v1/sla/targets/explain", Action: "target.read", Kind: "target", Summary: "Which targets a case would have, and why not the others"}, m.explain)
	httpapi.Get(a, httpapi.Op{ID: "calendar_list", Path: "/v1/sla/calendars", Action: "calendar.read", Kind: "calendar", Summary: "Business hours of nodes and countries"}, m.getHours)
	httpapi.Put(a, httpapi.Op{ID: "calendar_set", Path: "/v1/sla/calendars", Action: "calendar.write", Kind: "calendar", IfMatch: true, Summary: "Replace the business hours"}, m.putHours)
	httpapi.Get(a, httpapi.Op{ID: "calendar_days", Path: "/v1/sla/calendars/{country}/days", Action: "calendar.read", Kind: "calendar", Summary: "Holidays and make-up workdays of a country"}, m.getDays)
	httpapi.Put(a, httpapi.Op{ID: "calendar_days_set", Path: "/v1/sla/calendars/{country}/days", Action: "calendar.write", Kind: "calendar", IfMatch: true, Summary: "Replace the holidays and make-up workdays of a country", MaxBody: maxDaysBody}, m.putDays)
}

// maxDaysBody holds the special days of a country for many years.
const maxDaysBody = 2 << 20

type clocksOut struct {
	Body struct {
		Items []clockView `json:"items"`
	}
}

func (m *Module) getClocks(ctx context.Context, in *struct {
	ID id.Case `path:"id"`
},
) (*clocksOut, error) {
	clocks, err := m.View(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &clocksOut{}
	out.Body.Items = clocks
	return out, nil
}

// mine returns the rules of the caller, who may do the action.
func (m *Module) mine(ctx context.Context, action, kind string) (*rules, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	if err := m.guard.May(ctx, action); err != nil {
		return nil, err
	}
	return m.rules(ctx, caller.Tenant)
}

type targetsOut struct {
	Body struct {
		Targets []sla.Target `json:"targets"`
		Version int64        `json:"version"`
	}
}

// getTargets shows the promises that the caller may see: whoever works for one
// brand or node sees what is promised for that brand or node alone.
func (m *Module) getTargets(ctx context.Context, _ *struct{}) (*targetsOut, error) {
	r, err := m.mine(ctx, "target.read", "target")
	if err != nil {
		return nil, err
	}
	out := &targetsOut{}
	out.Body.Version = r.version
	for _, t := range r.targets {
		if m.guard.Can(ctx, "target.read", access.Resource{Kind: "target", ID: t.ID.Raw(), Brand: t.Brand, Node: t.Node, Country: string(t.Country)}) == nil {
			out.Body.Targets = append(out.Body.Targets, t)
		}
	}
	return out, nil
}

type setIn[T any] struct {
	IfMatch string `header:"If-Match"`
	Body    T
}

type changedOut struct{ Body changed }

func reply(c changed, err error) (*changedOut, error) {
	if err != nil {
		return nil, err
	}
	return &changedOut{c}, nil
}

func (m *Module) putTargets(ctx context.Context, in *setIn[struct {
	Targets []sla.Target `json:"targets" maxItems:"1000" doc:"all of them; those without id are new"`
}],
) (*changedOut, error) {
	return reply(m.SetTargets(ctx, in.IfMatch, in.Body.Targets))
}

type explainIn struct {
	Line     id.Line        `query:"line"`
	Brand    id.Brand       `query:"brand"`
	Node     id.Node        `query:"node"`
	Country  locale.Country `query:"country" maxLength:"2"`
	WorkType desk.WorkType  `query:"work_type" enum:"install,commission,repair,inspect,maintain,survey,retrofit,remove"`
	Priority desk.Priority  `query:"priority" minimum:"0" maximum:"4"`
}

type explainOut struct {
	Body struct {
		Items []sla.Finding `json:"items"`
	}
}

func (m *Module) explain(ctx context.Context, in *explainIn) (*explainOut, error) {
	seen, err := m.getTargets(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := &explainOut{}
	out.Body.Items = sla.Explain(seen.Body.Targets, sla.Situation{
		Line: in.Line, Brand: in.Brand, Node: in.Node, Country: in.Country, WorkType: in.WorkType, Priority: in.Priority,
	})
	return out, nil
}

type hoursOut struct {
	Body struct {
		Calendars []sla.Hours `json:"calendars"`
		Version   int64       `json:"version"`
	}
}

func (m *Module) getHours(ctx context.Context, _ *struct{}) (*hoursOut, error) {
	r, err := m.mine(ctx, "calendar.read", "calendar")
	if err != nil {
		return nil, err
	}
	out := &hoursOut{}
	out.Body.Calendars, out.Body.Version = r.hours, r.version
	return out, nil
}

func (m *Module) putHours(ctx context.Context, in *setIn[struct {
	Calendars []sla.Hours `json:"calendars" maxItems:"1000" doc:"all of them; those without id are new"`
}],
) (*changedOut, error) {
	return reply(m.SetHours(ctx, in.IfMatch, in.Body.Calendars))
}

type daysOut struct {
	Body struct {
		Days    []sla.SpecialDay `json:"days"`
		Version int64            `json:"version"`
	}
}

func (m *Module) getDays(ctx context.Context, in *struct {
	Country locale.Country `path:"country"`
},
) (*daysOut, error) {
	r, err := m.mine(ctx, "calendar.read", "calendar")
	if err != nil {
		return nil, err
	}
	out := &daysOut{}
	out.Body.Days, out.Body.Version = r.days[in.Country], r.version
	return out, nil
}

func (m *Module) putDays(ctx context.Context, in *struct {
	Country locale.Country `path:"country"`
	IfMatch string         `header:"If-Match"`
	Body    struct {
		Days []sla.SpecialDay `json:"days" maxItems:"5000" doc:"all of the country"`
	}
},
) (*changedOut, error) {
	return reply(m.SetDays(ctx, in.IfMatch, in.Country, in.Body.Days))
}
