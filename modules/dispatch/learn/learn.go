// Package learn finds out by how much work and ways take longer, or shorter, than
// they are reckoned: from visits as done.
//
// It promises that without visits nothing changes, that one odd visit moves a
// factor by at most a twelfth (Step) however odd it is, and that many visits which
// agree are believed. What is known of a technician leans on what is known of the
// work at the node, that on the work at all nodes, and that on what was stated: the
// fewer visits, the more. It is pure.
package learn

import (
	"math"
	"slices"
)

// An estimate solves Σ ψ(x−θ) + lean·(parent−θ) = 0 over the logarithms x of taken
// by reckoned, with Huber's ψ, which is cut off at odd (P. J. Huber, "Robust
// estimation of a location parameter", Annals of Mathematical Statistics 35, 1964).
// The left side falls by at least lean for each unit of θ, and one x changes it by
// at most odd, or twice that if it is exchanged: so one visit moves θ by at most
// odd/lean.
const (
	odd  = 0.5 // from here on a visit counts no more: 1.65 times, or 0.6 times
	lean = 6   // visits that the parent counts for
)

// Step bounds by how much one more visit changes the logarithm of a factor.
const Step = odd / lean

// Shrink is the estimate of the logarithms around the parent's.
func Shrink(logs []float64, parent float64) float64 {
	pull := func(theta float64) float64 {
		sum := lean * (parent - theta)
		for _, x := range logs {
			sum += min(max(x-theta, -odd), odd)
		}
		return sum
	}
	low, high := parent, parent
	for _, x := range logs {
		low, high = min(low, x), max(high, x)
	}
	for range 60 { // halves: below the precision of the numbers
		mid := low + (high-low)/2
		if pull(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}

// Log is how many times longer something took than reckoned, as a logarithm; false
// where either is missing.
func Log(reckoned, taken int64) (float64, bool) {
	if reckoned <= 0 || taken <= 0 {
		return 0, false
	}
	return math.Log(float64(taken) / float64(reckoned)), true
}

// The bounds of a factor in permille: beyond, it is not the work that takes its time.
const (
	Least = 500
	Most  = 2500
)

// Permille is a logarithm as a factor, within the bounds.
func Permille(log float64) int64 {
	return int64(math.Round(min(max(math.Exp(log)*1000, Least), Most)))
}

// Factor is what was learnt of something.
type Factor struct {
	Permille int64 `json:"permille"` // of what is reckoned
	Visits   int64 `json:"visits"`   // that say so
}

// Times applies a factor; the zero factor changes nothing.
func (f Factor) Times(v int64) int64 {
	if f.Permille == 0 {
		return v
	}
	return (v*f.Permille + 500) / 1000
}

// estimate puts a group of visits on its parent.
func estimate(logs []float64, parent float64) (Factor, float64) {
	slices.Sort(logs) // the sum must not depend on the order in which visits are read
	theta := Shrink(logs, parent)
	return Factor{Permille(theta), int64(len(logs))}, theta
}
