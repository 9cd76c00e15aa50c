package remedy

import "fettle.dev/fettle/modules/desk"

// Try is a way that this case has gone before in vain, and how its work ended.
// Work that ended well was in vain too when the case came back.
type Try struct {
	Mode    Mode   `json:"mode"`
	Outcome string `json:"outcome"`
}

// beyondRepair is the outcome after which no repair is tried any more. The word
// is that of work.
const beyondRepair = "end_of_life"

// atHand are how often the unit may be in somebody's hands the same way for one
// case. The second time there are other parts and other people; a third time
// would only wear the customer out.
const atHand = 2

// tried counts the tries of a way.
func (f Facts) tried(m Mode) (n int64) {
	for _, t := range f.Tried {
		if t.Mode == m {
			n++
		}
	}
	return n
}

// handled counts the tries at which somebody had the unit in hand.
func (f Facts) handled() int64 { return f.tried(OnSite) + f.tried(CarryIn) + f.tried(MailIn) }

// vain is how often the fault has outlived a repair: after those of earlier
// cases, which worked for a while, and those of this one.
func (f Facts) vain() int64 { return f.Repeats + f.handled() }

// beyond reports whether somebody has found that the unit cannot be repaired.
func (f Facts) beyond() bool {
	for _, t := range f.Tried {
		if t.Outcome == beyondRepair {
			return true
		}
	}
	return false
}

// byTries: what has just failed on this case is not offered once more. Advice
// and kits are out after their first failure and after anybody with the unit in
// hand has failed, who sees more of it. Work that is no repair can be done in
// one way only, which stays.
func byTries(m Mode, f Facts, _ Policy) (Reason, bool) {
	if f.WorkType != desk.Repair {
		return Reason{}, false
	}
	n := f.tried(m)
	switch m {
	case Remote, SelfKit:
		n += f.handled()
		return failedHere(f, n, 1)
	case OnSite, CarryIn, MailIn:
		return failedHere(f, n, atHand)
	case Swap, TradeIn, Refund, Partial, NoRemedy:
		return Reason{}, false
	default:
		return Reason{}, false
	}
}

func failedHere(f Facts, times, most int64) (Reason, bool) {
	if f.beyond() {
		return Reason{Code: "remedy.beyond_repair"}, true
	}
	return Reason{Code: "remedy.failed_here", Args: map[string]any{"times": times}}, times >= most
}

// after lowers the odds of a way that has failed on this case: halved each time.
// How much a failure tells of the next attempt is a guess, and said to the reader
// as a reason of its own.
func (f Facts) after(m Mode, odds int64) int64 { return odds >> min(f.tried(m), 10) }
