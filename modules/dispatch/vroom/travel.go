package vroom

// findTravel makes the travel between the sites, from the matrices of the profile
// or from the points.
func findTravel(r *report, p *Problem) {
	s := &p.places
	n := max(len(s.points), len(s.rows))
	if s.nowhere >= 0 {
		n++
	}
	m, stated := p.doc.Matrices[p.profile]
	if !stated {
		s.travel = roads(s.points, p.speed, n)
		s.metres = s.travel.Metres
		return
	}
	pointer := "/matrices/" + escape(p.profile)
	if !present(m.Durations) {
		r.wrong("required", "%s/durations", pointer)
		return
	}
	if s.travel.Seconds = p.spread(r, m.Durations, n, pointer+"/durations"); s.travel.Seconds == nil {
		return
	}
	for i, v := range s.travel.Seconds {
		if v >= 0 {
			s.travel.Seconds[i] = scale(int64(v), p.speed)
		}
	}
	if present(m.Distances) {
		s.metres = p.spread(r, m.Distances, n, pointer+"/distances")
	}
	s.travel.Sites, s.travel.Metres = n, s.metres
	if present(m.Costs) {
		s.costs = true
		s.travel.Metres = p.spread(r, m.Costs, n, pointer+"/costs")
	}
	if s.travel.Metres == nil {
		s.travel.Metres = make([]int32, n*n)
	}
	p.checkPrices(r, pointer)
}

// checkPrices refuses rates that the matrices have no quantity for.
func (p *Problem) checkPrices(r *report, pointer string) {
	for i := range p.doc.Vehicles {
		c := &p.doc.Vehicles[i].Costs
		if p.doc.Vehicles[i].MaxDistance != nil {
			p.checkDistance(r, pointer, i)
		}
		if p.places.costs && c.PerHour != nil && *c.PerHour != 3600 {
			r.wrong("does_not_fit", "/vehicles/%d/costs/per_hour", i)
		}
		switch {
		case c.PerKM == 0:
		case p.places.costs:
			r.wrong("does_not_fit", "/vehicles/%d/costs/per_km", i)
		case p.places.metres == nil:
			r.wrong("required", "%s/distances", pointer)
		}
	}
}

// checkDistance refuses a limit on what is not known or, beside a matrix of costs,
// not carried.
func (p *Problem) checkDistance(r *report, pointer string, i int) {
	if p.places.costs {
		r.unsupported("/vehicles/%d/max_distance", i)
	} else if p.places.metres == nil {
		r.wrong("required", "%s/distances", pointer)
	}
}

// spread reads a matrix and keeps what lies between the sites that are named. To
// and from nowhere it takes no time.
func (p *Problem) spread(r *report, text []byte, n int, pointer string) []int32 {
	var own report
	t := readTable(&own, text, pointer)
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
