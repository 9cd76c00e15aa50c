package parts

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
)

// Source is a position from which an appointment may be served.
type Source struct {
	Position Position
	Level    Level
	Rank     int64         // the lower the better: the van, its node, the node above …
	Lead     time.Duration // until its pieces can be where the technician starts
}

// Pick is what an appointment takes from a position.
type Pick struct {
	Position Position
	Quantity int64
	Lead     time.Duration
}

// perFloor is how long a piece takes from a node to one right below it.
const perFloor = 24 * time.Hour

// Lead returns how long pieces take that lie so many floors above the node that
// serves: 0 is the node itself.
func Lead(floors int64) time.Duration { return time.Duration(floors) * perFloor }

// Picks chooses for every need the pieces to hold: from the source of the
// lowest rank first, the brand's own before the operator's, because those are
// there for that. Only what can be there within the time counts. If anything is
// missing, nothing is picked and missing says what and how much.
func Picks(needs []remedy.Need, sources []Source, within time.Duration) (picks []Pick, missing []remedy.Need) {
	free := slices.Clone(sources)
	slices.SortStableFunc(free, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Position.Owner, b.Position.Owner), a.Position.Compare(b.Position))
	})
	for _, n := range Sum(needs) {
		for i := range free {
			s := &free[i]
			take := min(n.Quantity, s.Level.Available())
			if s.Position.Part != n.Part || s.Position.Condition != Good || s.Lead > within || take < 1 {
				continue
			}
			picks = append(picks, Pick{s.Position, take, s.Lead})
			s.Level.Reserved += take
			n.Quantity -= take
		}
		if n.Quantity > 0 {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		return nil, missing
	}
	return picks, nil
}

// Sum adds up needs of the same part, in the order of the parts' ids, and drops
// those of nothing.
func Sum(needs []remedy.Need) []remedy.Need {
	var out []remedy.Need
	for _, n := range needs {
		i := slices.IndexFunc(out, func(o remedy.Need) bool { return o.Part == n.Part })
		switch {
		case n.Quantity < 1 || n.Part.IsZero():
		case i < 0:
			out = append(out, n)
		default:
			out[i].Quantity += n.Quantity
		}
	}
	slices.SortFunc(out, func(a, b remedy.Need) int { return Position{Part: a.Part}.Compare(Position{Part: b.Part}) })
	return out
}

// Supply is pieces that are expected.
type Supply struct {
	Part     id.Part
	Quantity int64
	At       time.Time     // when they come in
	Lead     time.Duration // from there to where the technician starts
}

// Earliest returns when all needs could be served from what is free anywhere
// and from what is expected; false if nobody knows.
func Earliest(needs []remedy.Need, sources []Source, expected []Supply, now time.Time) (time.Time, bool) {
	at := now
	for _, n := range Sum(needs) {
		type wave struct {
			at       time.Time
			quantity int64
		}
		var waves []wave
		for _, s := range sources {
			if s.Position.Part == n.Part && s.Position.Condition == Good && s.Level.Available() > 0 {
				waves = append(waves, wave{now.Add(s.Lead), s.Level.Available()})
			}
		}
		for _, s := range expected {
			if s.Part == n.Part {
				waves = append(waves, wave{s.At.Add(s.Lead), s.Quantity})
			}
		}
		slices.SortFunc(waves, func(a, b wave) int { return a.at.Compare(b.at) })
		for _, w := range waves {
			if n.Quantity < 1 {
				break
			}
			n.Quantity -= w.quantity
			if w.at.After(at) {
				at = w.at
			}
		}
		if n.Quantity > 0 {
			return time.Time{}, false
		}
	}
	return at, true
}
