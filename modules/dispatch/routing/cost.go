package routing

// Bill is the cost of a plan by where it comes from. All amounts are Grains.
type Bill struct {
	Unserved [MaxPriority + 1]int // jobs by priority, pinned ones aside; a shipment is one
	Unkept   int                  // pinned jobs that are unserved
	Lost     int64                // Score.Lost

	Travel     Grain // seconds on the road
	Distance   Grain
	Work       Grain // time on duty, or the minimum that is paid
	Night      Grain // surplus for time on duty at night
	Overtime   Grain
	Balance    Grain // work beyond what a shift should have
	CallOut    Grain
	Lateness   Grain
	Preference Grain // done by another than the preferred
	Change     Grain // against the last plan: who, in which shift, when
	Surcharge  Grain // done by a technician for whom it costs extra
	Visits     Grain // prices per visit
	Repeat     Grain // somebody may have to come again
	Task       Grain // time on site
	Tolls      Grain // prices of legs
	Left       Grain // prices of what is unserved
}

// Total is the money of a bill.
func (b *Bill) Total() Grain {
	return b.Travel + b.Distance + b.Work + b.Night + b.Overtime + b.Balance + b.CallOut + b.Lateness + b.Preference + b.Change + b.Surcharge + b.Visits + b.Repeat + b.Task + b.Tolls + b.Left
}

// Score is what plans are compared by.
func (b *Bill) Score() Score { return Score{b.Lost, b.Total()} }

// Cost works out the cost of a plan from nothing but the problem. It does not
// judge; see Check.
func Cost(p *Problem, plan Plan) Bill {
	var b Bill
	p = p.appointed(plan)
	for r, jobs := range plan.Routes {
		if len(jobs) > 0 {
			b.addRoute(p, r, jobs)
		}
	}
	for _, i := range p.Unserved(plan) {
		j := &p.jobs[i]
		if j.role == delivery { // counted with its pickup
			continue
		}
		b.Lost += j.lost
		b.Left += j.price
		if j.class == classes-1 {
			b.Unkept++
		} else {
			b.Unserved[j.class]++
		}
	}
	return b
}

func (b *Bill) addRoute(p *Problem, r int, jobs []int) {
	sh, s := &p.shifts[r], p.schedule(r, jobs)
	b.Travel += Grain(s.Travel) * sh.travel
	b.Distance += Grain(s.Metres) * sh.metre
	b.Work += Grain(sh.paid(s.Leave, s.End)) * sh.work
	b.Night += sh.night(s.Leave, s.End)
	b.Overtime += Grain(s.Overtime) * sh.overtime
	b.Balance += sh.balance(s.End - s.Leave)
	b.CallOut += sh.callOut
	for _, stop := range s.Stops {
		if stop.Late > 0 {
			b.Lateness += p.lateness(&p.jobs[stop.Job], stop.Late)
		}
		b.Change += p.jobs[stop.Job].promise.moved(stop.Start)
	}
	from := int32(sh.Start)
	for _, j := range jobs {
		e, v := p.extras(int32(j), int32(r)), &p.jobs[j]
		b.Task += e.task - p.spared(sh, v, from)
		b.Tolls += sh.road.toll(from, v.site)
		from = v.site
		b.Preference += e.preference
		b.Change += e.change
		b.Surcharge += e.surcharge
		b.Visits += e.visit
		b.Repeat += e.repeat
	}
	b.Tolls += sh.road.toll(from, int32(sh.End))
}
