package vroom

import (
	"math"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch/routing"
)

const (
	keptPoints  = 4096       // up to which travel between points is a matrix
	halfGlobe   = 20_100_000 // metres; nothing is further away
	earthMetres = 6_371_008.8
)

// onGlobe is a point on a globe of radius 1.
type onGlobe struct{ x, y, z float64 }

func globe(p geo.Point) onGlobe {
	lat, lon := p.Lat()*math.Pi/180, p.Lon()*math.Pi/180
	return onGlobe{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// metres is the great circle, by the chord, which is a third of the work of geo.Point.Metres
// and at most a metre or so away from it.
func (a onGlobe) metres(b onGlobe) int64 {
	dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
	half := math.Sqrt(dx*dx+dy*dy+dz*dz) / 2
	return int64(math.Round(2 * earthMetres * math.Asin(min(1, half))))
}

// computedRoads is the travel between many points, each leg computed when it is asked for.
// The site after the last point is nowhere: to it and from it takes no time.
func computedRoads(points []geo.Point, n int) routing.Travel {
	at := make([]onGlobe, len(points))
	for i, p := range points {
		at[i] = globe(p)
	}
	return routing.Travel{Sites: n, Far: halfGlobe * detourTenths / 10, Way: func(i, j int) (int32, int32) {
		if i >= len(at) || j >= len(at) {
			return 0, 0
		}
		return drive(at[i].metres(at[j]))
	}}
}
