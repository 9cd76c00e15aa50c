package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// RunWork delivers events, does jobs and takes leaves into the log until ctx ends.
// Any number of processes may work on one database.
func (a *App) RunWork(ctx context.Context) error {
	g, ctx := errgroup.WithContext(db.First(ctx))
	g.Go(func() error { return a.Bus.Run(ctx) })
	g.Go(func() error { return a.Jobs.Run(ctx) })
	g.Go(func() error {
		return a.Proof.Sequence(ctx, func(err error) {
			a.Log.LogAttrs(ctx, slog.LevelError, "leaves wait", slog.Any("err", err))
		})
	})
	return g.Wait()
}

// Serve answers on l until ctx ends, and works beside it unless somebody else
// does.
func (a *App) Serve(ctx context.Context, l net.Listener, work bool) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return httpapi.Serve(ctx, l, a.Handler(), a.Log, a.Hints.Close) })
	if work {
		g.Go(func() error { return a.RunWork(ctx) })
	}
	return g.Wait()
}

// ServeAdmin answers /metrics and the profiler on l, which nobody from outside
// should reach, until ctx ends.
func (a *App) ServeAdmin(ctx context.Context, l net.Listener) error {
	s := &http.Server{Handler: a.Metrics.Admin(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = s.Close() // nothing of it must be kept
	}()
	if err := s.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

// Settle delivers every event, does every job that is due on the domain clock
// and takes every leaf in, until nothing is left: for tests, imports and the
// playing of a history. It returns what could not be done.
func (a *App) Settle(ctx context.Context) error {
	if err := a.Bus.Drain(ctx); err != nil {
		return err
	}
	if err := a.Jobs.Drain(ctx); err != nil {
		return err
	}
	if err := a.Bus.Drain(ctx); err != nil {
		return err
	}
	return a.Proof.Drain(ctx)
}
