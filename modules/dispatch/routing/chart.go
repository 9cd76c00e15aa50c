package routing

import "math"

// farOnChart is how long a leg counts on a chart at most, in seconds there and back.
const farOnChart = 1 << 24

// spotOnChart is where a site lies on a plane on which what is near by the road is near.
type spotOnChart struct{ x, y float64 }

// chart draws the sites so, whether travel is a matrix or computed, by their ways to two
// pairs of sites that lie far apart (FastMap, Faloutsos and Lin 1995).
func (p *Problem) chart() []spotOnChart {
	out := make([]spotOnChart, p.n)
	if p.n < 2 {
		return out
	}
	square := func(a, b int) float64 {
		if a == b {
			return 0
		}
		d := float64(min(p.apart(int32(a), int32(b)), farOnChart))
		return d * d
	}
	p.axis(square, func(site int, v float64) { out[site].x = v })
	rest := func(a, b int) float64 {
		dx := out[a].x - out[b].x
		return max(0, square(a, b)-dx*dx)
	}
	p.axis(rest, func(site int, v float64) { out[site].y = v })
	return out
}

// axis lays the sites along the line between two that are far apart.
func (p *Problem) axis(square func(a, b int) float64, set func(site int, v float64)) {
	farthest := func(from int) (far int) {
		most := -1.0
		for site := range p.n {
			if d := square(from, site); d > most {
				far, most = site, d
			}
		}
		return far
	}
	a := farthest(0)
	b := farthest(a)
	between := square(a, b)
	if between == 0 {
		return
	}
	for site := range p.n {
		set(site, (square(a, site)+between-square(b, site))/(2*math.Sqrt(between)))
	}
}
