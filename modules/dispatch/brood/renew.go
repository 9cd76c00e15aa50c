package brood

const (
	renewEach = 25 // steps a stop without a better plan after which a population is given up
	elderMost = 5  // plans of earlier populations that are remembered
)

// age is how a population has fared.
type age struct {
	steps  int
	idle   int     // steps since it found its best plan
	prime  *plan   // that plan
	elders []*plan // of earlier populations
	met    bool    // it has taken the elders in
}

// watch notes a plan that keeps the rules.
func (a *age) watch(p *plan) {
	if a.prime == nil || p.cost < a.prime.cost {
		a.prime, a.idle = p, 0
	}
}

// renew gives a population that has found nothing better for long new blood: the best
// plans of earlier ones. When that has not helped either, or there are none, another
// population begins from nothing, for one that has settled in the wrong number of routes
// does not leave it any more.
func (b *Brood) renew() {
	a := &b.age
	a.steps++
	a.idle++
	if a.idle <= renewEach*len(b.local.spec.Stops) {
		return
	}
	if !a.met && len(a.elders) > 0 {
		a.met, a.idle = true, 0
		for _, p := range a.elders {
			again := *p
			b.fit.add(&again, b.local)
		}
		return
	}
	elders := a.elders
	if a.prime != nil {
		old := *a.prime
		old.kin = nil // which would keep all populations in memory
		elders = append(elders[max(0, len(elders)+1-elderMost):], &old)
	}
	b.fit, b.unfit, b.age = herd{}, herd{}, age{elders: elders}
}
