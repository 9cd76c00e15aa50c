package routing

import (
	"cmp"
	"slices"
)

// extras is what it costs, way and time aside, that a certain shift does a job.
type extras struct {
	preference Grain // it is not whom the customer prefers
	change     Grain // it is not where the last plan has the job
	surcharge  Grain // it is this technician
	visit      Grain // it is one visit more
	repeat     Grain // somebody may have to come again
	task       Grain // time on site, set-up included
}

func (e *extras) sum() Grain {
	return e.preference + e.change + e.surcharge + e.visit + e.repeat + e.task
}

// fee is a Surcharge as the search reads it, in order of technicians.
type fee struct {
	technician int32
	price      Grain
}

// hasExtra reports whether it matters, way and time aside, who does a job.
func (p *Problem) hasExtra(s *Job) bool {
	return p.perJob || p.tasked || len(s.Preferred) > 0 && s.PreferPrice > 0 || s.Last != nil || len(s.Surcharges) > 0
}

// feesOf sorts the surcharges of a job.
func feesOf(s *Job) []fee {
	var out []fee
	for _, c := range s.Surcharges {
		out = append(out, fee{int32(c.Technician), Grain(c.Price) * perMinor})
	}
	slices.SortFunc(out, func(a, b fee) int { return cmp.Compare(a.technician, b.technician) })
	return out
}

// extra is the sum of the extras of job j in shift s.
func (p *Problem) extra(j, s int32) Grain {
	if !p.jobs[j].extra {
		return 0
	}
	e := p.extras(j, s)
	return e.sum()
}

// extras is what it costs that job j is done in shift s rather than where the
// customer, the last plan or the cheapest partner would have it.
func (p *Problem) extras(j, s int32) extras {
	spec, sh := &p.spec.Jobs[j], &p.shifts[s]
	if p.jobs[j].role == refill {
		return extras{} // which is no visit
	}
	e := extras{surcharge: surcharge(p.fees[j], sh.technician), visit: sh.perJob, repeat: sh.repeat}
	if sh.task > 0 {
		e.task = Grain(p.service(sh, &p.jobs[j], Any)) * sh.task
	}
	if len(spec.Preferred) > 0 && !contains(spec.Preferred, sh.technician) {
		e.preference = Grain(spec.PreferPrice) * perMinor
	}
	if l := spec.Last; l != nil {
		switch {
		case l.Technician != int(sh.technician):
			e.change = Grain(l.HandPrice) * perMinor
		case l.Shift != int(sh.place):
			e.change = Grain(l.DayPrice) * perMinor
		}
	}
	return e
}

// surcharge looks a technician up.
func surcharge(fees []fee, technician int32) Grain {
	low, high := 0, len(fees)
	for low < high {
		mid := (low + high) / 2
		if fees[mid].technician < technician {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(fees) && fees[low].technician == technician {
		return fees[low].price
	}
	return 0
}
