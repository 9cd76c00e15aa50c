package routing

import "math"

// size bounds what a plan can cost, roughly and from above.
type size struct {
	second float64 // dearest, minor units per hour
	metre  float64 // dearest, minor units per kilometre
	task   float64 // dearest, minor units per hour
	site   float64 // seconds on site, of all jobs
	visit  float64 // dearest
	fixed  float64 // minor units, whatever the ways
	span   float64 // of the longest shift, frozen work that overruns it included
	end    float64 // of the last shift
	late   float64 // of all lateness, seconds times minor units per hour
	worth  float64
	far    float64          // metres of the longest leg
	toll   float64          // minor units for the dearest leg
	count  [classes]float64 // jobs
}

// sizeOf adds up what the technicians and jobs of a problem can cost.
func sizeOf(p *Problem) (z size) {
	s := &p.spec
	frozen := map[int]bool{}
	for i := range s.Technicians {
		z.addTechnician(p, &s.Technicians[i])
		for k := range s.Technicians[i].Shifts {
			for _, j := range s.Technicians[i].Shifts[k].Frozen {
				frozen[j] = true
			}
		}
	}
	for i := range s.Jobs {
		z.addJob(s, i, frozen[i])
	}
	z.far, z.toll = p.furthest()
	return z
}

// fits refuses what could overflow: the dearest plan there can be must fit into a
// Grain, and the weights of the classes, or the worths, into an integer.
func (z *size) fits(r *report, p *Problem) bool {
	s := &p.spec
	legs := float64(len(s.Jobs) + 2*len(s.Technicians))
	total := z.fixed*perMinor + legs*(z.far*z.metre*perMetre+z.toll*perMinor+z.span*z.second*perSecond) + (z.late+z.site*z.task)*perSecond
	if total >= math.MaxInt64/4 {
		r.say("too_large", "/rates")
	}
	if z.weights(s.ByWorth) >= math.MaxInt64/4 {
		r.say("too_many", "/jobs")
	}
	return r.fault == nil
}

func (z *size) addTechnician(p *Problem, t *Technician) {
	hour := float64(t.Rates.TravelHour + t.Rates.WorkHour + t.Rates.OvertimeHour)
	z.second = max(z.second, hour)
	z.metre = max(z.metre, float64(t.Rates.Kilometre))
	z.task = max(z.task, float64(t.Rates.TaskHour))
	for k := range t.Shifts {
		sh := &t.Shifts[k]
		over := overrun(&p.spec, p.roads[t.way()], sh)
		z.fixed += float64(sh.CallOut)
		z.visit = max(z.visit, float64(sh.PerJob)+float64(sh.Repeat))
		z.span = max(z.span, float64(sh.Close-sh.Open)+over, float64(sh.Minimum))
		z.end = max(z.end, float64(sh.Close)+over)
		even := float64(steepest(sh.Even))
		z.second = max(z.second, hour+even)
		for _, v := range sh.Nights {
			z.second = max(z.second, hour+even+float64(v.PerHour))
		}
	}
}

// overrun is by how much frozen work may outlast its shift.
func overrun(s *Spec, rd *road, sh *Shift) (seconds float64) {
	if len(sh.Frozen) == 0 {
		return 0
	}
	at := sh.Start
	ride := func(to int) {
		seconds, at = seconds+float64(rd.leg(int32(at), int32(to)).seconds)*rd.slowest(), to
	}
	for _, j := range sh.Frozen {
		ride(s.Jobs[j].Site)
		seconds += s.Jobs[j].longest()
	}
	ride(sh.End)
	for _, b := range sh.Breaks {
		seconds += float64(b.Length)
	}
	return seconds
}

// furthest are the metres and the price of the longest and the dearest leg.
func (p *Problem) furthest() (metres, toll float64) {
	for _, r := range p.roads {
		metres = max(metres, float64(r.grid.furthest))
		for _, v := range r.tolls {
			toll = max(toll, float64(v))
		}
	}
	return metres, toll
}

// longest is how long a job takes whoever is slowest.
func (j *Job) longest() float64 {
	seconds := float64(j.Setup + j.Service)
	for _, v := range j.Paces {
		seconds = max(seconds, float64(v.Setup+v.Service))
	}
	return seconds
}

func (z *size) addJob(s *Spec, i int, frozen bool) {
	j := &s.Jobs[i]
	if j.Retired {
		return
	}
	z.site += j.longest()
	z.fixed += z.visit + float64(j.Price+j.PreferPrice)
	if j.Last != nil {
		z.fixed += float64(j.Last.HandPrice + j.Last.DayPrice + j.Last.StartPrice)
	}
	dearest, slope := int64(0), int64(0)
	for _, c := range j.Surcharges {
		dearest = max(dearest, c.Price)
	}
	for _, sl := range s.delay(j) {
		slope = max(slope, sl.PerHour)
	}
	z.fixed += float64(dearest)
	if j.Due != 0 {
		z.late += max(0, z.end-float64(j.Due)) * float64(slope)
	}
	z.worth += float64(j.Worth)
	c := j.Priority
	if j.Pin != nil || j.Promised || frozen {
		c = classes - 1
	}
	z.count[c]++
}

// weights is more than Score.Lost can be.
func (z *size) weights(byWorth bool) float64 {
	if byWorth {
		return (z.worth + 1) * (z.count[classes-1] + 1)
	}
	weights := 1.0
	for _, c := range z.count[1:] {
		weights *= c + 1
	}
	return weights
}
