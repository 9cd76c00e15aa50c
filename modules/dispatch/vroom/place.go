package vroom

import (
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// finder numbers the places that are named.
type finder struct {
	r      *report
	p      *Problem
	places *places
	matrix bool // places are rows of the matrices
	rows   map[int]int
	points map[geo.Point]int
}

// startsSomewhere reports whether a vehicle has a start.
func (p *Problem) startsSomewhere(v *vehicle) bool { return p.named(v.Start, v.StartIndex) }

// endsSomewhere reports whether a vehicle has an end.
func (p *Problem) endsSomewhere(v *vehicle) bool { return p.named(v.End, v.EndIndex) }

// named reports whether a place is named in the way that counts: by its row where
// there are matrices, otherwise by its location.
func (p *Problem) named(location []float64, index *int) bool {
	if p.matrix {
		return index != nil
	}
	return location != nil
}

// findPlaces makes a site of each place that is named. Places at the same point,
// or in the same row, are one.
func findPlaces(r *report, p *Problem) {
	f := finder{r, p, &p.places, p.matrix, map[int]int{}, map[geo.Point]int{}}
	p.places.nowhere = -1
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		p.places.jobs = append(p.places.jobs, f.site(j.Location, j.Index, "%s/location", j.pointer))
	}
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		from, to := p.startsSomewhere(v), p.endsSomewhere(v)
		if !from && !to {
			r.wrong("required", "/vehicles/%d/"+f.member("start"), i)
			continue
		}
		start, end := -1, -1
		if from {
			start = f.site(v.Start, v.StartIndex, "/vehicles/%d/start", i)
		}
		if to {
			end = f.site(v.End, v.EndIndex, "/vehicles/%d/end", i)
		}
		p.places.start, p.places.end = append(p.places.start, start), append(p.places.end, end)
	}
	if len(f.rows) > MaxPlaces {
		r.tooMany("/jobs", MaxPlaces)
	}
	p.places.settle(len(f.rows) + len(f.points))
}

// settle gives those who start or end anywhere the site after the last.
func (s *places) settle(n int) {
	for _, list := range [][]int{s.start, s.end} {
		for i := range list {
			if list[i] < 0 {
				s.nowhere, list[i] = n, n
			}
		}
	}
}

func (f *finder) member(location string) string {
	if f.matrix {
		return location + "_index"
	}
	return location
}

// site is the number of a place; pointer names its location member.
func (f *finder) site(location []float64, index *int, pointer string, at ...any) int {
	point, ok := f.pointOf(location)
	switch {
	case location != nil && !ok:
		f.r.wrong("invalid", pointer, at...)
	case !f.p.named(location, index):
		f.r.wrong("required", f.member(pointer), at...)
	case f.matrix && *index < 0:
		f.r.wrong("out_of_range", f.member(pointer), at...)
	case f.matrix:
		site, known := f.rows[*index]
		if !known {
			site = len(f.rows)
			f.rows[*index] = site
			f.places.rows = append(f.places.rows, *index)
		}
		return site
	default:
		site, known := f.points[point]
		if !known {
			site = len(f.points)
			f.points[point] = site
			f.places.points = append(f.places.points, point)
		}
		return site
	}
	return 0
}

// pointOf reads longitude and latitude; a height may follow. Where there are matrices
// a location is only repeated, and may be any two numbers.
func (f *finder) pointOf(location []float64) (point geo.Point, ok bool) {
	if f.matrix || len(location) < 2 {
		return point, len(location) >= 2
	}
	return geo.At(location[1], location[0]), onEarth(location)
}

func onEarth(location []float64) bool {
	lon, lat := location[0], location[1]
	return lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90
}

// The roads where nobody states them: three tenths longer than the line through
// the air, driven at 50 km/h.
const (
	detourTenths = 13
	kmh          = 50
)

// roads is the travel between points.
func roads(points []geo.Point, n int) routing.Travel {
	if n > keptPoints {
		return computedRoads(points, n)
	}
	t := routing.Travel{Sites: n, Seconds: make([]int32, n*n), Metres: make([]int32, n*n)}
	for i := range points {
		for j := range i {
			s, m := drive(points[i].Metres(points[j]))
			t.Seconds[i*n+j], t.Metres[i*n+j] = s, m
			t.Seconds[j*n+i], t.Metres[j*n+i] = s, m
		}
	}
	return t
}

// drive is the road that so many metres through the air stand for.
func drive(air int64) (seconds, metres int32) {
	m := air * detourTenths / 10
	return int32((m*3600 + kmh*500) / (kmh * 1000)), int32(m)
}
