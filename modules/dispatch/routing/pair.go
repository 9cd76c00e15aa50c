package routing

// role is what a job is.
type role int8

const (
	visit    role = iota // by itself
	pickup               // the first half of a shipment, which is booked for both
	delivery             // the second half
	refill               // a stop that its shift may make; it is never missing
)

// checkShipments wants two jobs of their own for each, of which only the first has
// a price and a rank.
func checkShipments(r *report, s *Spec, frozen map[int]bool) {
	known := func(j int) bool { return j >= 0 && j < len(s.Jobs) }
	taken := map[int]bool{}
	for k, v := range s.Shipments {
		if !known(v.Pickup) || !known(v.Delivery) {
			r.say("unknown_job", "/shipments/%d", k)
			continue
		}
		if v.over(s) {
			continue
		}
		if taken[v.Pickup] || taken[v.Delivery] || v.Pickup == v.Delivery {
			r.say("named_twice", "/shipments/%d", k)
		}
		taken[v.Pickup], taken[v.Delivery] = true, true
		if frozen[v.Pickup] || frozen[v.Delivery] {
			r.say("frozen", "/shipments/%d", k)
		}
		a, b := &s.Jobs[v.Pickup], &s.Jobs[v.Delivery]
		if b.Price != 0 || b.Worth != 0 {
			r.say("does_not_fit", "/jobs/%d/price", v.Delivery)
		}
		if a.Pin != nil && b.Pin != nil && a.Pin.Technician != Any && b.Pin.Technician != Any && a.Pin.Technician != b.Pin.Technician {
			r.say("does_not_fit", "/shipments/%d", k)
		}
		checkAmounts(r, v.Load, "/shipments/%d/load", k)
	}
	for k, l := range s.Links {
		if taken[l.First] || taken[l.Second] {
			r.say("does_not_fit", "/links/%d", k) // a group is planned visit by visit
		}
	}
}

// over reports whether a shipment is done or called off in part; then what is left of
// it is a visit by itself.
func (v *Shipment) over(s *Spec) bool { return s.Jobs[v.Pickup].Retired || s.Jobs[v.Delivery].Retired }

// buildPairs lets the halves of each shipment know each other.
func (p *Problem) buildPairs() {
	for i := range p.jobs {
		p.jobs[i].mate = Any
	}
	for k := range p.spec.Shipments {
		v := &p.spec.Shipments[k]
		if v.over(&p.spec) {
			continue
		}
		a, b := &p.jobs[v.Pickup], &p.jobs[v.Delivery]
		a.mate, a.role = int32(v.Delivery), pickup
		b.mate, b.role = int32(v.Pickup), delivery
		if b.class == classes-1 { // pinned for both
			a.class = b.class
		}
		p.paired = true
	}
	p.carried = make([][]int32, len(p.jobs)*b2i(p.paired), (len(p.jobs)+1)*b2i(p.paired))
	for k := range p.spec.Shipments {
		v := &p.spec.Shipments[k]
		if v.over(&p.spec) {
			continue
		}
		p.carried[v.Pickup], p.carried[v.Delivery] = v.Load, v.Load
	}
}

// shipped is how much of a dimension job j takes on board for the other half of
// its shipment; less than nothing where it hands that over.
func (p *Problem) shipped(j, d int) int64 {
	switch p.jobs[j].role {
	case pickup:
		return at(p.carried[j], d)
	case delivery:
		return -at(p.carried[j], d)
	default:
		return 0
	}
}

// halves lists the first job of a shipment without the second behind it in the
// same route, or the second without the first before it.
func (p *Problem) halves(r int, jobs []int) (out []Breach) {
	if !p.paired {
		return nil
	}
	place := map[int]int{}
	for k, j := range jobs {
		place[j] = k
	}
	for k, j := range jobs {
		v := &p.jobs[j]
		other, ok := place[int(v.mate)]
		if v.mate != Any && (!ok || v.role == pickup && other < k) {
			out = append(out, Breach{r, j, RuleSplit})
		}
	}
	return out
}

// keepsPairs reports whether a move of a chain leaves no shipment split or turned round.
func (m *shiftMove) keepsPairs(s *search) bool {
	if !s.p.paired {
		return true
	}
	end := m.i + m.length
	low, high := end, m.q // what the chain passes within its route
	if m.q <= m.i {
		low, high = m.q, m.i
	}
	for _, j := range s.routes[m.from].jobs[m.i:end] {
		mate := s.p.jobs[j].mate
		if mate == Any {
			continue
		}
		k := int(s.pos[mate])
		inside := k >= m.i && k < end
		if inside && m.flipped || !inside && m.from != m.to || m.from == m.to && k >= low && k < high {
			return false
		}
	}
	return true
}

// keepsPairs reports whether u and v may change places.
func (o *swap) keepsPairs(s *search) bool {
	if !s.p.paired {
		return true
	}
	x, y := s.p.jobs[o.u].mate, s.p.jobs[o.v].mate
	if s.at[o.u] != s.at[o.v] {
		return x == Any && y == Any
	}
	low, high := s.pos[o.u], s.pos[o.v]
	if low > high {
		low, high = high, low
	}
	for _, mate := range [...]int32{x, y} {
		if mate != Any && s.pos[mate] >= low && s.pos[mate] <= high {
			return false
		}
	}
	return true
}

// across reports whether a shipment is on board when route at comes to position k.
func (s *search) across(at int32, k int) bool {
	if !s.p.paired {
		return false
	}
	r := s.routes[at]
	s.stow(r)
	return r.open[k] > 0
}

// pairing tries two jobs in one route: x before some position, y before the same or
// a later one. It goes along the route once for each position of x.
type pairing struct {
	s      *search
	at     int32
	r      *route
	sh     *shift
	x, y   int32
	dims   []int32 // the measures that the two touch
	run    []haul  // what the jobs so far do to them, x among them
	g      seg     // the jobs so far (plain problems)
	w      walk    // after them (other problems)
	now    int64   // the earliest departure from the last of them
	prev   int32   // its site
	work   Grain   // see hourly
	sooner bool    // a detour was quicker; see ebb
	behind int64   // with y put in: the earliest arrival behind it
}

// pair sets the scratch up for x and y in a route.
func (s *search) pair(at, x, y int32) *pairing {
	t := &s.two
	t.s, t.at, t.r, t.sh, t.x, t.y = s, at, s.routes[at], &s.p.shifts[at], x, y
	t.dims = t.dims[:0]
	for _, it := range s.p.items[y] {
		t.dims = append(t.dims, it.dim)
	}
	for _, it := range s.p.items[x] {
		if !s.p.touches(y, it.dim) {
			t.dims = append(t.dims, it.dim)
		}
	}
	s.stow(t.r)
	t.work = s.hourly(t.r, t.sh)
	if !s.p.quick() {
		s.deepen(t.r, t.sh)
	}
	return t
}

// touches reports whether a job does something to a measure whose peak counts.
func (p *Problem) touches(j, dim int32) bool { return p.haulsOf(j)[dim] != haul{} }

// begin puts x before position a; false when it comes too late there.
func (t *pairing) begin(a int) bool {
	p, v, o := t.s.p, &t.s.p.jobs[t.x], &t.r.spots[a]
	t.sooner = false
	arrive := t.sh.road.arrive(o.ready, t.sh.road.leg(o.before, v.site).seconds)
	if arrive > v.close {
		return false
	}
	t.now, t.prev = v.enter(arrive)+p.service(t.sh, v, o.before), v.site
	q := len(p.peaks)
	t.run = t.run[:0]
	for _, d := range t.dims {
		t.run = append(t.run, t.r.fore[a*q+int(d)].then(p.haulsOf(t.x)[d]))
	}
	switch {
	case p.quick():
	case p.plain:
		t.g = p.join(&t.r.heads[a], &t.s.singles[t.x])
	default:
		t.w = t.s.resume(t.sh, t.r, &t.r.walks[a])
		p.step(&t.w, t.sh, v)
	}
	return true
}

// pass goes on over the job at position b; false when that is too late for what
// follows, or too much for the van already.
func (t *pairing) pass(b int) bool {
	p, j := t.s.p, t.r.jobs[b]
	v, q := &p.jobs[j], len(p.peaks)
	arrive := t.sh.road.arrive(t.now, t.sh.road.leg(t.prev, v.site).seconds)
	if arrive > t.r.spots[b].until {
		return false
	}
	t.sooner = t.sooner || t.sh.road.tide != nil && t.sh.sooner(&t.r.spots[b], arrive)
	t.now, t.prev = v.enter(arrive)+p.service(t.sh, v, t.prev), v.site
	for i, d := range t.dims {
		t.run[i] = t.run[i].then(p.haulsOf(j)[d])
		if t.run[i].peak+t.r.aft[(b+1)*q+int(d)].brought > t.sh.crest[d] {
			return false
		}
	}
	switch {
	case p.quick():
	case p.plain:
		t.g = p.join(&t.g, &t.s.singles[j])
	default:
		p.step(&t.w, t.sh, v)
	}
	return true
}

// fits reports whether y may come before position b, by time alone and by the van.
func (t *pairing) fits(b int) bool {
	p, v, o := t.s.p, &t.s.p.jobs[t.y], &t.r.spots[b]
	rd := t.sh.road
	arrive := rd.arrive(t.now, rd.leg(t.prev, v.site).seconds)
	if arrive > v.close {
		return false
	}
	if t.behind = rd.arrive(v.enter(arrive)+p.service(t.sh, v, t.prev), rd.leg(v.site, o.after).seconds); t.behind > o.until {
		return false
	}
	q := len(p.peaks)
	for i, d := range t.dims {
		if t.run[i].then(p.haulsOf(t.y)[d]).then(t.r.aft[b*q+int(d)]).peak > t.sh.crest[d] {
			return false
		}
	}
	return true
}

// legs is by how much the ways, and the time that they and the work take, make the
// route dearer with x before a and y before b, at least.
func (t *pairing) legs(a, b int) Grain {
	rd, x, y := t.sh.road, t.s.p.jobs[t.x].site, t.s.p.jobs[t.y].site
	o, e := &t.r.spots[a], &t.r.spots[b]
	sum := t.way(rd.leg(o.before, x)) + t.way(rd.leg(y, e.after)) - t.way(o.hop)
	if t.work > 0 {
		sum += t.work * Grain(t.s.p.jobs[t.x].service+t.s.p.jobs[t.y].service-t.r.idle)
	}
	if a == b {
		return sum + t.way(rd.leg(x, y))
	}
	return sum + t.way(rd.leg(x, o.after)) + t.way(rd.leg(e.before, y)) - t.way(e.hop)
}

// way is what one leg costs, with the time that it takes.
func (t *pairing) way(l leg) Grain { return t.sh.way(l) + t.work*Grain(l.seconds) }

// way is what one leg costs.
func (sh *shift) way(l leg) Grain { return sh.travel*Grain(l.seconds) + sh.metre*Grain(l.metres) }

// price is what the whole route costs with y before b.
func (t *pairing) price(b int) (Grain, bool) {
	p := t.s.p
	if !p.plain {
		w := t.w
		p.step(&w, t.sh, &p.jobs[t.y])
		return t.s.judgeWalk(t.sh, &w, nil, t.r.jobs[b:], 1)
	}
	g := p.join(&t.g, &t.s.singles[t.y])
	if b < len(t.r.jobs) {
		g = p.join(&g, &t.r.tails[b])
	}
	end := endSeg(t.sh)
	g = p.join(&g, &end)
	return t.sh.priceSeg(&g)
}

// scanTwo finds the best positions for x and y behind it, if they cost less than
// most; as scan does, it passes over positions that must cost more than the best so far.
func (s *search) scanTwo(at, x, y int32, most Grain) slot {
	p, t := s.p, s.pair(at, x, y)
	r, sh := t.r, t.sh
	best := slot{stamp: r.stamp, cost: most}
	extra, quick := p.extra(x, at)+p.extra(y, at), p.quick()
	if len(r.jobs) == 0 && quick {
		extra += sh.callOut + sh.way(r.spots[0].hop) // which an empty route does not travel
	}
	s.work += len(r.spots) * len(r.spots) / 2
	s.judged += int64(len(r.spots) * len(r.spots) / 2)
	v, tidal := &p.jobs[x], sh.road.tide != nil
	bounded := !sh.nightly && !p.tolled && !tidal
	for a := s.frozen[at]; a <= len(r.jobs); a++ {
		if r.spots[a].ready > v.close {
			break
		}
		if r.spots[a].until < v.open+p.least(sh, v) || !t.begin(a) {
			continue
		}
		for b := a; ; b++ {
			c := extra + t.legs(a, b)
			if (c < best.cost || !bounded) && t.fits(b) && (!tidal || extra+t.least(a, b) < best.cost) {
				ok := true
				if !quick {
					var whole Grain
					whole, ok = t.price(b)
					c = extra + whole - r.sched
				}
				if ok && c < best.cost {
					best.cost, best.k, best.also = c, int32(a), int32(b)+1
				}
			}
			if b == len(r.jobs) || !t.pass(b) {
				break
			}
		}
	}
	if best.also == 0 {
		best.cost = none
	}
	return best
}
