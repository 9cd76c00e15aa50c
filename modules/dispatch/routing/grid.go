package routing

import (
	"sync"
	"sync/atomic"
)

// blocked is how long an unreachable leg takes: longer than any shift.
const blocked = int32(1) << 30

// transposeMost is the most sites for which the matrix is kept both ways round.
const transposeMost = 4096

// computedFrom is how many sites there are where legs are computed rather than kept.
const computedFrom = transposeMost + 1

// leg is one entry of a travel matrix; both halves share a cache line.
type leg struct{ seconds, metres int32 }

func legOf(seconds, metres int32) leg {
	if seconds < 0 || metres < 0 {
		return leg{seconds: blocked}
	}
	return leg{seconds, metres}
}

// grid is a travel matrix whose rows may have room for more sites. A problem and
// those revised from it share one: each reads the sites that it knows of, and
// whoever adds sites writes behind those, where nobody reads yet.
type grid struct {
	legs   []leg
	stride int // from one row to the next

	// back[from*backStep+to*backRow] is the leg from → to: the transposed matrix
	// while that is small enough, so that both ways of a job lie in one row each.
	back              []leg
	backStep, backRow int

	way func(from, to int32) leg // computes a leg where none are kept

	furthest int32         // metres of the longest leg
	taken    *atomic.Int32 // sites that some problem has
	lent     *sync.Mutex   // held while sites are added, and while some are there for a trial only
}

// newGrid copies a checked matrix, or makes it, unless it would be too large.
func newGrid(t *Travel) grid {
	if t.Way != nil {
		g := grid{way: t.leg, furthest: t.Far, taken: &atomic.Int32{}, lent: &sync.Mutex{}}
		g.taken.Store(int32(t.Sites))
		if t.Sites >= computedFrom {
			return g
		}
		return g.copied(t.Sites, 0)
	}
	g := blankGrid(t.Sites, t.Sites)
	for i := range g.legs {
		g.legs[i] = legOf(t.Seconds[i], t.Metres[i])
		g.furthest = max(g.furthest, g.legs[i].metres)
	}
	g.transpose(t.Sites)
	return g
}

// leg is what Way says, within bounds.
func (t *Travel) leg(from, to int32) leg {
	seconds, metres := t.Way(int(from), int(to))
	if seconds > maxLeg || metres > t.Far {
		return leg{seconds: blocked}
	}
	return legOf(seconds, metres)
}

func blankGrid(sites, stride int) grid {
	g := grid{legs: make([]leg, sites*stride), stride: stride, taken: &atomic.Int32{}, lent: &sync.Mutex{}}
	g.taken.Store(int32(sites))
	return g
}

func (g *grid) transpose(sites int) {
	g.back, g.backStep, g.backRow = g.legs, g.stride, 1
	if sites > transposeMost {
		return
	}
	g.back, g.backStep, g.backRow = make([]leg, len(g.legs)), 1, g.stride
	for i := range sites {
		for j := range sites {
			g.back[j*g.stride+i] = g.legs[i*g.stride+j]
		}
	}
}

// copied is the first sites of a grid, with room for more.
func (g *grid) copied(sites, room int) grid {
	c := blankGrid(sites+room, sites+room)
	c.furthest = g.furthest
	c.taken.Store(int32(sites))
	for i := range sites {
		row := c.legs[i*c.stride:][:sites]
		if g.way == nil {
			copy(row, g.legs[i*g.stride:][:sites])
			continue
		}
		for j := range row {
			row[j] = g.way(int32(i), int32(j))
		}
	}
	c.transpose(c.stride)
	return c
}

// grown is a grid with so many sites more, whose legs are still to be set: this
// one when it has room that no other problem has taken, a copy otherwise.
func (g *grid) grown(sites, more int) grid {
	if sites+more <= g.stride && g.taken.CompareAndSwap(int32(sites), int32(sites+more)) {
		return *g
	}
	c := g.copied(sites, more+max(64, sites/8))
	c.taken.Store(int32(sites + more))
	return c
}

func (g *grid) set(from, to int, l leg) {
	g.legs[from*g.stride+to] = l
	g.furthest = max(g.furthest, l.metres)
	if g.backStep == 1 {
		g.back[to*g.stride+from] = l
	}
}

// travel is that between the first sites, as a caller would state it.
func (g *grid) travel(sites int) Travel {
	leg := func(i, j int) (int32, int32) {
		l := g.leg(int32(i), int32(j))
		if l.seconds == blocked {
			return Unreachable, 0
		}
		return l.seconds, l.metres
	}
	if g.way != nil {
		return Travel{Sites: sites, Way: leg, Far: g.furthest}
	}
	return Matrix(sites, leg)
}

// leg is the way from one site to another.
func (g *grid) leg(from, to int32) leg {
	if g.way != nil {
		return g.way(from, to)
	}
	return g.legs[int(from)*g.stride+int(to)]
}
