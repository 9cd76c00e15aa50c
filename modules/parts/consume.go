package parts

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/modules/remedy"
)

// Clear says how a visit's parts leave the stock, which is a fact and is never
// refused: first from what was held for it, then from what is free in the
// sources, and what the books do not have as a shortfall at the position that
// at says. What was held and not used is released. short is the shortfall.
func Clear(used []remedy.Need, held []Pick, sources []Source, at func(remedy.Need) Position) (moves []Movement, short []remedy.Need) {
	free := slices.Clone(sources)
	slices.SortStableFunc(free, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Position.Owner, b.Position.Owner), a.Position.Compare(b.Position))
	})
	rest := slices.Clone(held)
	for _, n := range Sum(used) {
		for i := range rest {
			if take := min(n.Quantity, rest[i].Quantity); take > 0 && rest[i].Position.Part == n.Part {
				moves = append(moves, Use(Held, rest[i].Position, take))
				rest[i].Quantity -= take
				n.Quantity -= take
			}
		}
		for i := range free {
			p := free[i].Position
			if take := min(n.Quantity, free[i].Level.Available()); take > 0 && p.Part == n.Part && p.Condition == Good {
				moves = append(moves, Use(Free, p, take))
				free[i].Level.OnHand -= take
				n.Quantity -= take
			}
		}
		if n.Quantity > 0 {
			short = append(short, n)
			moves = append(moves, At(Shortfall, at(n), n.Quantity))
		}
	}
	return append(moves, ReleaseAll(rest)...), short
}

// ReleaseAll returns the movements that set free what is held.
func ReleaseAll(held []Pick) (moves []Movement) {
	for _, h := range held {
		if h.Quantity > 0 {
			moves = append(moves, At(Release, h.Position, h.Quantity))
		}
	}
	return moves
}
