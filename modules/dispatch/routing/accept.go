package routing

import "math"

const (
	heatStart = 1.0  // temperature at first, in average costs per job
	heatEnd   = 0.01 // and at last
	heatCycle = 100_000
)

// cooling is simulated annealing. The best plan is chosen strictly by Score; only
// the plan in hand may lapse.
type cooling struct {
	unit float64 // average cost of a job, served or not
	heat float64
}

func newCooling(s *search) cooling {
	return cooling{unit: float64(s.score.Cost) / float64(max(1, len(s.at)))}
}

// set moves the temperature to where the search has got, from 0 to 1.
func (c *cooling) set(progress float64) {
	c.heat = c.unit * heatStart * math.Pow(heatEnd/heatStart, progress)
}

// takes decides between the state before a step and after it; u is drawn evenly
// from (0, 1]. Serving more urgent work is always taken; leaving some is, while it
// is hot, since the way to a better plan may lead over it.
func (c *cooling) takes(s *search, u float64) bool {
	before, after := s.back.score, s.score
	if after.Lost < before.Lost {
		return true
	}
	worse := float64(after.Cost) - float64(before.Cost)
	if after.Lost > before.Lost {
		worse += c.unit * float64(max(1, s.strain-s.back.strain))
	}
	return worse < -c.heat*math.Log(u)
}

// strain is what leaving a job counts as in average costs of a job.
func (j *job) strain() int64 {
	if j.lost == 0 {
		return 0
	}
	return 1 << (2 * j.class)
}
