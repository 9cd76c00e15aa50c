package dispatchsvc

import (
	"time"

	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/travel"
)

// rush is how fast a crew drives by the hours of its local days, from the day before the
// first on: ways are stated for the usual speed, whoever has measured them. A crew that
// lives in several zones drives by the hours of the first.
func rush(crew []dispatch.Technician, first time.Time, days int) (out []routing.Speed) {
	if len(crew) == 0 {
		return nil
	}
	p, z := travel.Rush(), zone(crew[0].Zone)
	y, m, d := first.In(z).Date()
	last := time.Date(y, m, d+days+2, 0, 0, 0, 0, z)
	for at := time.Date(y, m, d-1, 0, 0, 0, 0, z); at.Before(last); at = at.Add(time.Hour) {
		v := int32(p.At(at.In(z)))
		if n := len(out); n == 0 || out[n-1].Permille != v {
			out = append(out, routing.Speed{From: at.Unix(), Permille: v})
		}
	}
	return out
}
