package resident

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// ErrStale is the refusal of an improvement of routes that have changed meanwhile.
var ErrStale = errors.New("the plan has changed meanwhile")

// Focus says where to look for a better plan.
type Focus struct {
	Jobs   []string // around these, as an Answer names them; none: around one drawn at random
	Routes int      // how many routes are planned again; 0 is 24
	Whole  bool     // all of them, as at night

	// Hands is how many other jobs may change hands at most; 0 is one in a hundred of those
	// that the plan serves, and at least one. With Whole there is no limit.
	Hands int
	Hand  int64 // minor units that it costs for each; 0 is what Prices say
}

const (
	focusRoutes = 24
	focusMore   = 40 // unserved jobs that may get a place
)

// tries are the attempts of Improve: the second and third only when the one before
// disturbs too many people, with prices so many times as high.
var tries = []struct {
	until float64 // share of the budget spent by then
	price int64
}{{0.6, 1}, {0.9, 8}, {1, 64}}

// Better is a better plan of some routes, which a board may Adopt.
type Better struct {
	base   *Board
	plan   routing.Plan
	routes []int
}

// Gain reports whether there is anything to adopt.
func (i *Better) Gain() bool { return len(i.routes) > 0 }

// Improve looks for a better plan around what has just changed, or anywhere, until the
// budget is spent. Work changes technician or shift only where that saves more than
// Prices; few people are disturbed. The board stays as it is; Better is empty when
// nothing better was found. Given iterations only, the result depends on nothing but the
// arguments and the state of rng.
func (b *Board) Improve(ctx context.Context, f Focus, budget routing.Budget, rng *rand.Rand) (Better, error) {
	routes, more := b.around(f, rng)
	most := f.Hands
	if most == 0 {
		most = max(1, (b.Problem().Jobs()-len(b.Problem().Unserved(b.Plan())))/100)
	}
	hand := cmp.Or(f.Hand, b.prices.Hand)
	from := 0.0
	for _, try := range tries {
		part, err := b.Problem().Part(b.Plan(), routes, more, hand*try.price, b.prices.Day*try.price)
		if err != nil {
			return Better{}, fmt.Errorf("state the part: %w", err)
		}
		plan, stats, err := routing.Solve(ctx, part.Problem, part.Plan, share(budget, from, try.until), rng)
		if err != nil {
			return Better{}, fmt.Errorf("improve: %w", err)
		}
		if from = try.until; !stats.End.Less(stats.Start) {
			return Better{}, nil
		}
		next := Better{b, part.Merge(b.Plan(), plan), part.Routes()}
		if f.Whole || b.hands(&next, f.Jobs) <= most {
			return next, nil
		}
	}
	return Better{}, nil
}

// share is the part of a budget between two points.
func share(b routing.Budget, from, to float64) routing.Budget {
	if b.Iterations > 0 {
		b.Iterations = max(1, int(float64(b.Iterations)*(to-from)))
	}
	if whole := b.Progress; whole != nil {
		b.Progress = func() float64 { return (whole() - from) / (to - from) }
	}
	return b
}

// hands counts the jobs that change hands, those of the focus aside.
func (b *Board) hands(next *Better, focus []string) (n int) {
	p := b.Problem()
	for _, r := range next.routes {
		t, _ := p.Owner(r)
		for _, j := range next.plan.Routes[r] {
			old, served := b.view.Served(j)
			if !served || slices.Contains(focus, b.jobs[j].key) {
				continue
			}
			if was, _ := p.Owner(old); was != t {
				n++
			}
		}
	}
	return n
}

// around chooses the routes nearest to the focus, at the time of the focus, and unserved
// jobs that may get a place in them.
func (b *Board) around(f Focus, rng *rand.Rand) (routes, more []int) {
	p := b.Problem()
	more = p.Unserved(b.Plan())
	if f.Whole {
		for r := range p.Shifts() {
			routes = append(routes, r)
		}
		return routes, more
	}
	var focus []int
	for _, key := range f.Jobs {
		if j, ok := b.number[key]; ok {
			focus = append(focus, j)
		}
	}
	if len(focus) == 0 && p.Jobs() > 0 {
		focus = append(focus, rng.IntN(p.Jobs()))
	}
	routes = b.view.Near(focus, cmp.Or(f.Routes, focusRoutes))
	apart := make(map[int]int64, len(more))
	for _, j := range more {
		apart[j] = p.Apart(j, focus)
		if slices.Contains(focus, j) {
			apart[j] = math.MinInt64
		}
	}
	slices.SortStableFunc(more, func(x, y int) int { return cmp.Compare(apart[x], apart[y]) })
	return routes, more[:min(len(more), focusMore)]
}

// Adopt takes an improvement over. The board may have changed since Improve began, as
// long as the routes that are planned again have not, and the jobs that gain a place
// have none yet. Errors: ErrStale.
func (b *Board) Adopt(i Better) (*Board, Answer, error) {
	p := b.Problem()
	plan := routing.Plan{Routes: slices.Clone(b.Plan().Routes), Appointed: b.Plan().Appointed}
	if b == i.base {
		plan = i.plan
	} else if len(b.Plan().Appointed)+len(i.plan.Appointed) > 0 {
		return nil, Answer{}, ErrStale
	}
	for _, r := range i.routes {
		if b == i.base {
			break
		}
		if !i.base.view.Same(b.view, r) || slices.ContainsFunc(i.plan.Routes[r], func(j int) bool { return !i.still(b, j) }) {
			return nil, Answer{}, ErrStale
		}
		plan.Routes[r] = i.plan.Routes[r]
	}
	if len(routing.Check(p, plan)) > 0 {
		return nil, Answer{}, ErrStale
	}
	next := *b
	next.view = b.view.Follow(p, plan)
	next.bill = routing.Cost(p, plan)
	a := b.answer(&next, nil, nil)
	for k := range a.Changes {
		a.Changes[k].Why = Improved
	}
	return &next, a, nil
}

// still reports whether a job is what it was when the improvement began: in one of its
// routes, or without a place.
func (i *Better) still(b *Board, j int) bool {
	if j >= len(b.jobs) || b.jobs[j].key != i.base.jobs[j].key {
		return false
	}
	was, had := i.base.view.Served(j)
	is, has := b.view.Served(j)
	return had == has && was == is
}
