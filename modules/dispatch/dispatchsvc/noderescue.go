package dispatchsvc

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// rescue asks the board where else the visits can be kept that are free: at once, and
// then for something better, as long as a search goes on. Nothing else moves out of its
// window or changes hands. The plan in memory stays as it is: what comes of this is
// written step by step, and read again.
func (p *nodePlan) rescue(ctx context.Context, free []appointment, of map[id.WorkOrder]job) (out rescue, err error) {
	board, keys, err := p.freed(free, of)
	if err != nil {
		return out, err
	}
	rng := rand.New(rand.NewPCG(1, 0)) //nolint:gosec // a search, not a secret
	better, err := board.Improve(ctx, resident.Focus{Jobs: keys}, routing.Budget{Iterations: keepSteps}, rng)
	if err != nil {
		return out, internal("keep promises", err)
	}
	if better.Gain() {
		if board, _, err = board.Adopt(better); err != nil {
			return out, internal("keep promises", err)
		}
	}
	for i, key := range keys {
		v, ok := board.Visit(key)
		switch {
		case !ok:
			out.unkept = append(out.unkept, free[i])
		case v.Technician != free[i].Technician.String():
			t := slices.IndexFunc(p.crew, func(t dispatch.Technician) bool { return t.ID.String() == v.Technician })
			out.hand = append(out.hand, handover{free[i], p.crew[t].ID, instant(v.Start)})
		}
	}
	return out, nil
}

// freed is the board with the first answer to what cannot be kept: the days of those
// concerned without the visits that are free, and these where there is room for them.
func (p *nodePlan) freed(free []appointment, of map[id.WorkOrder]job) (board *resident.Board, keys []string, err error) {
	q := *p
	q.lanes = slices.Clone(p.lanes)
	r := restating{p: &q, spots: p.spots(p.on), said: map[string]bool{}}
	for t := range q.lanes {
		mine := slices.DeleteFunc(slices.Clone(q.lanes[t].mine), func(a appointment) bool { return has(free, a.ID) })
		if len(mine) == len(q.lanes[t].mine) {
			continue
		}
		q.lanes[t].mine, q.lanes[t].keys = mine, maps.Clone(q.lanes[t].keys)
		if err := r.days(t, planDays); err != nil {
			return nil, nil, err
		}
	}
	list := append(r.cancels(), r.list...)
	for i, w := range keepWishes(free, of, p.all()) {
		job, ok := p.wished(w)
		if !ok {
			return nil, nil, errAnew
		}
		job.Promised = true
		key := "free " + free[i].ID.String()
		keys, list = append(keys, key), append(list, resident.Add{Key: key, Place: r.spots.place(w.point), Job: job})
	}
	board, _, err = p.board.Apply(list...)
	if errors.Is(err, routing.ErrSpec) {
		err = errAnew
	}
	return board, keys, err
}
