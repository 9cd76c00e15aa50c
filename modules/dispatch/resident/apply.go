package resident

import (
	"fmt"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Apply answers disturbances, in their order, with a plan that can be carried out: what
// has no place any more gets one, by insertion, by moving others or in place of what
// counts less, as few as possible. Nothing else moves. When one of them is refused, none
// is applied. Errors: ErrUnknown, ErrKnown, ErrGone, ErrPast, routing.ErrSpec.
func (b *Board) Apply(list ...Disturbance) (*Board, Answer, error) {
	d := b.draft()
	for _, c := range list {
		if err := c.apply(d); err != nil {
			return nil, Answer{}, err
		}
	}
	p, err := d.rev.Seal()
	if err != nil {
		return nil, Answer{}, fmt.Errorf("revise the problem: %w", err)
	}
	for _, j := range d.holds {
		if !b.fits(p, j) {
			return nil, Answer{}, fmt.Errorf("job %q: %w", d.jobs[j].key, ErrGone)
		}
	}
	view, cut := b.view.Mend(p, d.plan)
	next := d.Board
	next.view = view
	next.bill = routing.Cost(p, view.Plan())
	return next, b.answer(next, d.named, cut), nil
}

// fits reports whether a job has a place in its window beside all others.
func (b *Board) fits(p *routing.Problem, j int) bool {
	return b.view.Fits(p, j)
}

// Fill gives every job without a place one, as Apply would; a quick first plan.
func (b *Board) Fill() *Board {
	next := *b
	next.view = b.view.Fill()
	next.bill = routing.Cost(b.Problem(), next.view.Plan())
	return &next
}
