package dispatchsvc

import (
	"slices"
	"time"

	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/travel"
)

// rush is how fast a crew drives by the hours of its local days, from the day before the
// first on, and where something slows the roads down: ways are stated for the usual speed,
// whoever has measured them. A crew that lives in several zones drives by the hours of the
// first. Who is under way when the speed changes goes on at the new one, so nobody arrives
// earlier by setting out later.
func rush(crew []dispatch.Technician, first time.Time, days int, slow []dispatch.Slowdown) (out []routing.Speed) {
	if len(crew) == 0 {
		return nil
	}
	p, z := travel.Rush(), zone(crew[0].Zone)
	for _, at := range changes(first, days, z, slow) {
		from := time.Unix(at, 0).In(z)
		v := int32(dispatch.Slowed(p.At(from), from, slow))
		if n := len(out); n == 0 || out[n-1].Permille != v {
			out = append(out, routing.Speed{From: at, Permille: v})
		}
	}
	return out
}

// changes are the seconds at which the speed may change, in order: full hours, and where
// something begins or ends to slow the roads down.
func changes(first time.Time, days int, z *time.Location, slow []dispatch.Slowdown) (out []int64) {
	y, m, d := first.In(z).Date()
	begin, last := time.Date(y, m, d-1, 0, 0, 0, 0, z), time.Date(y, m, d+days+2, 0, 0, 0, 0, z)
	for at := begin; at.Before(last); at = at.Add(time.Hour) {
		out = append(out, at.Unix())
	}
	for _, s := range slow {
		for _, at := range []time.Time{s.From, s.Until} {
			if at.After(begin) && at.Before(last) {
				out = append(out, at.Unix())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
