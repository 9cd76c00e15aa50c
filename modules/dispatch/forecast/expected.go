package forecast

import "math"

// Expected is a distribution of counts: Poisson where the variance is the mean,
// negative binomial where it is more.
type Expected struct{ Mean, Variance float64 }

// Scaled is what is expected of a share of the work, 0 to 1: thinned by chance, so
// that it is closer to Poisson.
func (e Expected) Scaled(share float64) Expected {
	mean := e.Mean * share
	return Expected{mean, mean + (e.Variance-e.Mean)*share*share}
}

// manyPieces is from which mean on counts are spread like the normal distribution
// for all that matters here.
const manyPieces = 200

// Quantile is the least count that is not exceeded with probability p, 0 < p < 1.
func (e Expected) Quantile(p float64) int64 {
	switch {
	case e.Mean <= 0:
		return 0
	case e.Mean > manyPieces:
		z := math.Sqrt2 * math.Erfinv(2*p-1)
		return max(0, int64(math.Ceil(e.Mean+z*math.Sqrt(e.Variance)-0.5)))
	}
	here, ratio := e.start()
	sum := here
	k := int64(0)
	for sum < p && k < 100*manyPieces {
		here *= ratio(k)
		k++
		sum += here
	}
	return k
}

// start returns the probability of none, and by what that of k grows to that of k+1.
func (e Expected) start() (float64, func(k int64) float64) {
	over := e.Variance - e.Mean
	if over < 1e-9*e.Mean {
		return math.Exp(-e.Mean), func(k int64) float64 { return e.Mean / float64(k+1) }
	}
	r := e.Mean * e.Mean / over
	q := e.Mean / (r + e.Mean)
	return math.Exp(r * math.Log(r/(r+e.Mean))), func(k int64) float64 { return (float64(k) + r) / float64(k+1) * q }
}
