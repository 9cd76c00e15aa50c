package demo

import (
	"context"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
)

// Clock is the domain clock of a demo that is served: the wall clock, except
// while missed days are being caught up. It is safe for concurrent use.
type Clock struct {
	set  clock.Set
	held atomic.Bool
}

// Now tells the time; c.Now is a clock.Clock.
func (c *Clock) Now() time.Time {
	if c.held.Load() {
		return c.set.Now()
	}
	return clock.System()
}

// away is how long a demo may have been away without anything to catch up, and
// most is how far back it goes.
const (
	away = 2 * time.Hour
	most = 30 * 24 * time.Hour
)

// Resume looks since when the application has not run and, if that is long ago,
// lets its clock stand there until CatchUp has played what was missed; it then
// returns true. It must be called before the application works.
func Resume(ctx context.Context, a *app.App, c *Clock) (bool, error) {
	return c.resume(ctx, a, clock.System())
}

func (c *Clock) resume(ctx context.Context, a *app.App, now time.Time) (bool, error) {
	last, ok, err := a.Jobs.Next(ctx) // the clocks are looked through every few minutes
	if err != nil || !ok || now.Sub(last) < away {
		return false, err
	}
	if far := now.Add(-most); last.Before(far) {
		last = far
	}
	c.set.To(last)
	c.held.Store(true)
	return true, nil
}

// CatchUp plays the days that were missed, and then lets the clock tell the
// time. It may run while the application serves and works. Without days that
// were missed, or without a demo, it does nothing.
func CatchUp(ctx context.Context, a *app.App, c *Clock, report stage.Report) error {
	return c.catchUp(ctx, a, clock.System(), report)
}

func (c *Clock) catchUp(ctx context.Context, a *app.App, now time.Time, report stage.Report) error {
	if !c.held.Load() {
		return nil
	}
	defer c.held.Store(false)
	s, there, err := stage.Find(ctx, a, world.Make(world.Seed, now))
	if err != nil || !there {
		return err
	}
	p := play.New(s, &c.set, world.Seed)
	if err := p.Adopt(ctx); err != nil {
		return err
	}
	if err := p.Run(ctx, now, report); err != nil {
		return err
	}
	return p.Today(ctx)
}
