package login_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		off := w.user(t, "Off", "off@first.example")
		if err := w.s.Disable(t.Context(), dbtest.Tenant, off); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			give login.Attempt
			want error
		}{
			{"right", login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: password}, nil},
			{"in another spelling", login.Attempt{Tenant: dbtest.Tenant, Login: "  BO ", Password: password}, nil},
			{"wrong password", login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: "wrong horse"}, login.ErrRefused},
			{"no password", login.Attempt{Tenant: dbtest.Tenant, Login: "bo"}, login.ErrRefused},
			{"unknown name", login.Attempt{Tenant: dbtest.Tenant, Login: "nobody", Password: password}, login.ErrRefused},
			{"another tenant", login.Attempt{Tenant: dbtest.Other, Login: "bo", Password: password}, login.ErrRefused},
			{"disabled", login.Attempt{Tenant: dbtest.Tenant, Login: "off@first.example", Password: password}, login.ErrRefused},
			{"endless password", login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: strings.Repeat(password, 1000)}, login.ErrRefused},
		} {
			got, err := w.s.Login(t.Context(), tt.give)
			if !errors.Is(err, tt.want) || (err == nil) != (got.Secret != "") {
				t.Errorf("%s: Login = %+v, %v, want %v", tt.name, got.User, err, tt.want)
			}
		}
	})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		in := func(secret string) bool {
			c, err := w.who(t, w.s, "127.0.0.1", secret, "")
			if err != nil {
				t.Fatal(err)
			}
			return c.User == w.agent
		}
		secret := w.login(t, "bo")
		for range 20 { // used every eight hours it lives on, but not beyond a week
			if !in(secret) {
				t.Fatal("a session in use has ended")
			}
			w.pass(8 * time.Hour)
		}
		w.pass(8 * time.Hour)
		if in(secret) {
			t.Error("a session lives longer than a week")
		}
		idle := w.login(t, "bo")
		if !in(idle) {
			t.Fatal("a fresh session does not hold")
		}
		w.pass(login.Idle + time.Second)
		if in(idle) {
			t.Error("a session lives longer than 12 hours without use")
		}
		if err := w.s.Sweep(t.Context(), dbtest.Tenant); err != nil {
			t.Fatal(err)
		}
		if n := w.count(t, `SELECT count(*) FROM login_session WHERE tenant_id = ?`); n != 0 {
			t.Errorf("%d sessions are left after the sweep", n)
		}
		out := w.login(t, "bo")
		if !in(out) {
			t.Fatal("a fresh session does not hold")
		}
		if err := w.s.Logout(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		if in(out) {
			t.Error("a session lives on after log-out")
		}
	})
}

// What is ended in one process holds there at once, and in the others within
// Fresh.
func TestRevocationReachesOtherProcesses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		far, _ := w.process(t, w.home.Open(t, db.Options{Machine: w.machine.Now}))
		for _, tt := range []struct {
			name string
			end  func(secret string) error
		}{
			{"log-out", func(secret string) error { return w.s.Logout(ctx, secret) }},
			{"new password", func(string) error { return w.s.SetPassword(ctx, dbtest.Tenant, w.agent, password, "") }},
			{"disabled", func(string) error { return w.s.Disable(ctx, dbtest.Tenant, w.agent) }},
		} {
			secret := w.login(t, "bo")
			is := func(s *login.Service) bool {
				c, err := w.who(t, s, "127.0.0.1", secret, "")
				if err != nil {
					t.Fatal(err)
				}
				return c.User == w.agent
			}
			if !is(w.s) || !is(far) {
				t.Fatalf("%s: the session does not hold", tt.name)
			}
			if err := tt.end(secret); err != nil {
				t.Fatal(err)
			}
			if is(w.s) {
				t.Errorf("%s: the session still holds where it was ended", tt.name)
			}
			w.pass(login.Fresh)
			if is(far) {
				t.Errorf("%s: the session still holds elsewhere after %v", tt.name, login.Fresh)
			}
		}
	})
}

func TestGrantsChangeAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		secret := w.login(t, "bo")
		roles := func() int {
			c, err := w.who(t, w.s, "127.0.0.1", secret, "")
			if err != nil {
				t.Fatal(err)
			}
			return len(c.Grants)
		}
		if n := roles(); n != 1 {
			t.Fatalf("%d grants, want 1", n)
		}
		g := access.Grant{Role: access.Quality, Scope: access.Scope{Kind: access.Node, ID: id.Raw{1}}}
		made, err := w.s.Grant(t.Context(), dbtest.Tenant, w.agent, g)
		if err != nil || roles() != 2 {
			t.Fatalf("Grant: %v, %d grants, want 2", err, roles())
		}
		again, err := w.s.Grant(t.Context(), dbtest.Tenant, w.agent, g)
		if err != nil || again != made || roles() != 2 {
			t.Errorf("the same grant again: %v (%v), %d grants", again, err, roles())
		}
		if err := w.s.Revoke(t.Context(), dbtest.Tenant, w.agent, made); err != nil || roles() != 1 {
			t.Errorf("Revoke: %v, %d grants, want 1", err, roles())
		}
		for _, bad := range []access.Grant{
			{Role: "king", Scope: access.Scope{Kind: access.Tenant}},
			{Role: access.Partner, Scope: access.Scope{Kind: access.Tenant}},
			{Role: access.Agent, Scope: access.Scope{Kind: access.Node}},
			{Role: access.Agent, Scope: access.Scope{Kind: access.Tenant, ID: id.Raw{1}}},
			{Role: access.Technician, Scope: access.Scope{Kind: access.Self}},
		} {
			if _, err := w.s.Grant(t.Context(), dbtest.Tenant, w.agent, bad); !errors.Is(err, login.ErrGrant) {
				t.Errorf("Grant(%+v) = %v, want %v", bad, err, login.ErrGrant)
			}
		}
		if _, err := w.s.Grant(t.Context(), dbtest.Other, w.agent, g); !errors.Is(err, access.ErrHidden) {
			t.Errorf("a grant to another tenant's user = %v", err)
		}
	})
}

func TestLastAdminStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if err := w.s.Disable(ctx, dbtest.Tenant, w.admin); !errors.Is(err, login.ErrLastAdmin) {
			t.Errorf("Disable of the last administrator = %v", err)
		}
		w.login(t, "ada@first.example") // nothing has changed
		second := w.user(t, "Cy", "cy@first.example", access.Grant{Role: access.Admin, Scope: access.Scope{Kind: access.Tenant}})

		// Two who each take the other away: one of them must fail.
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, u := range []id.User{w.admin, second} {
			wg.Go(func() { errs[i] = w.s.Disable(ctx, dbtest.Tenant, u) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("both or neither of the last two were disabled: %v", errs)
		}
	})
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		try := func(name, pw, address string) error {
			_, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: name, Password: pw, Address: address})
			return err
		}
		for range 10 {
			if err := try("bo", "wrong horse", ""); !errors.Is(err, login.ErrRefused) {
				t.Fatalf("one of the first ten: %v", err)
			}
		}
		if err := try("bo", password, ""); err != nil {
			t.Fatalf("the right password after ten wrong ones: %v", err)
		}
		for range 11 {
			_ = try("bo", "wrong horse", "")
		}
		err := try("bo", password, "")
		if f := fault.Of(err); !errors.Is(err, login.ErrTooMany) || f.Args["retry_after"] != 1 {
			t.Fatalf("after eleven: %v %v, want %v for 1 s", err, f.Args, login.ErrTooMany)
		}
		w.pass(time.Second)
		if err := try("bo", "wrong horse", ""); !errors.Is(err, login.ErrRefused) {
			t.Errorf("after the wait: %v", err)
		}
		if err := try("bo", password, ""); fault.Of(err).Args["retry_after"] != 2 {
			t.Errorf("the wait does not double: %v", fault.Of(err).Args)
		}
		w.pass(2 * time.Hour)
		for range 10 {
			_ = try("bo", "wrong horse", "")
		}
		if err := try("bo", password, ""); err != nil {
			t.Errorf("failures are not forgiven after two hours: %v", err)
		}

		// By address: many names from one network, whatever the last bits of IPv6.
		for i := range 51 {
			_ = try("name"+string(rune('a'+i%26)), "wrong horse", "2001:db8:1:2::"+string(rune('a'+i%6)))
		}
		if err := try("ada@first.example", password, "2001:db8:1:2::ffff"); !errors.Is(err, login.ErrTooMany) {
			t.Errorf("the 52nd from one network: %v", err)
		}
		if err := try("ada@first.example", password, "2001:db8:1:3::1"); err != nil {
			t.Errorf("from the network next door: %v", err)
		}
	})
}

// Attempts in parallel cannot try more passwords than one after the other.
func TestThrottleHoldsInParallel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 40 {
			wg.Go(func() {
				_, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: "wrong horse"})
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, login.ErrRefused) {
					tried++
				}
			})
		}
		wg.Wait()
		if tried != 11 {
			t.Errorf("%d of 40 parallel attempts were tried, want 11", tried)
		}
	})
}

func TestUserNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			name string
			give login.NewUser
			want error
		}{
			{"taken", login.NewUser{Login: "BO", Password: password}, login.ErrTaken},
			{"empty", login.NewUser{Login: " ", Password: password}, login.ErrName},
			{"with a blank", login.NewUser{Login: "b o", Password: password}, login.ErrName},
			{"short password", login.NewUser{Login: "cy", Password: "1234567"}, login.ErrWeak},
			{"name as password", login.NewUser{Login: "cycycycy", Password: "CYcycycy"}, login.ErrWeak},
			{"endless password", login.NewUser{Login: "cy", Password: strings.Repeat("x", 257)}, login.ErrWeak},
			{"no zone", login.NewUser{Login: "cy", Password: password, Settings: login.Settings{Zone: "Mars/Base"}}, login.ErrSetting},
			{"no theme", login.NewUser{Login: "cy", Password: password, Settings: login.Settings{Theme: "pink"}}, login.ErrSetting},
		} {
			tt.give.Name, tt.give.Country = "Cy", "DE"
			if _, err := w.s.CreateUser(t.Context(), dbtest.Tenant, tt.give); !errors.Is(err, tt.want) {
				t.Errorf("%s: CreateUser = %v, want %v", tt.name, err, tt.want)
			}
		}
		if n := w.count(t, `SELECT count(*) FROM login_user WHERE tenant_id = ?`); n != 2 {
			t.Errorf("%d users after refusals, want the first 2", n)
		}
		waiting, err := w.s.CreateUser(t.Context(), dbtest.Tenant, login.NewUser{Name: "Cy", Login: "cy", Country: "DE"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: "cy"}); !errors.Is(err, login.ErrRefused) {
			t.Errorf("Login without a password = %v", err)
		}
		if err := w.s.SetPassword(t.Context(), dbtest.Tenant, waiting, password, ""); err != nil {
			t.Fatal(err)
		}
		w.login(t, "cy")
	})
}

// A hash that was made at another cost is renewed when its password is seen.
func TestCostRises(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dear, err := login.New(login.Options{DB: w.db, Ring: w.ring, Guard: guard, Cost: login.Cost{Memory: 128, Time: 2, Threads: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dear.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: password}); err != nil {
			t.Fatal(err)
		}
		if n := w.count(t, `SELECT count(*) FROM login_user WHERE tenant_id = ? AND password LIKE '$argon2id$v=19$m=128,t=2,p=1$%'`); n != 1 {
			t.Errorf("%d hashes at the new cost, want 1", n)
		}
		w.login(t, "bo")
	})
}

func TestErase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		secret := w.login(t, "bo")
		c, err := w.who(t, w.s, "127.0.0.1", secret, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return w.s.Erase(ctx, tx, c.Person) }); err != nil {
			t.Fatal(err)
		}
		if c, err := w.who(t, w.s, "127.0.0.1", secret, ""); err != nil || !c.User.IsZero() {
			t.Errorf("after the erasure the session is %v, %v", c.User, err)
		}
		if _, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: "bo", Password: password}); !errors.Is(err, login.ErrRefused) {
			t.Errorf("Login after the erasure = %v", err)
		}
		w.user(t, "Bo the second", "bo") // the name is free again
	})
}

// Names, e-mails, passwords, tokens and addresses lie nowhere in clear.
func TestNothingIsReadable(t *testing.T) {
	t.Parallel()
	w := build(t, dbtest.SQLite(t, schemas...)) // the file can be read whole
	secret := w.login(t, "bo")
	_, token, err := w.s.CreateToken(t.Context(), dbtest.Tenant, login.NewToken{Name: "ERP", User: w.agent})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(w.home.URL)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		t.Fatal("no database to look into")
	}
	for _, text := range []string{"Bo Agent", "Ada Admin", "ada@first.example", password, secret, token, "192.0.2.7"} {
		if where := dbtest.Contains(t, dir, text); where != "" {
			t.Errorf("%q is readable in %s", text, where)
		}
	}
	if dbtest.Contains(t, dir, "First Service") == "" {
		t.Error("the search finds nothing at all")
	}
}

func (w *world) count(t *testing.T, query string) (n int64) {
	t.Helper()
	err := w.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, query, tx.Tenant()).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
