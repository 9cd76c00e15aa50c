package routing

import "fettle.dev/fettle/modules/dispatch/brood"

const (
	pressSteps = 64   // iterations that one step counts as
	pressUntil = 0.85 // of the budget
	pressMost  = 20   // one in so many jobs may have no place; with more, the fleet is too small
)

// press looks for places for the last jobs of a uniform problem whose fleet is
// small.
func (d *driver) press() {
	s := d.search
	p := brood.NewPress(&d.stock.spec, named(d.best.Routes), s.rng)
	least := p.Left()
	if least > max(1, len(s.at)/pressMost) {
		return
	}
	for ; least > 0 && d.done < pressUntil && !d.spent(); d.stats.Iterations += pressSteps {
		p.Step()
		if p.Left() < least {
			least = p.Left()
			d.take(p.Routes())
		}
	}
	s.load(d.best)
}
