package routing

// Stop is one visit of a schedule; waiting lies between Arrive and Start.
type Stop struct {
	Job                 int
	Arrive, Start, Done int64
	Late                int64 // seconds after the due time
	Way                 int64 // seconds of the leg to it, driven in one go; a break may lie between that and Arrive
}

// Rest is a break as taken.
type Rest struct {
	Start, Done int64
	Way         int64 // seconds of the leg between what came before and the break, if it is taken at the next site
}

// Schedule is a route in time. Each visit starts as early as its windows allow;
// the technician leaves home as late as that permits without making any visit
// late, or later than it is, or missing its window.
type Schedule struct {
	Leave, End     int64
	Travel, Metres int64 // seconds and metres on the road
	Overtime       int64 // seconds
	Stops          []Stop
	Rests          []Rest

	missed   int  // the first job whose windows are missed, or Any
	restless bool // a break is missed
}

// Timetable works out the schedule of every route of a plan that breaks no rule
// about jobs; a route without a visit has a zero Schedule.
func Timetable(p *Problem, plan Plan) []Schedule {
	p = p.appointed(plan)
	out := make([]Schedule, len(plan.Routes))
	for r, jobs := range plan.Routes {
		if len(jobs) > 0 {
			out[r] = p.schedule(r, jobs)
		}
	}
	return out
}

// RouteTimetable is the Timetable of one route.
func RouteTimetable(p *Problem, plan Plan, route int) Schedule {
	if len(plan.Routes[route]) == 0 {
		return Schedule{}
	}
	return p.schedule(route, plan.Routes[route])
}

// schedule walks the route at the earliest, which tells how long the start can
// be put off, and then goes the same turns once more, leaving then.
func (p *Problem) schedule(r int, jobs []int) Schedule {
	sh := &p.shifts[r]
	var log []turn
	w := p.begin(sh)
	w.log = &log
	for _, i := range jobs {
		p.step(&w, sh, &p.jobs[i])
	}
	leave, _ := p.finish(&w, sh)
	s := Schedule{
		Leave: leave, End: w.now, Travel: w.travel, Metres: w.metres, Overtime: max(0, w.now-sh.regular),
		missed: Any,
	}
	now, way := leave, int64(0)
	for k := range log {
		e := &log[k]
		at, start, done := e.from(sh.road, now)
		leg := at - now
		way += leg
		now = done
		switch {
		case !e.stop: // comes home
		case e.job == nil:
			s.Rests = append(s.Rests, Rest{start, done, leg})
			s.restless = s.restless || e.broken
		default:
			i := jobs[len(s.Stops)]
			if e.broken && s.missed == Any {
				s.missed = i
			}
			s.Stops = append(s.Stops, Stop{i, at, start, done, max(0, start-e.job.due), way})
			way = 0
		}
	}
	return s
}
