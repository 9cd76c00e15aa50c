// Package brood improves plans for a fleet of equal vehicles with time windows
// by breeding: two good plans beget a third, which is then improved by small
// moves and competes for a place (hybrid genetic search, Vidal, Crainic,
// Gendreau and Prins 2013). A population that finds nothing better any more makes room for
// another.
//
// It promises that what Best returns visits every stop once, keeps windows and
// loads, uses no more vehicles than there are, and that the same instance,
// seed and number of steps give the same plans. Plans on the way may be late or
// too heavy, at a price that adjusts itself. It knows no clock and no I/O.
//
// Units: times are whole seconds, costs and loads whatever whole unit the caller
// has. Times are kept in 32 bits: a route of all stops must not last 2^30 seconds.
package brood

import (
	"math"
	"math/rand/v2"
)

// Arc is the way from one stop to another.
// The way from the depot to itself costs nothing.
type Arc struct{ Seconds, Cost int32 }

// Stop is a place to visit; Stops[0] of a Spec is where every vehicle starts
// and ends, its window is the shift. A visit starts within Open and Close.
type Stop struct{ Open, Close, Service, Load int64 }

// Spec is the problem. Arcs[i*len(Stops)+j] leads from stop i to stop j. Every
// stop must be served; Score counts the sum of the costs of arcs.
type Spec struct {
	Stops    []Stop
	Arcs     []Arc
	Vehicles int
	Capacity int64
}

const (
	leastPlans = 25   // of each kind, late or not, that survive
	broodPlans = 40   // newcomers before the next selection
	firstPlans = 12   // made at random before any are crossed
	elitePlans = 4    // whose cost alone counts
	closest    = 5    // relatives by which the novelty of a plan is measured
	repairOdds = 0.5  // of a second improvement for an offspring that breaks rules
	repairMore = 10   // by which rules cost more meanwhile
	fewFit     = 0.35 // share of offspring that keep the rules, below which
	manyFit    = 0.5  // and above which the prices of rules move
	lookEvery  = 64   // steps between two looks at these prices
	mostPrice  = math.MaxInt32
)

// Brood is a population of plans. It belongs to one goroutine.
type Brood struct {
	rng   *rand.Rand
	local *local
	fit   herd // plans that keep the rules
	unfit herd
	best  *plan
	steps int
	age   age

	onTime, light int // offspring since the last look at the prices
	scratch       breeder
}

// New makes an empty brood; spec is not changed and must not change either.
func New(spec *Spec, rng *rand.Rand) *Brood {
	b := &Brood{rng: rng, local: newLocal(spec, rng)}
	b.scratch = newBreeder(len(spec.Stops))
	return b
}

// Add brings in a plan made elsewhere, improved by small moves; routes name stops
// from 1. What the routes leave out is put in where that costs least.
func (b *Brood) Add(routes [][]int) {
	b.local.bring(narrowed(routes, b.local.vehicles))
	b.local.fill()
	b.raise()
}

// narrowed copies routes, the empty ones aside and no more than most.
func narrowed(routes [][]int, most int) [][]int32 {
	out := make([][]int32, 0, most)
	for _, r := range routes {
		if len(r) == 0 || len(out) == most {
			continue
		}
		route := make([]int32, len(r))
		for k, v := range r {
			route[k] = int32(v)
		}
		out = append(out, route)
	}
	return out
}

// Step makes one plan more: at random while there are few, then by crossing two.
func (b *Brood) Step() {
	b.steps++
	b.renew()
	if b.age.steps <= firstPlans || len(b.fit.plans)+len(b.unfit.plans) < 2 {
		b.local.scatter()
	} else {
		b.beget()
	}
	b.raise()
	if b.steps%lookEvery == 0 {
		b.adjust()
	}
}

// Best is the cheapest plan so far that keeps every rule, and its cost; nil without one.
func (b *Brood) Best() ([][]int, int64) {
	if b.best == nil {
		return nil, 0
	}
	return widened(b.best.routes), b.best.cost
}

// Moves is how many moves have been judged so far, most of them by the ways alone.
func (b *Brood) Moves() int64 { return b.local.judged }

func widened(routes [][]int32) [][]int {
	out := make([][]int, len(routes))
	for k, r := range routes {
		for _, v := range r {
			out[k] = append(out[k], int(v))
		}
	}
	return out
}

// raise improves the plan in hand and lets it compete.
func (b *Brood) raise() {
	l := b.local
	l.improve()
	b.onTime += b2i(l.late == 0)
	b.light += b2i(l.heavy == 0)
	p := l.plan()
	b.enter(p)
	if p.fits() || b.rng.Float64() >= repairOdds {
		return
	}
	late, heavy := l.latePrice, l.heavyPrice
	l.reprice(min(late*repairMore, mostPrice), min(heavy*repairMore, mostPrice))
	l.mend()
	l.reprice(late, heavy)
	if p := l.plan(); p.fits() {
		b.enter(p)
	}
}

// enter gives a plan its place.
func (b *Brood) enter(p *plan) {
	if !p.fits() {
		b.unfit.add(p, b.local)
		return
	}
	b.fit.add(p, b.local)
	b.age.watch(p)
	if b.best == nil || p.cost < b.best.cost {
		b.best = p
	}
}

// adjust moves the prices of rules towards a fair share of plans that keep them.
func (b *Brood) adjust() {
	l := b.local
	l.reprice(moved(l.latePrice, b.onTime), moved(l.heavyPrice, b.light))
	b.onTime, b.light = 0, 0
}

func moved(price int64, kept int) int64 {
	switch share := float64(kept) / lookEvery; {
	case share < fewFit:
		return min(price+price/5+1, mostPrice)
	case share > manyFit:
		return max(1, price-price/6)
	}
	return price
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
