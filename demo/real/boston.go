package real

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/travel"
)

// Place is where and when something was reported, in local time.
type Place struct {
	geo.Point
	At time.Time
}

// nowhere is the point that stands for reports without a place.
var nowhere = geo.At(42.3594, -71.0587)

// readPlaces reads the places that have been geocoded. Nothing else of the file
// is used.
func readPlaces(path string) (out []Place, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: no table: %w", path, err)
	}
	get, err := columns(rows[0], "open_dt", "latitude", "longitude")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, row := range rows[1:] {
		at, err := time.Parse("2006-01-02T15:04:05", get(row, 0))
		lat, errLat := strconv.ParseFloat(get(row, 1), 64)
		lon, errLon := strconv.ParseFloat(get(row, 2), 64)
		if p := (Place{geo.At(lat, lon), at}); err == nil && errLat == nil && errLon == nil && p.Point != nowhere && p.Valid() {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return a.At.Compare(b.At) })
	return out, nil
}

// The day that is planned, in seconds after midnight.
const (
	opens     = 8 * 3600
	closes    = 18 * 3600
	overtime  = 17 * 3600 // after which a technician costs more
	lastOrder = 16 * 3600 // what comes later is there the next morning
	service   = 30 * 60   // on site
)

// Day is a day that was planned, and what came of it.
type Day struct {
	Name               string
	Sites, Technicians int
	Before, After      Plan // each order put where it fits best when it comes; the search
	Iterations, Gains  int
	Took               time.Duration
	Why                map[routing.Rule]int // of what is not served: what most technicians run into
	Broken             int                  // hard rules that the plan does not keep
	Exact              bool                 // what the search says it costs is what it costs
}

// Plan is what a plan of a day comes to.
type Plan struct {
	Served, Unserved   int
	TravelHours, Km    float64
	Overtime           float64 // hours
	Busy               int     // technicians with work
	CostMinor, PerSite int64
}

// dispatchDays plans the busiest day as it was, and a dense one: all places of
// the busiest month on one day, at the hours at which they were reported.
func dispatchDays(ctx context.Context, all []Place, o Options) (out []Day, err error) {
	for _, d := range []struct {
		form, what string
		crew       int
	}{
		{"2006-01-02", "the busiest day", 6}, {"2006-01", "the busiest month as one day", 30}, {"2006-01", "the same, short of hands", 21},
	} {
		if o.Days > 0 && len(out) == o.Days {
			return out, nil
		}
		name, places := busiest(all, d.form)
		day, err := planDay(ctx, places, d.crew, o.Tries)
		if err != nil {
			return out, err
		}
		day.Name = d.what + ", " + name
		out = append(out, day)
	}
	return out, nil
}

// busiest returns the places of the stretch of time with the most of them.
func busiest(all []Place, form string) (name string, some []Place) {
	by := map[string][]Place{}
	for _, p := range all {
		by[p.At.Format(form)] = append(by[p.At.Format(form)], p)
	}
	for _, k := range sorted(by) {
		if len(by[k]) > len(some) {
			name, some = k, by[k]
		}
	}
	return name, some
}

// arrives is the second of the day at which an order is there.
func (p Place) arrives() int64 {
	h, m, s := p.At.Clock()
	at := int64(h)*3600 + int64(m)*60 + int64(s)
	if at > lastOrder {
		return opens
	}
	return max(at, opens)
}

// problem states a day: every site is to be visited after its order has come,
// by technicians who live evenly among the sites.
func problem(places []Place, crew int) (*routing.Problem, error) {
	sites := make([]geo.Point, 0, len(places)+crew)
	spec := routing.Spec{}
	for i, p := range places {
		sites = append(sites, p.Point)
		spec.Jobs = append(spec.Jobs, routing.Job{Site: i, Service: service, Priority: 1, Windows: []routing.Window{{Open: p.arrives(), Close: closes}}})
	}
	byPlace := slices.SortedFunc(slices.Values(sites), func(a, b geo.Point) int {
		return cmp.Or(cmp.Compare(a.LonMicro, b.LonMicro), cmp.Compare(a.LatMicro, b.LatMicro))
	})
	for i := range crew {
		home := len(sites)
		sites = append(sites, byPlace[(2*i+1)*len(byPlace)/(2*crew)])
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates: routing.Rates{Kilometre: 50, TravelHour: 1000, WorkHour: 4000, OvertimeHour: 2000},
			Shifts: []routing.Shift{{
				Start: home, End: home, Open: opens, Close: closes, Regular: overtime,
				Breaks: []routing.Break{{Open: 12 * 3600, Close: 13*3600 + 1800, Length: 1800}},
			}},
		})
	}
	roads := travel.For("")
	spec.Travel = routing.Matrix(len(sites), func(from, to int) (int32, int32) {
		if from == to {
			return 0, 0
		}
		way := roads.Way(sites[from], sites[to])
		return int32(way.Seconds), int32(way.Metres)
	})
	return routing.New(spec)
}

// iterations is the budget of the search of a report: its result depends on
// nothing else.
const iterations = 5_000

// planDay plans a day, first as orders come in and then with the search.
func planDay(ctx context.Context, places []Place, crew, tries int) (d Day, err error) {
	p, err := problem(places, crew)
	if err != nil {
		return d, err
	}
	first := byHand(p, places)
	from := clock.System()
	best, stats, err := routing.Solve(ctx, p, first, routing.Budget{Iterations: tries}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		return d, err
	}
	d = Day{
		Sites: len(places), Technicians: crew, Before: measure(p, first), After: measure(p, best), Iterations: stats.Iterations, Gains: stats.Gains,
		Took: clock.System().Sub(from), Why: map[routing.Rule]int{}, Broken: len(routing.Check(p, best)),
	}
	bill := routing.Cost(p, best)
	d.Exact = bill.Score() == stats.End
	for _, j := range p.Unserved(best) {
		d.Why[commonest(routing.Why(p, best, j))]++
	}
	return d, nil
}

// byHand puts each order where it fits best when it comes in, and moves nothing
// after that.
func byHand(p *routing.Problem, places []Place) routing.Plan {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a].arrives(), places[b].arrives()) })
	plan := p.Empty()
	for _, j := range order {
		if o := routing.Insert(p, plan, j); len(o) > 0 {
			plan.Routes[o[0].Route] = slices.Insert(plan.Routes[o[0].Route], o[0].Position, j)
		}
	}
	return plan
}

// measure says what a plan comes to.
func measure(p *routing.Problem, plan routing.Plan) (out Plan) {
	out.Unserved = len(p.Unserved(plan))
	out.Served = p.Jobs() - out.Unserved
	for _, s := range routing.Timetable(p, plan) {
		out.TravelHours += float64(s.Travel) / 3600
		out.Km += float64(s.Metres) / 1000
		out.Overtime += float64(s.Overtime) / 3600
		if len(s.Stops) > 0 {
			out.Busy++
		}
	}
	bill := routing.Cost(p, plan)
	out.CostMinor = bill.Total().Minor()
	if out.Served > 0 {
		out.PerSite = out.CostMinor / int64(out.Served)
	}
	return out
}

// commonest is the rule that most technicians run into; of equals the first.
func commonest(blocks []routing.Block) (rule routing.Rule) {
	n := map[routing.Rule]int{}
	for _, b := range blocks {
		n[b.Rule]++
	}
	for _, b := range blocks {
		if n[b.Rule] > n[rule] {
			rule = b.Rule
		}
	}
	return rule
}

// dispatch prints the days that were planned.
func (r *Report) dispatch(p *printer) {
	g := &grid{head: []string{"day", "plan", "sites", "technicians", "served", "unserved", "travel h", "km", "overtime h", "busy", "cost", "per site"}}
	for _, d := range r.Days {
		for _, l := range []struct {
			name string
			Plan
		}{{"as they come", d.Before}, {"searched", d.After}} {
			f := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
			g.add(d.Name, l.name, strconv.Itoa(d.Sites), strconv.Itoa(d.Technicians), strconv.Itoa(l.Served), strconv.Itoa(l.Unserved), f(l.TravelHours), f(l.Km),
				f(l.Overtime), strconv.Itoa(l.Busy), strconv.FormatInt(l.CostMinor/100, 10), strconv.FormatFloat(float64(l.PerSite)/100, 'f', 2, 64))
		}
	}
	p.table("Dispatch: days of sites in Boston", g)
	for _, d := range r.Days {
		p.line("\n%s: %d iterations, %d gains, %s; hard rules broken: %d.", d.Name, d.Iterations, d.Gains, d.Took.Round(time.Millisecond), d.Broken)
		why := map[string]int{}
		for rule, n := range d.Why {
			why[string(rule)] = n
		}
		for _, rule := range sorted(why) {
			p.line("- not served: %d because of %s", why[rule], orPlan(rule))
		}
	}
}

// orPlan names the rule that nothing blocks.
func orPlan(rule string) string {
	if rule == "" {
		return "nothing: it fits"
	}
	return rule
}
