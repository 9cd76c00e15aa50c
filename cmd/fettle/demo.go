package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/telemetry"
)

type demoCmd struct {
	Addr      string `env:"FETTLE_ADDR" default:"127.0.0.1:8080" help:"Address to serve on."`
	AdminAddr string `env:"FETTLE_ADMIN_ADDR" help:"Address of /metrics and the profiler. Off if empty."`
	Reset     bool   `help:"Throw the demo's data away and make it anew (SQLite only)."`
	Days      int    `default:"30" help:"How many days are played before today, when it is made."`
	BuildOnly bool   `help:"Make the data and end."`
}

// Run makes a busy network if there is none, and serves it. One that is there
// already is kept; the days it has missed are played while it serves.
func (v demoCmd) Run(ctx context.Context, c *cli, s streams) error {
	if v.Reset {
		if err := demo.Reset(c.DB); err != nil {
			return err
		}
	}
	if err := v.build(ctx, c, s); err != nil || v.BuildOnly {
		return err
	}
	held := &demo.Clock{}
	a, err := c.open(ctx, s, func(o *app.Config) { o.Clock, o.Migrate, o.Address = held.Now, true, c.publicURL(v.Addr) })
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	missed, err := demo.Resume(ctx, a, held)
	if err != nil {
		return err
	}
	v.welcome(s)
	if missed {
		fmt.Fprintln(s.Out, "the days that were missed are being played")
		go func() {
			err := demo.CatchUp(ctx, a, held, func(int, int, string) {})
			if err != nil && ctx.Err() == nil {
				a.Log.LogAttrs(ctx, slog.LevelError, "play the missed days", slog.Any("err", err))
			}
		}()
	}
	return serve(ctx, a, v.Addr, v.AdminAddr, true, s)
}

// build makes the data unless it is there.
func (v demoCmd) build(ctx context.Context, c *cli, s streams) error {
	o := demo.Options{
		Now: clock.System(), Days: v.Days, Owner: c.Owner, Home: c.Home, Address: c.publicURL(v.Addr), Log: telemetry.NewLogger(s.Err, slog.LevelWarn),
		Progress: func(done, total int, what string) {
			fmt.Fprintf(s.Out, "making the demo: %3d of %d  %s\n", done, total, what)
		},
	}
	err := demo.Build(ctx, c.DB, o)
	if errors.Is(err, demo.ErrExists) {
		return nil
	}
	return err
}

// welcome says who can log in.
func (v demoCmd) welcome(s streams) {
	fmt.Fprintf(s.Out, "\nA made-up network on made-up data. Open http://%s and log in as one of these:\n\n", v.Addr)
	w := tabwriter.NewWriter(s.Out, 0, 0, 3, ' ', 0)
	for _, l := range demo.Logins() {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", l.Role, l.Login, l.Password, l.Name)
	}
	_ = w.Flush()
	fmt.Fprintf(s.Out, "\nCustomers need no log-in: http://%s/p/\n\n", v.Addr)
}
