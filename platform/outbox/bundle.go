package outbox

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// bundle is lanes of one subscriber and one tenant that a worker takes on
// together: each round hands one event of every lane over in a step that they
// share, because a step costs more than most events do (ADR 0006). What is
// promised of a lane holds for each by itself: a round that fails is handed over
// again lane by lane, so that nobody pays for a neighbour's poison.
type bundle []*lane

// bundled puts lanes that may share steps together, at most size of them, in the
// order of their subjects: steps that take rows in one order wait for each other
// instead of colliding.
func bundled(lanes []*lane, size int) []bundle {
	slices.SortFunc(lanes, func(x, y *lane) int {
		return cmpOr(bytes.Compare(x.tenant[:], y.tenant[:]), strings.Compare(x.subscriber, y.subscriber), bytes.Compare(x.subject[:], y.subject[:]))
	})
	var out []bundle
	for from := 0; from < len(lanes); {
		to := from + 1
		for to < len(lanes) && to-from < size && lanes[to].tenant == lanes[from].tenant && lanes[to].subscriber == lanes[from].subscriber {
			to++
		}
		out = append(out, bundle(lanes[from:to]))
		from = to
	}
	return out
}

// work hands the bundle's events over until each lane has caught up, failed, been
// lost or seen ctx end.
func (b *Bus) work(ctx context.Context, ls bundle) (v verdict) {
	for live := ls; len(live) > 0; {
		turns := b.ready(ctx, live, &v)
		b.hand(ctx, turns)
		live = make(bundle, 0, len(turns))
		for _, t := range turns {
			if b.settle(t, &v) {
				live = append(live, t.l)
			} else {
				b.held.Drop(t.l.grip())
			}
		}
	}
	return v
}

// turn is one lane's next event on its way through a step.
type turn struct {
	l     *lane
	e     stored
	h     handler // nil: nothing is left to hear, the lane only moves on
	run   effect
	to    int64 // how far the lane will have come
	began time.Time

	moved moved
	err   error
}

// ready readies the next event of each lane, outside of any step, and lets go of
// the lanes that have none. Their ends are told when the snapshot has been given
// back: nobody waits for a connection while holding one.
func (b *Bus) ready(ctx context.Context, live bundle, v *verdict) []*turn {
	turns := make([]*turn, 0, len(live))
	var ends []func() verdict
	_ = b.db.Snapshot(ctx, func(ctx context.Context) error { // errors are the lanes'
		b.refill(ctx, live)
		for _, l := range live {
			t, end := b.turn(ctx, l)
			if t != nil {
				turns = append(turns, t)
				continue
			}
			ends = append(ends, func() verdict {
				defer b.held.Drop(l.grip())
				return end()
			})
		}
		return nil
	})
	for _, end := range ends {
		v.add(end())
	}
	return turns
}

// lasting is a context that ends with one and carries what another does: work on
// a lane ends with its lease and reads the snapshot of its bundle.
type lasting struct {
	context.Context
	carries context.Context //nolint:containedctx // this is a context
}

// Value implements context.Context.
func (l lasting) Value(key any) any { return l.carries.Value(key) }

// turn readies the lane's next event, or returns how the work on the lane ends.
func (b *Bus) turn(ctx context.Context, l *lane) (*turn, func() verdict) {
	ctx = lasting{l.ctx, ctx}
	if ctx.Err() != nil {
		return nil, func() verdict { return verdict{err: b.release(l.ctx, []*lane{l}, 0)} }
	}
	if l.attempts >= b.o.MaxAttempts {
		return nil, func() verdict {
			return b.failed(l, stored{Meta: Meta{Seq: l.done + 1}}, Delivery{Subscriber: l.subscriber}, errVanished)
		}
	}
	e, h, err := b.next(ctx, l)
	if err != nil {
		return nil, func() verdict {
			return verdict{err: errors.Join(err, b.release(l.ctx, []*lane{l}, newerRest))}
		}
	}
	t := &turn{l: l, e: e, h: h, run: nothing, to: b.reach(l, e.Seq), began: b.db.Machine()()}
	if h != nil {
		t.err = guarded(func() (err error) {
			t.run, err = h(ctx, e.Meta, e.body)
			return err
		})
	}
	return t, nil
}

func nothing(context.Context, *db.Tx) error { return nil }

// hand runs the turns that are ready in one step or, when that fails, each in a
// step of its own.
func (b *Bus) hand(ctx context.Context, turns []*turn) {
	fit := make([]*turn, 0, len(turns))
	for _, t := range turns {
		if t.err == nil {
			fit = append(fit, t)
		}
	}
	if len(fit) > 1 && b.step(ctx, fit) == nil {
		return
	}
	for i, t := range fit {
		t.err = b.step(ctx, fit[i:i+1])
	}
}

// step runs the turns' effects and moves their lanes on: all or none.
func (b *Bus) step(ctx context.Context, turns []*turn) error {
	return b.db.InTx(ctx, turns[0].l.tenant, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range turns {
			if err := guarded(func() error { return t.run(ctx, tx) }); err != nil {
				return err
			}
		}
		return advance(ctx, tx, turns)
	})
}

// settle notes how a turn went and reports whether its lane goes on.
func (b *Bus) settle(t *turn, v *verdict) bool {
	l, d := t.l, b.measure(t.l, t.e, t.began)
	switch {
	case t.err == nil:
		b.delivered(d, t.h)
		l.done, l.wanted, l.attempts = t.moved.done, t.moved.wanted, 0
		return !t.moved.gone
	case errors.Is(t.err, lease.ErrLost):
		b.count.lost.Add(1)
		return false
	case l.ctx.Err() != nil && errors.Is(t.err, l.ctx.Err()):
		return true // it was not the handler's fault: the next turn gives the lane back
	default:
		v.add(b.failed(l, t.e, d, t.err))
		return false
	}
}
