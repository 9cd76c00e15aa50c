package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/platform/telemetry"
)

// config is how the command line's database is opened.
func (c *cli) config(s streams) app.Config {
	return app.Config{
		Database: c.DB, Owner: c.Owner, Home: c.Home, Address: c.URL, Version: version,
		Roads: app.Roads{URL: c.RoadsURL, Kind: c.RoadsKind, Block: c.RoadsBlock}, Log: telemetry.NewLogger(s.Err, slog.LevelInfo),
	}
}

// open opens the database and finishes erasures that an older copy has forgotten.
func (c *cli) open(ctx context.Context, s streams, change func(*app.Config)) (*app.App, error) {
	o := c.config(s)
	if change != nil {
		change(&o)
	}
	a, err := app.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := a.Vault.Replay(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("replay erasures: %w", err), a.Close())
	}
	return a, nil
}

// publicURL is where customers reach what is served on addr, unless the command
// line says.
func (c *cli) publicURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if c.URL != "" || err != nil {
		return c.URL
	}
	return "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), port)
}

type serveCmd struct {
	Addr        string `env:"FETTLE_ADDR" default:"127.0.0.1:8080" help:"Address to serve on."`
	AdminAddr   string `env:"FETTLE_ADMIN_ADDR" help:"Address of /metrics and the profiler; keep it private. Off if empty."`
	NoWork      bool   `help:"Leave events, jobs and the proof log to fettle worker."`
	Migrate     bool   `help:"Bring the schema up to date first."`
	BehindProxy bool   `env:"FETTLE_BEHIND_PROXY" help:"Believe X-Forwarded-For and X-Forwarded-Proto."`
}

// Run serves until it is interrupted.
func (v serveCmd) Run(ctx context.Context, c *cli, s streams) error {
	a, err := c.open(ctx, s, func(o *app.Config) {
		o.Migrate, o.BehindProxy, o.Address = v.Migrate, v.BehindProxy, c.publicURL(v.Addr)
	})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return serve(ctx, a, v.Addr, v.AdminAddr, !v.NoWork, s)
}

// serve listens and says where.
func serve(ctx context.Context, a *app.App, addr, admin string, work bool, s streams) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	if admin != "" {
		al, err := new(net.ListenConfig).Listen(ctx, "tcp", admin)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		go func() {
			if err := a.ServeAdmin(ctx, al); err != nil {
				a.Log.LogAttrs(ctx, slog.LevelError, "admin address", slog.Any("err", err))
			}
		}()
	}
	fmt.Fprintf(s.Out, "fettle serves on http://%s\n", l.Addr())
	return a.Serve(ctx, l, work)
}

type workerCmd struct{}

// Run works until it is interrupted.
func (workerCmd) Run(ctx context.Context, c *cli, s streams) error {
	a, err := c.open(ctx, s, nil)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	fmt.Fprintln(s.Out, "fettle works")
	return a.RunWork(ctx)
}

type migrateCmd struct{}

// Run migrates both stores.
func (migrateCmd) Run(ctx context.Context, c *cli, s streams) error {
	a, err := c.open(ctx, s, func(o *app.Config) { o.Migrate = true })
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Out, "the schema is up to date")
	return a.Close()
}
