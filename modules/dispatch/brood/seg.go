package brood

// seg is the timing of a stretch of a route: two of them join in constant time.
// late is how much windows would have to be cheated by.
type seg struct{ length, late, first, last int32 }

// join puts b behind a, after a ride.
func join(a *seg, ride int32, b *seg) seg {
	delta := a.length - a.late + ride
	wait := max(b.first-delta-a.last, 0)
	late := max(a.first+delta-b.last, 0)
	return seg{
		length: a.length + b.length + ride + wait,
		late:   a.late + b.late + late,
		first:  max(b.first-delta, a.first) - wait,
		last:   min(b.last-delta, a.last) + late,
	}
}

func single(s *Stop) seg {
	return seg{length: int32(s.Service), first: int32(s.Open), last: int32(s.Close)}
}
