// Package demo makes a Fettle that somebody can look at at once: a fictional
// network with a month behind it, played through the real services.
//
// What it makes is synthetic and labelled so; see package world. A demo that
// has been away for some days catches them up.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
)

// ErrExists is returned when there is something already where a demo is to be
// made.
var ErrExists = errors.New("demo: the database is not empty")

// Options say how a demo is made.
type Options struct {
	Now      time.Time // when it ends, and the present begins
	Days     int       // that are played; 0: a month
	Owner    string    // of the PostgreSQL tables, as app.Config says
	Home     string    // as app.Config says
	Address  string    // as app.Config says
	Progress stage.Report
	Log      *slog.Logger // warnings and errors; slog.Default() if nil
}

// Login is somebody who can log in to the demo.
type Login struct{ Role, Name, Login, Password string }

// Logins are one or more for each role, the administrator first. Technicians are
// called by their code: their names are made with the world.
func Logins() (out []Login) {
	for _, u := range world.Cast {
		out = append(out, Login{string(u.Role), cmp.Or(u.Name, u.Of), u.Login, world.Password})
	}
	return out
}

// month is how many days are played if nobody says otherwise.
const month = 30

// start is when the play begins. One of a month or more goes back far enough
// for last month's statements to have something on them.
func (o Options) start() time.Time {
	if o.Days <= 0 {
		o.Days = month
	}
	begin := o.Now.AddDate(0, 0, -o.Days)
	last := time.Date(o.Now.Year(), o.Now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -5)
	if o.Days >= month && last.Before(begin) {
		return last
	}
	return begin
}

func remote(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://")
}

// Exists reports whether there is a database at the path or, on PostgreSQL, an
// operator in it.
func Exists(ctx context.Context, path string, o Options) bool {
	if !remote(path) {
		_, err := os.Stat(path)
		return !errors.Is(err, fs.ErrNotExist)
	}
	a, err := app.Open(ctx, app.Config{Database: path, Owner: o.Owner, Home: o.Home, Log: quiet(o.Log)})
	if err != nil {
		return false
	}
	all, err := a.Login.Tenants(ctx)
	return errors.Join(err, a.Close()) == nil && len(all) > 0
}

// Build makes a demo at the path, which must be free, or in an empty PostgreSQL
// database. On SQLite it is made beside its place and moved there when it is
// whole and durable.
func Build(ctx context.Context, path string, o Options) error {
	if o.Progress == nil {
		o.Progress = func(int, int, string) {}
	}
	if Exists(ctx, path, o) {
		return ErrExists
	}
	if remote(path) {
		return o.build(ctx, path)
	}
	aside := path + ".building"
	if err := remove(aside); err != nil {
		return err
	}
	if err := o.build(ctx, aside); err != nil {
		return errors.Join(err, remove(aside))
	}
	return move(aside, path)
}

// build plays at the path itself.
func (o Options) build(ctx context.Context, path string) (err error) {
	defer debug.FreeOSMemory() // whoever serves next needs little of it
	o.Now = o.Now.UTC().Truncate(time.Second)
	set := clock.NewSet(o.start())
	a, err := app.Open(ctx, app.Config{
		Database: path, Owner: o.Owner, Home: o.Home, Address: o.Address, Migrate: true, NoSync: true, Quick: true, Clock: set.Now, Log: quiet(o.Log),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	s, err := stage.Set(ctx, a, world.Make(world.Seed, o.Now), o.Progress)
	if err != nil {
		return err
	}
	p := play.New(s, set, world.Seed)
	if err := p.Prologue(ctx); err != nil {
		return err
	}
	if err := p.Run(ctx, o.Now, o.Progress); err != nil {
		return err
	}
	if err := p.Today(ctx); err != nil {
		return err
	}
	return errors.Join(a.DB.Checkpoint(ctx), a.KeyDB.Checkpoint(ctx))
}

// quiet leaves out everything below a warning: thousands of requests a minute
// are no news here.
func quiet(l *slog.Logger) *slog.Logger {
	if l == nil {
		l = slog.Default()
	}
	return slog.New(filter{l.Handler()})
}

type filter struct{ slog.Handler }

// Enabled implements slog.Handler.
func (f filter) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && f.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (f filter) WithAttrs(a []slog.Attr) slog.Handler { return filter{f.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (f filter) WithGroup(name string) slog.Handler { return filter{f.Handler.WithGroup(name)} }

// Reset takes a demo on SQLite away, with all that belongs to it. A PostgreSQL
// database is emptied by whoever owns it.
func Reset(path string) error {
	if remote(path) {
		return fmt.Errorf("empty the PostgreSQL database yourself: %w", errors.ErrUnsupported)
	}
	return remove(path)
}
