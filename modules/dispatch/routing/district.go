package routing

import (
	"cmp"
	"math"
	"slices"
)

// extent is how large a district is.
type extent struct {
	jobs   int // more or less
	routes int // with a visit, on average at least
}

var districtSize = extent{jobs: 400, routes: 8}

// swing is the angle between the lines of one round and of the next: the golden one, so
// that no two rounds cut alike.
const swing = 2.399963229728653

// unit is what stays together when a problem is cut into districts: a route with its
// visits, or a visit that has no route.
type unit struct {
	route, job int // one of them is Any
	at         spotOnChart
	weight     int // visits
}

// units are all that a plan has, each where it lies: a route in the middle of its visits,
// an empty one where its shift starts.
func (p *Problem) units(chart []spotOnChart, plan Plan) []unit {
	var out []unit
	for r, jobs := range plan.Routes {
		u := unit{route: r, job: Any, at: chart[p.shifts[r].Start], weight: len(jobs)}
		if len(jobs) == 0 && p.shifts[r].Off {
			continue
		}
		if len(jobs) > 0 {
			u.at = spotOnChart{}
			for _, j := range jobs {
				s := chart[p.jobs[j].site]
				u.at.x += s.x / float64(len(jobs))
				u.at.y += s.y / float64(len(jobs))
			}
		}
		out = append(out, u)
	}
	for _, j := range p.Unserved(plan) {
		out = append(out, unit{route: Any, job: j, at: chart[p.jobs[j].site], weight: 1})
	}
	return out
}

// districts cuts units into so many parts with about as many visits each, by lines that
// lie otherwise in each round.
func districts(units []unit, count, round int) [][]unit {
	if count <= 1 || len(units) < 2 {
		return [][]unit{units}
	}
	dx, dy := widest(units, float64(round)*swing)
	along := func(u unit) float64 { return u.at.x*dx + u.at.y*dy }
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(along(a), along(b)) })
	total := 0
	for i := range units {
		total += units[i].weight
	}
	low, sum, at := count/2, 0, 0
	for ; at < len(units)-1 && (at == 0 || sum*count < total*low); at++ {
		sum += units[at].weight
	}
	return append(districts(units[:at:at], low, round), districts(units[at:], count-low, round)...)
}

// widest is the direction, of one and the one across it, in which units lie further apart.
func widest(units []unit, angle float64) (dx, dy float64) {
	most := -1.0
	for _, a := range []float64{angle, angle + math.Pi/2} {
		x, y := math.Cos(a), math.Sin(a)
		sum, squares := 0.0, 0.0
		for i := range units {
			v := units[i].at.x*x + units[i].at.y*y
			sum, squares = sum+v, squares+v*v
		}
		if spread := squares - sum*sum/float64(len(units)); spread > most {
			dx, dy, most = x, y, spread
		}
	}
	return dx, dy
}
