package insightsvc

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/insight"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// question is which cases the figures are about.
type question struct {
	From  time.Time `query:"from" doc:"opened at or after; 30 days ago if absent"`
	Until time.Time `query:"until" doc:"opened before; now if absent"`
	Brand id.Brand  `query:"brand"`
	Node  id.Node   `query:"node"`
	Zone  string    `query:"zone" default:"UTC" maxLength:"64" doc:"IANA zone that days are counted in"`
}

// overview is the first page.
type overview struct {
	From    time.Time        `json:"from"`
	Until   time.Time        `json:"until"`
	Figures insight.Figures  `json:"figures"`
	Before  insight.Figures  `json:"before" doc:"of the period of the same length before"`
	Days    []day            `json:"days"`
	By      map[string][]cut `json:"by" doc:"brand, node, country, mode, outcome, symptom, work_type; the largest first, at most 12"`
	Money   bool             `json:"money" doc:"whether the caller may see amounts; they are left out otherwise"`
}

type day struct {
	On       string `json:"on"`
	Opened   int64  `json:"opened"`
	Resolved int64  `json:"resolved"`
}

type cut struct {
	Key     string          `json:"key"`
	Figures insight.Figures `json:"figures"`
}

// columns says where access finds a case's attributes.
var columns = access.Columns{"brand": "brand_id", "node": "node_id", "country": "country", "state": "state"}

// fact is a row with what it is cut by.
type fact struct {
	insight.Fact
	brand                                     id.Brand
	node                                      id.Node
	country, workType, symptom, mode, outcome string
}

// Overview answers the first page's question about the cases that the caller
// may see.
func (m *Module) Overview(ctx context.Context, q question) (overview, error) {
	if q.Until.IsZero() {
		q.Until = m.db.Now()()
	}
	if q.From.IsZero() {
		q.From = q.Until.AddDate(0, 0, -30)
	}
	if err := insight.CheckPeriod(q.From, q.Until); err != nil {
		return overview{}, err
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return overview{}, insight.ErrPeriod.At("query/zone", "unknown")
	}
	facts, err := m.facts(ctx, q, q.From.Add(-q.Until.Sub(q.From)))
	if err != nil {
		return overview{}, err
	}
	now, before := split(facts, q.From)
	out := overview{From: q.From, Until: q.Until, Figures: insight.Compute(plain(now)), Before: insight.Compute(plain(before)), Days: days(now, q, zone), By: cuts(now)}
	switch err := m.guard.Can(ctx, "report.money", access.Resource{Kind: "report", Brand: q.Brand, Node: q.Node}); {
	case err == nil:
		out.Money = true
	case errors.Is(err, access.ErrHidden):
		out.hideMoney()
	default:
		return overview{}, err
	}
	return out, nil
}

func (o *overview) hideMoney() {
	o.Figures.Cost, o.Figures.CostCases, o.Before.Cost, o.Before.CostCases = nil, nil, nil, nil
	for _, list := range o.By {
		for i := range list {
			list[i].Figures.Cost, list[i].Figures.CostCases = nil, nil
		}
	}
}

// limit bounds what one question reads; beyond it the period must be shorter.
const limit = 200_000

func (m *Module) facts(ctx context.Context, q question, from time.Time) ([]fact, error) {
	caller, _ := access.From(ctx)
	where, args, err := m.guard.Filter(ctx, "report.read", "report", columns)
	if err != nil {
		return nil, err
	}
	text := `SELECT brand_id, node_id, country, work_type, symptom, mode, outcome, active, opened_at, responded_at, resolved_at, visits, met, breached, stars, cost_minor, currency
		FROM insight_case WHERE tenant_id = ? AND opened_at >= ? AND opened_at < ? AND ` + where
	args = append([]any{caller.Tenant, from, q.Until}, args...)
	if !q.Brand.IsZero() {
		text, args = text+" AND brand_id = ?", append(args, q.Brand)
	}
	if !q.Node.IsZero() {
		text, args = text+" AND node_id = ?", append(args, q.Node)
	}
	args = append(args, limit+1)
	out, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]fact, error) {
		rows, err := tx.Rows(ctx, text+" LIMIT ?", slices.Clone(args)...)
		return db.Collect(rows, err, scanFact)
	})
	if err == nil && len(out) > limit {
		err = insight.ErrPeriod.At("query/from", "range")
	}
	return out, err
}

func scanFact(scan func(...any) error) (f fact, err error) {
	err = scan(&f.brand, &f.node, &f.country, &f.workType, &f.symptom, &f.mode, &f.outcome, &f.Active, db.At(&f.Opened), db.At(&f.Responded),
		db.At(&f.Resolved), &f.Visits, &f.Met, &f.Breached, &f.Stars, &f.Cost.Minor, &f.Cost.Currency)
	o := work.Outcome(f.outcome)
	f.Done, f.Fixed = o.Ends(), o == work.Fixed || o == work.FixedByCare || o == work.WorkFinished
	return f, err
}

// split parts the facts at the instant: from it on, and before.
func split(facts []fact, at time.Time) (now, before []fact) {
	for _, f := range facts {
		if f.Opened.Before(at) {
			before = append(before, f)
		} else {
			now = append(now, f)
		}
	}
	return now, before
}

func plain(facts []fact) []insight.Fact {
	out := make([]insight.Fact, len(facts))
	for i, f := range facts {
		out[i] = f.Fact
	}
	return out
}

// days counts cases by the day in the zone; days without any are there too.
func days(facts []fact, q question, zone *time.Location) (out []day) {
	at := map[string]int{}
	y, m, d := q.From.In(zone).Date()
	last := q.Until.Add(-1).In(zone).Format(time.DateOnly)
	for noon := time.Date(y, m, d, 12, 0, 0, 0, time.UTC); ; noon = noon.AddDate(0, 0, 1) { // the days of a calendar: no zone's clock changes move them
		on := noon.Format(time.DateOnly)
		at[on] = len(out)
		out = append(out, day{On: on})
		if on >= last {
			break
		}
	}
	for _, f := range facts {
		if i, ok := at[f.Opened.In(zone).Format(time.DateOnly)]; ok {
			out[i].Opened++
		}
		if i, ok := at[f.Resolved.In(zone).Format(time.DateOnly)]; ok && !f.Resolved.IsZero() {
			out[i].Resolved++
		}
	}
	return out
}

// largest is how many parts of a cut are shown.
const largest = 12

func cuts(facts []fact) map[string][]cut {
	out := map[string][]cut{}
	for name, key := range map[string]func(fact) string{
		"brand":     func(f fact) string { return f.brand.String() },
		"node":      func(f fact) string { return f.node.String() },
		"country":   func(f fact) string { return f.country },
		"mode":      func(f fact) string { return f.mode },
		"outcome":   func(f fact) string { return f.outcome },
		"symptom":   func(f fact) string { return f.symptom },
		"work_type": func(f fact) string { return f.workType },
	} {
		groups := map[string][]insight.Fact{}
		for _, f := range facts {
			groups[key(f)] = append(groups[key(f)], f.Fact)
		}
		list := []cut{}
		for k, g := range groups {
			if k != "" {
				list = append(list, cut{k, insight.Compute(g)})
			}
		}
		slices.SortFunc(list, func(a, b cut) int {
			return cmp.Or(cmp.Compare(b.Figures.Opened, a.Figures.Opened), cmp.Compare(a.Key, b.Key))
		})
		out[name] = list[:min(len(list), largest)]
	}
	return out
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "insight_overview", Path: "/v1/insight/overview", Action: "report.read", Kind: "report", Summary: "The first page: how the service goes, and against the period before"},
		func(ctx context.Context, in *question) (*struct{ Body overview }, error) {
			out, err := m.Overview(ctx, *in)
			if err != nil {
				return nil, err
			}
			return &struct{ Body overview }{out}, nil
		})
}
