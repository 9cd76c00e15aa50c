package routing

// checkLinks refuses links that name what there is not, go round in a circle, or
// ask for what no plan could keep whatever its windows.
func checkLinks(r *report, s *Spec, frozen map[int]bool) {
	before := r.fault
	for k := range s.Links {
		checkLink(r, s, k, frozen)
	}
	if r.fault != before {
		return
	}
	for _, g := range groupsOf(s) {
		if len(g.jobs) > mostLinked {
			r.say("too_many", "/links/%d", g.link)
			continue
		}
		checkCircle(r, g)
		checkPins(r, s, g)
		checkCrew(r, s, g)
	}
}

func checkLink(r *report, s *Spec, k int, frozen map[int]bool) {
	l := &s.Links[k]
	known := func(j int) bool { return j >= 0 && j < len(s.Jobs) }
	switch {
	case !known(l.First) || !known(l.Second):
		r.say("unknown_job", "/links/%d", k)
	case l.First == l.Second:
		r.say("same_job", "/links/%d", k)
	case frozen[l.First] || frozen[l.Second]:
		r.say("frozen", "/links/%d", k)
	case l.Sequence == Follows && s.Jobs[l.First].varies():
		r.say("varied_time", "/links/%d", k)
	}
	limit := maxInstant / mostLinked // so that the gaps of a group add up
	if l.Sequence < Unordered || l.Sequence > Together || l.Crew < AnyCrew || l.Crew > OtherCrew ||
		l.Least < 0 || l.Least > limit || l.Most < 0 || l.Most > limit || l.Sequence != Follows && (l.Least > 0 || l.Most > 0) {
		r.say("out_of_range", "/links/%d", k)
	}
	if l.Most > 0 && l.Most < l.Least {
		r.say("out_of_order", "/links/%d", k)
	}
}

// checkCircle finds visits that would have to start before themselves.
func checkCircle(r *report, g *group) {
	n := len(g.jobs)
	for i := range n {
		if g.gap[i*n+i] < 0 {
			r.say("circle", "/links/%d", g.link)
			return
		}
	}
}

// checkPins finds pins that contradict the links.
func checkPins(r *report, s *Spec, g *group) {
	n := len(g.jobs)
	for i, a := range g.jobs {
		p := s.Jobs[a].Pin
		for j, b := range g.jobs {
			q := s.Jobs[b].Pin
			if i == j || p == nil || q == nil {
				continue
			}
			crew := g.crew[i*n+j]
			named := p.Technician != Any && q.Technician != Any
			if named && (p.Technician == q.Technician && crew == OtherCrew || p.Technician != q.Technician && crew == SameCrew) ||
				p.Start != Any && q.Start != Any && q.Start-p.Start > g.gap[i*n+j] {
				r.say("contradicts_pin", "/jobs/%d/pin", a)
			}
		}
	}
}

// checkCrew finds two who would have to be one and another at once, and visits at
// one second for more technicians than there are.
func checkCrew(r *report, s *Spec, g *group) {
	n := len(g.jobs)
	for i := range n {
		at := 0 // visits at the second of i that take time
		for j := range n {
			if g.crew[i*n+j] == SameCrew|OtherCrew {
				r.say("contradiction", "/links/%d", g.link)
				return
			}
			if g.gap[i*n+j] == 0 && g.gap[j*n+i] == 0 && s.Jobs[g.jobs[j]].Service > 0 {
				at++
			}
		}
		if at > len(s.Technicians) {
			r.say("too_many", "/links/%d", g.link)
			return
		}
	}
}
