package dispatch

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/money"
)

// Steering is how much of what a cheaper slot saves goes to the customer who takes
// it. Nothing is promised while the share is 0.
type Steering struct {
	SharePermille int64        `json:"share_permille" minimum:"0" maximum:"1000" doc:"of what a slot saves against the earliest that is offered; 0: no rewards"`
	Most          money.Amount `json:"most,omitzero" doc:"for one visit, in the currency that the node's technicians are paid in; whole units of it are granted"`
}

// On reports whether anything is promised at all.
func (s Steering) On() bool { return s.SharePermille > 0 }

// mostReward bounds what may be promised for a visit, in minor units, so that sums
// over visits stay within int64.
const mostReward = 1e12

// Check returns ErrInvalid with its fields for a share out of 0 to 1000 and, where
// rewards are on, for a most that is less than a whole unit, beyond 10¹² minor units, or
// in a currency in which nobody is paid.
func (s Steering) Check(paid []money.Currency) error {
	bad := ErrInvalid
	if s.SharePermille < 0 || s.SharePermille > 1000 {
		bad = bad.At("/steering/share_permille", "range")
	}
	switch known := slices.Contains(paid, s.Most.Currency); {
	case !s.On():
	case s.Most == money.Amount{}:
		bad = bad.At("/steering/most", "required")
	case !s.Most.Currency.Valid():
		bad = bad.At("/steering/most/currency", "shape")
	case !known:
		bad = bad.At("/steering/most/currency", "unknown")
	case s.Most.Minor < s.Most.Currency.Unit() || s.Most.Minor > mostReward:
		bad = bad.At("/steering/most/minor", "range")
	}
	return verdict(bad)
}

// Steer returns the slots with what is promised to the customer for each, in the order
// given. What a customer takes who is told nothing is the earliest, so a slot saves what
// it costs less than that one; the share of it is promised, at most Most, in whole units.
// Under a unit there is nothing, and costs in another currency than Most cannot be
// compared. The idea is that of incentives for delivery time slots (Campbell and
// Savelsbergh 2006).
func Steer(s Steering, slots []Slot) []Slot {
	out := slices.Clone(slots)
	for i := range out {
		out[i].Reasons.Reward, out[i].Reasons.Saves = money.Amount{}, money.Amount{}
	}
	if !s.On() || len(out) == 0 {
		return out
	}
	first := slices.MinFunc(slots, func(a, b Slot) int {
		x, y := a.Reasons.Cost, b.Reasons.Cost
		return cmp.Or(a.StartAt.Compare(b.StartAt), cmp.Compare(x.Minor, y.Minor), cmp.Compare(x.Currency, y.Currency))
	}).Reasons.Cost
	for i := range out {
		r := &out[i].Reasons
		if first.Currency != s.Most.Currency || r.Cost.Currency != s.Most.Currency {
			continue
		}
		if saves := above(first.Minor, r.Cost.Minor); s.reward(saves) > 0 {
			r.Reward = money.Of(s.reward(saves), s.Most.Currency)
			r.Saves = money.Of(int64(min(saves, math.MaxInt64)), s.Most.Currency) //nolint:gosec // bounded
		}
	}
	return out
}

// above is by how much one amount exceeds another, which may be more than an int64 holds.
func above(a, b int64) uint64 {
	if a <= b {
		return 0
	}
	return uint64(a) - uint64(b) //nolint:gosec // the difference of two's complements is the difference
}

// reward is the share of what is saved, in minor units, but whole units.
func (s Steering) reward(saves uint64) int64 {
	hi, lo := bits.Mul64(saves, uint64(min(s.SharePermille, 1000))) //nolint:gosec // more than 0
	share, _ := bits.Div64(hi, lo, 1000)                            // the share is at most 1000, so it fits
	out := int64(min(share, uint64(max(s.Most.Minor, 0))))          //nolint:gosec // both are at most an int64
	return out - out%s.Most.Currency.Unit()
}

// CameBy reports whether a recorded visit was one by an appointment that was made at an
// instant: no slot that its customer had not taken yet, and where the record does not name
// the appointment, no work that had begun before. Who notes no beginning is believed.
func CameBy(undecided, named bool, began, made time.Time) bool {
	return !undecided && (named || began.IsZero() || !began.Before(made))
}

// Earns reports whether a reward that was promised with an appointment stands: until it
// is called off, or was not carried out.
func (s State) Earns() bool { return s.Live() || s == Completed }

// Failed reports whether an appointment has come to nothing by our doing: whoever then
// finds the visit another place keeps what was promised with it. What the customer called
// off, or was not there for, is lost.
func (s State) Failed() bool {
	return s == Declined || s == TimedOut || s == Unable || s == Missed
}
