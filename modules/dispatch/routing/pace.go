package routing

// pace is how long a job takes technicians of one type.
type pace struct{ service, setup int64 }

// buildPaces finds the jobs whose time on site depends on who comes, or on where
// they come from, and keeps it for each type of technician.
func (p *Problem) buildPaces() {
	for i := range p.spec.Technicians {
		p.types = max(p.types, p.spec.Technicians[i].Type+1)
	}
	p.countStops()
	for i := range p.jobs {
		p.buildPace(i, p.stops[p.spec.Jobs[i].Site] > 1)
	}
}

// buildPace is buildPaces for one job; saves says that somebody may be at its site already.
func (p *Problem) buildPace(i int, saves bool) {
	s, j := &p.spec.Jobs[i], &p.jobs[i]
	p.setups = p.setups || s.varies()
	if j.varied = len(s.Paces) > 0 || saves && s.Setup > 0; !j.varied {
		return
	}
	j.pace = int32(len(p.paces))
	for t := range p.types {
		v := s.pace(t)
		if !saves {
			v = pace{service: v.service + v.setup}
		}
		p.saves = p.saves || v.setup > 0
		p.paces = append(p.paces, v)
	}
}

// countStops finds out at which sites a stop may follow another.
func (p *Problem) countStops() {
	p.stops = make([]int32, p.n)
	for i := range p.spec.Jobs {
		p.stops[p.spec.Jobs[i].Site]++
	}
	for i := range p.shifts {
		p.stops[p.shifts[i].Start]++
	}
}

// varies reports whether the time on site may depend on who does a job, or on where
// they come from: nothing can be made to follow its end.
func (j *Job) varies() bool { return j.Setup > 0 || len(j.Paces) > 0 }

// pace is how long a job takes a type of technician.
func (j *Job) pace(kind int) pace {
	for _, v := range j.Paces {
		if v.Type == kind {
			return pace{v.Service, v.Setup}
		}
	}
	return pace{j.Service, j.Setup}
}

// service is how long a job takes whoever comes from a site.
func (p *Problem) service(sh *shift, j *job, from int32) int64 {
	if !j.varied {
		return j.service
	}
	return p.variedService(sh, j, from)
}

func (p *Problem) variedService(sh *shift, j *job, from int32) int64 {
	v := p.paces[j.pace+sh.kindOf]
	if from == j.site {
		return v.service
	}
	return v.service + v.setup
}

// least is how long a job takes at least.
func (p *Problem) least(sh *shift, j *job) int64 {
	if !j.varied {
		return j.service
	}
	return p.paces[j.pace+sh.kindOf].service
}

// spared is what time on site costs less where a set-up is not needed, because whoever
// comes is at the site already. The time of a refill has no price.
func (p *Problem) spared(sh *shift, j *job, from int32) Grain {
	if !j.varied || from != j.site || j.role == refill {
		return 0
	}
	return Grain(p.paces[j.pace+sh.kindOf].setup) * sh.task
}
