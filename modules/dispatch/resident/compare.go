package resident

import "fettle.dev/fettle/modules/dispatch/routing"

// Figures sums a plan up.
type Figures struct {
	Visits   int
	Unserved [routing.MaxPriority + 1]int // by priority, the promised and pinned aside
	Unkept   int                          // promised or pinned, and without a place

	Travel, Overtime, Late int64 // seconds
	Metres                 int64
	Bill                   routing.Bill
}

// Figures sums the plan up.
func (b *Board) Figures() Figures {
	f := Figures{Unserved: b.bill.Unserved, Unkept: b.bill.Unkept, Bill: b.bill}
	for _, s := range b.Timetable() {
		f.Visits += len(s.Stops)
		f.Travel += s.Travel
		f.Metres += s.Metres
		f.Overtime += s.Overtime
		for _, stop := range s.Stops {
			f.Late += stop.Late
		}
	}
	return f
}

// Comparison is two plans beside each other. A what-if is a Board of its own: apply
// disturbances to it, improve it, compare it, and forget it or not.
type Comparison struct {
	Before, After      Figures
	Changes            []Change // the causes are not known
	Hands, Days, Times int      // of them, how many have another technician, another shift, only another time
}

// Compare compares a board with one that came out of it.
func Compare(before, after *Board) Comparison {
	a := before.answer(after, nil, nil)
	c := Comparison{Before: before.Figures(), After: after.Figures(), Changes: a.Changes}
	for i := range c.Changes {
		v := &c.Changes[i]
		v.Why = ""
		switch {
		case v.From == nil || v.To == nil:
		case v.Hands():
			c.Hands++
		case v.From.Shift != v.To.Shift:
			c.Days++
		default:
			c.Times++
		}
	}
	return c
}
