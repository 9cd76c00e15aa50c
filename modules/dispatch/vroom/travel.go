package vroom

import "fettle.dev/fettle/modules/dispatch/routing"

// mostCells bounds the matrices of all profiles together.
const mostCells = MaxPlaces * (MaxPlaces + 1) * 2

// profile is one way of travelling between the sites, at the usual speed.
type profile struct {
	name   string
	travel routing.Travel // as routing takes it
	metres []int32        // or nil when distances are not known, or computed with the travel
	costs  []int32        // or nil when costs are not stated
}

// findTravel makes the travel between the sites for each profile, from its matrices
// or from the points.
func findTravel(r *report, p *Problem) {
	s := &p.places
	s.count = max(len(s.points), len(s.rows))
	if s.nowhere >= 0 {
		s.count++
	}
	if (p.matrix || s.count <= keptPoints) && len(p.profiles)*s.count*s.count > mostCells {
		r.tooMany("/vehicles", mostCells/s.count/s.count)
		return
	}
	if !p.matrix && s.count > keptPoints && len(p.profiles) > 1 && len(p.doc.Traffic) > 0 {
		r.wrong("not_supported", "/traffic") // computed ways are those of all profiles
		return
	}
	var all report // what is wrong with any of them
	for k := range p.profiles {
		var own report
		if !p.matrix {
			p.profiles[k].travel = roads(s.points, s.count)
			p.profiles[k].metres = p.profiles[k].travel.Metres
		} else {
			p.readProfile(&own, &p.profiles[k])
		}
		if own.err() != nil {
			*r = own
			return
		}
	}
	for i := range p.doc.Vehicles {
		p.checkPrices(&all, i)
	}
	if all.err() != nil {
		*r = all
		return
	}
	for k := range p.profiles {
		p.profiles[k].price(p.limitsDistance(k))
		p.profiles[k].travel.Speeds = p.doc.speeds(p.profiles[k].name)
	}
}

// readProfile reads the matrices of a profile.
func (p *Problem) readProfile(r *report, v *profile) {
	m, pointer := p.doc.Matrices[v.name], "/matrices/"+escape(v.name)
	if !present(m.Durations) {
		r.wrong("required", "%s/durations", pointer)
		return
	}
	v.travel = routing.Travel{Sites: p.places.count, Seconds: p.spread(r, m.Durations, true, pointer+"/durations")}
	if r.err() == nil && present(m.Distances) {
		v.metres = p.spread(r, m.Distances, true, pointer+"/distances")
	}
	if r.err() == nil && present(m.Costs) {
		v.costs = p.spread(r, m.Costs, false, pointer+"/costs")
	}
}

// price says what routing counts. Costs stand in the place of metres, which is the
// quickest, unless the metres are needed, too.
func (v *profile) price(limited bool) {
	if v.travel.Way != nil {
		return
	}
	v.travel.Metres = v.metres
	switch {
	case v.costs == nil:
	case limited:
		v.travel.Tolls = make([]int32, len(v.costs))
		for i, c := range v.costs {
			v.travel.Tolls[i] = max(0, c)
			if c < 0 {
				v.travel.Seconds[i] = routing.Unreachable
			}
		}
	default:
		v.travel.Metres = v.costs
	}
	if v.travel.Metres == nil {
		v.travel.Metres = make([]int32, len(v.travel.Seconds))
	}
}

// measured reports whether distances are known.
func (v *profile) measured() bool { return v.metres != nil || v.travel.Way != nil }

// distance is how many metres a way has, where that is known.
func (v *profile) distance(from, to int) int64 {
	if v.travel.Way != nil {
		_, metres := v.travel.Way(from, to)
		return int64(metres)
	}
	return int64(v.metres[from*v.travel.Sites+to])
}

// limitsDistance reports whether a vehicle of a profile has a longest way.
func (p *Problem) limitsDistance(k int) bool {
	for i := range p.doc.Vehicles {
		if p.of[i] == k && p.doc.Vehicles[i].MaxDistance != nil {
			return true
		}
	}
	return false
}

// seconds is how long a vehicle takes from one site to another, or less than nothing.
func (p *Problem) seconds(i, from, to int) int64 {
	t := &p.profiles[p.of[i]].travel
	var s int64
	if t.Way != nil {
		stated, _ := t.Way(from, to)
		s = int64(stated)
	} else {
		s = int64(t.Seconds[from*t.Sites+to])
	}
	if s < 0 {
		return s
	}
	return (s*usual + p.speeds[i]/2) / p.speeds[i]
}

// checkPrices refuses rates and limits that the matrices have no quantity for.
func (p *Problem) checkPrices(r *report, i int) {
	v, c := &p.profiles[p.of[i]], &p.doc.Vehicles[i].Costs
	if v.costs != nil && c.PerHour != nil && *c.PerHour != 3600 {
		r.wrong("does_not_fit", "/vehicles/%d/costs/per_hour", i)
	}
	if v.costs != nil && c.PerKM != 0 {
		r.wrong("does_not_fit", "/vehicles/%d/costs/per_km", i)
	} else if !v.measured() && (c.PerKM != 0 || p.doc.Vehicles[i].MaxDistance != nil) {
		r.wrong("required", "/matrices/%s/distances", escape(v.name))
	}
}

// spread reads a matrix and keeps what lies between the sites that are named. To
// and from nowhere it takes no time.
func (p *Problem) spread(r *report, text []byte, ways bool, pointer string) []int32 {
	var own report
	n := p.places.count
	t := readTable(&own, text, ways, pointer)
	if own.err() == nil {
		p.checkRows(&own, t.n)
	}
	if own.err() != nil {
		*r = own
		return nil
	}
	out := make([]int32, n*n)
	for i, from := range p.places.rows {
		for j, to := range p.places.rows {
			out[i*n+j] = t.at(from, to)
		}
	}
	return out
}

// checkRows says which places lie outside of a matrix.
func (p *Problem) checkRows(r *report, rows int) {
	outside := func(index *int, pointer string, args ...any) {
		if index != nil && *index >= rows {
			r.wrong("out_of_range", pointer, args...)
		}
	}
	for i := range p.doc.Jobs {
		outside(p.doc.Jobs[i].Index, "%s/location_index", p.doc.Jobs[i].pointer)
	}
	for i := range p.doc.Vehicles {
		outside(p.doc.Vehicles[i].StartIndex, "/vehicles/%d/start_index", i)
		outside(p.doc.Vehicles[i].EndIndex, "/vehicles/%d/end_index", i)
	}
}
