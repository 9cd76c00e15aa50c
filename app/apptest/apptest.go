// Package apptest gives tests a whole Fettle on a database of its own, and a
// small believable network in it, built through the API that customers use.
//
// Every call answers for itself: what a test did not expect ends it, with the
// problem document in the message.
package apptest

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
)

// House is an installation of Fettle in which nothing runs by itself: Settle
// delivers what has happened.
type House struct {
	*app.App
	Home  dbtest.Home // its database; a second process may open it
	Clock *clock.Set  // the domain clock
}

// Each runs fn as a subtest on a fresh installation on each engine.
func Each(t *testing.T, fn func(t *testing.T, h *House)) {
	t.Helper()
	dbtest.EachHome(t, func(t *testing.T, home dbtest.Home) { fn(t, Open(t, home)) })
}

// SQLite opens a fresh installation on SQLite, for tests that need one engine.
func SQLite(t testing.TB) *House {
	t.Helper()
	return Open(t, dbtest.SQLite(t))
}

// Open opens an installation on the database and closes it with the test.
func Open(t testing.TB, home dbtest.Home) *House {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{
		Database: home.URL, Home: t.TempDir(), Migrate: true, NoSync: true, Quick: true, Clock: home.Clock.Now,
		Log: slog.New(slog.NewTextHandler(logs{t}, &slog.HandlerOptions{Level: slog.LevelWarn})), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &House{App: a, Home: home, Clock: home.Clock}
}

// logs shows warnings in the test that caused them.
type logs struct{ t testing.TB }

// Write implements io.Writer.
func (l logs) Write(b []byte) (int, error) {
	l.t.Logf("%s", b)
	return len(b), nil
}

var _ io.Writer = logs{}

// Settle delivers every event, does every job that is due and takes in every
// leaf. Nothing may be left undone.
func (h *House) Settle(t testing.TB) {
	t.Helper()
	if err := h.App.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Found sets up one more operator, reached under a host of its name, with a
// network that serves. The first one is the default of the installation.
func (h *House) Found(t testing.TB, name string) *World {
	t.Helper()
	host := name + ".test"
	tenant, err := h.Login.CreateTenant(t.Context(), login.Tenant{Name: name, Hosts: []string{host}})
	if err != nil {
		t.Fatal(err)
	}
	w := &World{House: h, Tenant: tenant, Host: host}
	w.build(t)
	return w
}

// System is a context in which the house itself calls.
func (w *World) System(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(w.Tenant))
}
