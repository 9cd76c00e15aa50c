package real

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/login"
)

// house is an installation with one operator, served on a loopback port, with a
// domain clock that is moved by hand.
type house struct {
	app    *app.App
	clock  *clock.Set
	server *http.Server
	client
	watch *watch
	temp  string // folder to remove in the end; "": none
}

// roles are what the token of the run may do: everything that people at the
// operator and its systems do.
var roles = []access.Role{
	access.Admin, access.Agent, access.Dispatcher, access.Quality, access.Finance, access.Integrator, access.Parts,
}

var errExists = errors.New("the database is there already")

// openHouse makes the database and serves it. The clock stands a year before the
// first record.
func openHouse(ctx context.Context, keep string, first catalog.Day, w *watch) (h *house, err error) {
	h = &house{watch: w}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
			h = nil
		}
	}()
	path := keep
	if keep == "" {
		if h.temp, err = os.MkdirTemp("", "fettle-real"); err != nil {
			return h, err
		}
		path = filepath.Join(h.temp, "real.db")
	} else if _, e := os.Stat(keep); e == nil {
		return h, fmt.Errorf("%s: %w", keep, errExists)
	}
	at, err := time.Parse(time.DateOnly, string(first))
	if err != nil {
		return h, err
	}
	h.clock = clock.NewSet(at.AddDate(-1, 0, 0))
	h.app, err = app.Open(ctx, app.Config{Database: path, Migrate: true, NoSync: true, Quick: true, Clock: h.clock.Now, Version: "real", Log: quiet(w.log)})
	if err != nil {
		return h, err
	}
	return h, h.serve(ctx)
}

// serve founds the operator and answers its API.
func (h *house) serve(ctx context.Context) error {
	tenant, err := h.app.Login.CreateTenant(ctx, login.Tenant{Name: "Open Repair"})
	if err != nil {
		return err
	}
	var grants []access.Grant
	for _, r := range roles {
		grants = append(grants, access.Grant{Role: r, Scope: access.Scope{Kind: access.Tenant}})
	}
	_, token, err := h.app.Login.CreateToken(access.With(ctx, access.System(tenant)), tenant, login.NewToken{Name: "real", Grants: grants})
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.server = &http.Server{Handler: h.app.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.server.Serve(l) }() // ends with close
	h.client = client{
		url: "http://" + l.Addr().String(), token: token,
		http: &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}},
	}
	return nil
}

// settle delivers what has happened and does what is due.
func (h *house) settle(ctx context.Context) error {
	return h.watch.part("events", func() error { return h.app.Settle(ctx) })
}

// to moves the clock on; it never goes back.
func (h *house) to(at time.Time) {
	if at.After(h.clock.Now()) {
		h.clock.To(at)
	}
}

func (h *house) close() error {
	var errs []error
	if h.server != nil {
		errs = append(errs, h.server.Close())
	}
	if h.app != nil {
		errs = append(errs, h.app.Close())
	}
	if h.temp != "" {
		errs = append(errs, os.RemoveAll(h.temp))
	}
	return errors.Join(errs...)
}

// each does something for every element, a few at a time, until one fails.
func each[T any](all []T, do func(T) error) error {
	const together = 4
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	free := make(chan struct{}, together)
	for _, v := range all {
		free <- struct{}{}
		mu.Lock()
		stop := failed != nil
		mu.Unlock()
		if stop {
			break
		}
		wg.Go(func() {
			defer func() { <-free }()
			if err := do(v); err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return failed
}
