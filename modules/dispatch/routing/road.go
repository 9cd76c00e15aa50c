package routing

import "maps"

// usual is the speed at which a matrix is stated, in thousandths of it.
const usual = 1000

// road is how some technicians travel: a matrix at a speed.
type road struct {
	grid
	tolls []int32 // as Travel.Tolls, or nil
	tide  *tide   // nil where it takes as long at any time
}

// toll is what a leg costs by itself.
func (r *road) toll(from, to int32) Grain {
	if r.tolls == nil {
		return 0
	}
	return Grain(r.tolls[int(from)*r.stride+int(to)]) * perMinor
}

// atSpeed is how long a leg takes at a speed, to the nearest second; what would be longer
// than any shift is no way. Without a way it is as stated.
func atSpeed(seconds, speed int32) int32 {
	if seconds < 0 || seconds == blocked || speed == usual {
		return seconds
	}
	s := (int64(seconds)*usual + int64(speed)/2) / int64(speed)
	return int32(min(s, int64(blocked)))
}

// scaled is a grid at another speed.
func (g *grid) scaled(sites int, speed int32) grid {
	if speed == usual {
		return *g
	}
	if g.way != nil {
		c := *g
		c.way = func(from, to int32) leg {
			l := g.way(from, to)
			l.seconds = atSpeed(l.seconds, speed)
			return l
		}
		return c
	}
	c := g.copied(sites, 0)
	for i := range c.legs {
		c.legs[i].seconds = atSpeed(c.legs[i].seconds, speed)
	}
	c.transpose(sites)
	return c
}

// speed is that of a technician, in thousandths of the usual one.
func (t *Technician) speed() int32 {
	if t.Speed == 0 {
		return usual
	}
	return t.Speed
}

// way tells the roads of technicians apart.
type way struct {
	profile int
	speed   int32
}

func (t *Technician) way() way { return way{t.Profile, t.speed()} }

// buildRoads makes the roads that somebody travels. That of most shifts stands for
// all of them where nobody in particular is meant.
func (p *Problem) buildRoads() {
	shifts := map[way]int{}
	most := way{0, usual}
	for i := range p.spec.Technicians {
		t := &p.spec.Technicians[i]
		if len(t.Shifts) == 0 {
			continue
		}
		w := t.way()
		if shifts[w] += len(t.Shifts); shifts[w] > shifts[most] {
			most = w
		}
	}
	p.roads = map[way]*road{} // roads of which nobody has a shift are not made
	for w := range shifts {
		p.roads[w] = p.newRoad(w)
	}
	if p.roads[most] == nil {
		p.roads[most] = p.newRoad(most)
	}
	p.road = *p.roads[most]
	p.roads[most] = &p.road
	for _, r := range p.roads {
		p.tolled = p.tolled || r.tolls != nil
	}
	p.setTides()
}

// newRoad makes the road of a matrix at a speed.
func (p *Problem) newRoad(w way) *road {
	if w.profile == 0 {
		return &road{grid: p.base.scaled(p.n, w.speed), tolls: p.spec.Travel.Tolls}
	}
	t := &p.spec.Others[w.profile-1]
	g := newGrid(t)
	return &road{grid: g.scaled(p.n, w.speed), tolls: t.Tolls}
}

// reviseRoads makes the roads of a problem of which the base has changed, or takes
// them over from the one that it revises.
func (p *Problem) reviseRoads(old *Problem, changed, speeds bool) {
	if changed {
		p.buildRoads()
		return
	}
	p.road, p.roads, p.tolled = old.road, maps.Clone(old.roads), old.tolled
	for w, r := range p.roads {
		if r == &old.road {
			p.roads[w] = &p.road
		}
	}
	if p.tidal = old.tidal; speeds {
		p.setTides()
	}
}

// setTides lets the speeds of all roads change as the problem says.
func (p *Problem) setTides() {
	p.tidal = false
	for w, r := range p.roads {
		now := *r
		now.tide = newTide(p.spec.travel(w.profile).Speeds)
		p.tidal = p.tidal || now.tide != nil
		if r == &p.road {
			p.road = now
		} else {
			p.roads[w] = &now
		}
	}
}

// travel is that of a profile.
func (s *Spec) travel(profile int) *Travel {
	if profile == 0 {
		return &s.Travel
	}
	return &s.Others[profile-1]
}
