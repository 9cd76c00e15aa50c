package routing

// seg is a stretch of a route of which only its ends and its timing matter: two
// of them join in constant time (Vidal, Crainic, Gendreau, Prins 2013). It holds
// for problems that are plain. warp is the time by which windows would have to
// be cheated; a route is on time when it is zero.
type seg struct {
	first, last    int32 // sites
	dur, warp      int64
	early, late    int64 // the starts that give the shortest duration
	travel, metres int64
}

// join puts b behind a.
func (p *Problem) join(a, b *seg) seg {
	l := p.leg(a.last, b.first)
	ride := int64(l.seconds)
	delta := a.dur - a.warp + ride
	wait := max(b.early-delta-a.late, 0)
	warp := max(a.early+delta-b.late, 0)
	return seg{
		first: a.first, last: b.last,
		dur:    a.dur + b.dur + ride + wait,
		warp:   a.warp + b.warp + warp,
		early:  max(b.early-delta, a.early) - wait,
		late:   min(b.late-delta, a.late) + warp,
		travel: a.travel + b.travel + ride,
		metres: a.metres + b.metres + int64(l.metres),
	}
}

// single is a job by itself.
func single(j *job) seg {
	return seg{first: j.site, last: j.site, dur: j.service, early: j.windows[0].Open, late: j.windows[0].Close}
}

// startSeg and endSeg are the ends of a shift.
func startSeg(sh *shift) seg {
	g := seg{first: int32(sh.Start), last: int32(sh.Start), early: sh.Open, late: sh.Close}
	if sh.Begun {
		g.late = sh.Open
	}
	return g
}

func endSeg(sh *shift) seg {
	return seg{first: int32(sh.End), last: int32(sh.End), early: sh.Open, late: sh.Close}
}

// priceSeg is what a whole, non-empty route costs, and whether it is on time.
func (sh *shift) priceSeg(g *seg) (Grain, bool) {
	home := g.early + g.dur
	c := sh.callOut + Grain(g.travel)*sh.travel + Grain(g.metres)*sh.metre + sh.duty(g.early, home)
	return c, g.warp == 0 && sh.allows(g.dur, g.travel, g.metres)
}
