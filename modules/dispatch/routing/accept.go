package routing

import "math"

const (
	heatStart = 1.0  // temperature at first, in average costs per job
	heatEnd   = 0.02 // and at last,
	heatDuty  = 0.05 // or, where time on duty is paid: waiting and the choice of who goes make that more rugged
	heatCycle = 100_000

	tollSpan  = 200  // steps between two looks at the toll
	tollStart = 20   // average costs; a short budget has no time to find the right one
	tollFirst = 0.2  // share of them that should leave no more urgent work than the best plan
	tollLast  = 0.95 // and at last
	tollStep  = 1.1  // by which the toll goes up or down
	tollMost  = 1e99 // average costs; it only keeps the toll finite
)

// cooling is simulated annealing over money and a toll on urgent work that is
// missing. The best plan is chosen strictly by Score; only the plan in hand may
// lapse, and the toll adjusts itself so that it does not lapse too often.
type cooling struct {
	unit float64 // average cost of a job, served or not
	heat float64
	end  float64 // the last heat, in units
	toll float64 // per strainUnit

	cooled float64 // how far, 0 to 1

	share       float64 // of steps that should keep urgent work
	steps, kept int     // since the last look at the toll
}

func newCooling(s *search) cooling {
	unit := float64(s.score.Cost) / float64(max(1, len(s.at)))
	if s.p.spec.ByWorth {
		unit = max(unit, perMinor) // where only the worth counts
	}
	end := heatEnd
	for i := range s.p.shifts {
		if s.p.shifts[i].work > 0 {
			end = heatDuty
		}
	}
	return cooling{unit: unit, toll: unit * tollStart, end: end}
}

// set moves the temperature to where the search has got, from 0 to 1.
func (c *cooling) set(progress float64) {
	c.cooled = progress
	c.share = tollFirst + (tollLast-tollFirst)*progress
	c.heat = c.unit * heatStart * math.Pow(c.end/heatStart, progress)
}

// takes decides between the state before a step and after it; u is drawn evenly
// from (0, 1].
func (c *cooling) takes(s *search, best Score, u float64) bool {
	if s.score.Less(best) {
		return true
	}
	worse := float64(s.score.Cost) - float64(s.back.score.Cost)
	worse += c.toll * float64(s.strain-s.back.strain) / strainUnit
	return worse < -c.heat*math.Log(u)
}

// watch counts the plans in hand that leave no more urgent work than the best
// one, and adjusts the toll.
func (c *cooling) watch(now, best Score) {
	c.steps++
	c.kept += b2i(now.Lost <= best.Lost)
	if c.steps < tollSpan {
		return
	}
	if float64(c.kept) < c.share*tollSpan {
		c.toll = min(c.toll*tollStep, c.unit*tollMost)
	} else {
		c.toll = max(c.unit, c.toll/tollStep)
	}
	c.steps, c.kept = 0, 0
}
