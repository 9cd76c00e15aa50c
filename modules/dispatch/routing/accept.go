package routing

import "math"

const (
	heatStart = 1.0  // temperature at first, in average costs per job
	heatEnd   = 0.01 // and at last
	heatCycle = 100_000
)

// cooling is simulated annealing on money among plans that serve equally urgent
// work; a plan that gives up more urgent work is never taken.
type cooling struct {
	unit float64 // average cost of a served job
	heat float64
}

func newCooling(s *search) cooling {
	var money Grain
	served := 0
	for _, r := range s.routes {
		money += r.cost()
		served += len(r.jobs)
	}
	return cooling{unit: float64(money) / float64(max(1, served))}
}

// set moves the temperature to where the search has got, from 0 to 1.
func (c *cooling) set(progress float64) {
	c.heat = c.unit * heatStart * math.Pow(heatEnd/heatStart, progress)
}

// takes decides between the score before a step and after it; u is drawn evenly
// from (0, 1].
func (c *cooling) takes(before, after Score, u float64) bool {
	if after.Lost != before.Lost {
		return after.Lost < before.Lost
	}
	return float64(after.Cost) < float64(before.Cost)-c.heat*math.Log(u)
}
