package dispatch

import "time"

// Balance is how much a node's plans give work to those who have less of it.
type Balance string

// How much. Off only costs count; the others make work dearer, the more somebody has.
const (
	BalanceOff  Balance = "off"
	BalanceSome Balance = "some"   // as if the second half of a day cost up to half an hour's pay an hour more
	BalanceMost Balance = "strong" // up to twice an hour's pay
)

// Step is what an hour of work costs more from so long a day on, as a share of an
// hour's pay.
type Step struct {
	After    time.Duration
	Permille int64
}

// Steps are what balance adds for somebody with so much time on a day, ever more; none
// where it is off. It is nobody's money: it only decides between people.
func (b Balance) Steps(day time.Duration) []Step {
	switch b {
	case BalanceSome:
		return []Step{{day / 2, 250}, {day * 3 / 4, 500}}
	case BalanceMost:
		return []Step{{day / 4, 500}, {day / 2, 1000}, {day * 3 / 4, 2000}}
	case BalanceOff:
		return nil
	default:
		return nil
	}
}
