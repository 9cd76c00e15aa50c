package command_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

var counters = dbtest.Schema("test", `
CREATE TABLE test_counter (tenant_id BLOB NOT NULL, name TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant_id, name));`)

type reply struct {
	ID id.Case `json:"id"`
	N  int64   `json:"n"`
}

// as returns the context of a request of user n with a key and a fingerprint.
func as(ctx context.Context, tenant id.Tenant, user byte, key, print string) (context.Context, *command.Intent) {
	ctx = access.With(ctx, access.Caller{Tenant: tenant, User: id.User{0: user}})
	if key == "" {
		return ctx, nil
	}
	return command.With(ctx, []byte(key), []byte(print))
}

// count adds one to the counter of that name and returns its value.
func count(name string) func(ctx context.Context, tx *db.Tx) (reply, error) {
	return func(ctx context.Context, tx *db.Tx) (out reply, err error) {
		err = tx.Row(ctx, `
			INSERT INTO test_counter (tenant_id, name, n) VALUES (?, ?, 1)
			ON CONFLICT (tenant_id, name) DO UPDATE SET n = test_counter.n + 1 RETURNING n`, tx.Tenant(), name).Scan(&out.N)
		out.ID = id.Case{15: byte(out.N)}
		return out, err
	}
}

func counted(t *testing.T, d *db.DB, tenant id.Tenant, name string) int64 {
	t.Helper()
	n, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
		err = tx.Row(ctx, `SELECT COALESCE(SUM(n), 0) FROM test_counter WHERE tenant_id = ? AND name = ?`, tx.Tenant(), name).Scan(&n)
		return n, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func stored(t *testing.T, d *db.DB, tenant id.Tenant) int64 {
	t.Helper()
	n, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
		err = tx.Row(ctx, `SELECT COUNT(*) FROM command_reply WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
		return n, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range []struct {
			name       string
			tenant     id.Tenant
			user       byte
			key, print string
			want       int64
			replayed   bool
			err        error
		}{
			{"first", dbtest.Tenant, 1, "k", "a", 1, false, nil},
			{"again", dbtest.Tenant, 1, "k", "a", 1, true, nil},
			{"other request", dbtest.Tenant, 1, "k", "b", 0, true, command.ErrKeyReused},
			{"other key", dbtest.Tenant, 1, "l", "a", 2, false, nil},
			{"other user", dbtest.Tenant, 2, "k", "b", 3, false, nil},
			{"other tenant", dbtest.Other, 1, "k", "b", 1, false, nil},
			{"visitor", dbtest.Tenant, 0, "k", "a", 4, false, nil},
			{"visitor again", dbtest.Tenant, 0, "k", "a", 4, true, nil},
			{"no key", dbtest.Tenant, 1, "", "", 5, false, nil},
			{"no key again", dbtest.Tenant, 1, "", "", 6, false, nil},
			{"first once more", dbtest.Tenant, 1, "k", "a", 1, true, nil},
		} {
			ctx, intent := as(t.Context(), tt.tenant, tt.user, tt.key, tt.print)
			got, err := command.Run(ctx, d, count("c"))
			if !errors.Is(err, tt.err) || (tt.err == nil && err != nil) {
				t.Fatalf("%s: %v, want %v", tt.name, err, tt.err)
			}
			if err != nil {
				continue
			}
			if got.N != tt.want || got.ID != (id.Case{15: byte(tt.want)}) {
				t.Errorf("%s: %+v, want %d", tt.name, got, tt.want)
			}
			if intent != nil && intent.Replayed() != tt.replayed {
				t.Errorf("%s: Replayed is %v", tt.name, intent.Replayed())
			}
		}
	}, command.Schema(), counters)
}

func TestFailureStoresNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("broken")
		ctx, _ := as(t.Context(), dbtest.Tenant, 1, "k", "a")
		_, err := command.Run(ctx, d, func(ctx context.Context, tx *db.Tx) (reply, error) {
			if _, err := count("c")(ctx, tx); err != nil {
				return reply{}, err
			}
			return reply{}, broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if n := stored(t, d, dbtest.Tenant); n != 0 {
			t.Errorf("%d replies are stored", n)
		}
		got, err := command.Run(ctx, d, count("c"))
		if err != nil || got.N != 1 {
			t.Errorf("Run after a failure = %+v, %v, want the first count", got, err)
		}
	}, command.Schema(), counters)
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := command.Run(t.Context(), d, count("c")); err == nil {
			t.Error("a command without a caller runs")
		}
		ctx, _ := as(t.Context(), dbtest.Tenant, 1, "k", "a")
		if _, err := command.Run(ctx, d, count("c")); err != nil {
			t.Fatal(err)
		}
		if _, err := command.Run(ctx, d, count("c")); err == nil {
			t.Error("one request runs two commands under one key")
		}
		if n := counted(t, d, dbtest.Tenant, "c"); n != 1 {
			t.Errorf("counted %d, want 1", n)
		}
	}, command.Schema(), counters)
}

// TestConcurrentKeys has many requests race under few keys, through several
// connections to one database: each key counts once and all hear the same.
func TestConcurrentKeys(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		dbs := []*db.DB{d}
		if d.Postgres() {
			dbs = append(dbs, h.Open(t, db.Options{}), h.Open(t, db.Options{}))
		}
		rapid.Check(t, func(rt *rapid.T) {
			keys := rapid.IntRange(1, 4).Draw(rt, "keys")
			calls := rapid.SliceOfN(rapid.IntRange(0, keys-1), 2, 24).Draw(rt, "calls")
			fails := rapid.SliceOfN(rapid.Bool(), len(calls), len(calls)).Draw(rt, "fails")
			race(rt, t, dbs, calls, fails)
		})
	}, command.Schema(), counters)
}

var errMeant = errors.New("meant to fail")

// races numbers the races, so that each has keys of its own.
var races struct {
	sync.Mutex
	n int
}

func race(rt *rapid.T, t *testing.T, dbs []*db.DB, calls []int, fails []bool) {
	races.Lock()
	races.n++
	base := fmt.Sprintf("%s/%d", t.Name(), races.n)
	races.Unlock()
	var wg sync.WaitGroup
	var mu sync.Mutex
	heard, fresh := map[int]map[reply]bool{}, map[int]int{}
	for i, key := range calls {
		wg.Go(func() {
			name := fmt.Sprintf("%s/%d", base, key)
			ctx, intent := as(t.Context(), dbtest.Tenant, 1, name, "a")
			got, err := command.Run(ctx, dbs[i%len(dbs)], func(ctx context.Context, tx *db.Tx) (reply, error) {
				out, err := count(name)(ctx, tx)
				if fails[i] && err == nil {
					err = errMeant
				}
				return out, err
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, errMeant):
				return
			case err != nil:
				rt.Errorf("call %d: %v", i, err)
			}
			if heard[key] == nil {
				heard[key] = map[reply]bool{}
			}
			heard[key][got] = true
			if !intent.Replayed() {
				fresh[key]++
			}
		})
	}
	wg.Wait()
	for key, replies := range heard {
		n := counted(t, dbs[0], dbtest.Tenant, fmt.Sprintf("%s/%d", base, key))
		if len(replies) != 1 || fresh[key] != 1 || n != 1 {
			rt.Errorf("key %d: replies %v, %d fresh, counted %d; want one of each", key, replies, fresh[key], n)
		}
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		machine := clock.NewSet(dbtest.Now)
		d := h.Open(t, db.Options{Machine: machine.Now})
		run := func(key string) *command.Intent {
			ctx, intent := as(t.Context(), dbtest.Tenant, 1, key, "a")
			if _, err := command.Run(ctx, d, count("c")); err != nil {
				t.Fatal(err)
			}
			return intent
		}
		run("old")
		machine.To(dbtest.Now.Add(command.Kept / 2))
		run("young")
		machine.To(dbtest.Now.Add(command.Kept + time.Microsecond))
		n, err := command.Sweep(t.Context(), d, dbtest.Tenant)
		if err != nil || n != 1 {
			t.Errorf("Sweep = %d, %v, want 1", n, err)
		}
		if !run("young").Replayed() || run("old").Replayed() {
			t.Error("Sweep has taken the young reply or left the old one")
		}
	}, command.Schema(), counters)
}

func BenchmarkRun(b *testing.B) {
	d := dbtest.SQLite(b, command.Schema(), counters).Open(b, db.Options{NoSync: true})
	for _, keyed := range []bool{false, true} {
		b.Run(fmt.Sprintf("key=%v", keyed), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n++
				key := ""
				if keyed {
					key = id.New[id.EventKind]().String()
				}
				ctx, _ := as(b.Context(), dbtest.Tenant, 1, key, "a")
				if _, err := command.Run(ctx, d, count("bench")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
