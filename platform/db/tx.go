package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Tx is a running step. It belongs to the goroutine that runs the step and ends
// with it.
type Tx struct {
	c       querier
	tenant  id.Tenant
	now     time.Time
	machine time.Time
	db      *DB
	pg      bool
	before  []func(ctx context.Context) error
	after   []func()
	local   map[any]any
}

// querier runs SQL in the engine's own words, with arguments that are plain.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (int64, error)
	query(ctx context.Context, query string, args ...any) (*Rows, error)
	put(ctx context.Context, taken error, query string, args ...any) error
	each(ctx context.Context, query string, sets [][]any, fn func(i int, rows *Rows) error) error
}

// Tenant is whose step this is; zero across tenants.
func (t *Tx) Tenant() id.Tenant { return t.tenant }

// Now is the domain time at which the step began.
func (t *Tx) Now() time.Time { return t.now }

// Machine is the wall-clock time at which the step began.
func (t *Tx) Machine() time.Time { return t.machine }

// Postgres reports which engine runs the step.
func (t *Tx) Postgres() bool { return t.pg }

// ForUpdate is " FOR UPDATE" on PostgreSQL and "" on SQLite, whose one writer
// needs no row locks.
func (t *Tx) ForUpdate() string {
	if t.pg {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked is " FOR UPDATE SKIP LOCKED" on PostgreSQL and "" on SQLite.
func (t *Tx) SkipLocked() string {
	if t.pg {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Exec runs a statement and returns how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return t.c.exec(ctx, t.rebind(query), plain(args)...)
}

// Put runs a statement of which nobody asks how many rows it touched. On PostgreSQL
// it goes to the server together with the next statement that is asked for
// something, or with the commit; what is wrong with it ends the step there. Its
// arguments belong to the step from now on.
func (t *Tx) Put(ctx context.Context, query string, args ...any) error {
	return t.c.put(ctx, nil, t.rebind(query), plain(args)...)
}

// PutNew is Put of rows that are new; if a row with the same key stands already, the
// step ends with taken. With ErrRetry it is run again, and sees what another step
// has stored meanwhile.
func (t *Tx) PutNew(ctx context.Context, taken error, query string, args ...any) error {
	return t.c.put(ctx, taken, t.rebind(query), plain(args)...)
}

// Row runs a query for one row.
func (t *Tx) Row(ctx context.Context, query string, args ...any) *Row {
	rows, err := t.Rows(ctx, query, args...)
	return &Row{rows, err}
}

// Rows runs a query; Collect reads and closes what it returns.
func (t *Tx) Rows(ctx context.Context, query string, args ...any) (*Rows, error) {
	return t.c.query(ctx, t.rebind(query), plain(args)...)
}

// Each runs a query once for each set of arguments and hands what the i-th returned
// to fn, for Collect. On PostgreSQL all go to the server in one message.
func (t *Tx) Each(ctx context.Context, query string, sets [][]any, fn func(i int, rows *Rows) error) error {
	for _, args := range sets {
		plain(args)
	}
	return t.c.each(ctx, t.rebind(query), sets, fn)
}

// BeforeCommit has fn called once when the step's function is done, as the last
// part of the step; what it returns ends the step. It is for writing at once what
// the step has gathered.
func (t *Tx) BeforeCommit(fn func(ctx context.Context) error) { t.before = append(t.before, fn) }

// Local returns what lives under key as long as the step, and makes it first if
// need be.
func Local[T any](t *Tx, key any, fresh func() T) T {
	v, ok := t.local[key]
	if !ok {
		if t.local == nil {
			t.local = map[any]any{}
		}
		v = fresh()
		t.local[key] = v
	}
	return v.(T) //nolint:forcetypeassert // a key is of one type
}

// finish does what waits for the end of the step.
func (t *Tx) finish(ctx context.Context) error {
	for len(t.before) > 0 {
		fn := t.before[0]
		t.before = t.before[1:]
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit has fn called once, when the step is durable, on the goroutine
// that called InTx. It is for wake-ups and hints: what must happen is an event.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

// Lock holds the named locks until the step ends, so that one step of all processes
// at a time is inside. They are taken in the order given: who takes several gives
// them sorted. SQLite's one writer holds them already.
func (t *Tx) Lock(ctx context.Context, names ...string) error {
	if !t.pg || len(names) == 0 {
		return nil
	}
	args := make([]any, len(names))
	for i, n := range names {
		args[i] = n
	}
	for len(args)&(len(args)-1) != 0 { // powers of two, so that few statements have to be prepared
		args = append(args, names[len(names)-1])
	}
	return t.Put(ctx, `SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM (VALUES (?::text)`+
		strings.Repeat(`, (?::text)`, len(args)-1)+`) lock (name)`, args...)
}

// TryLock is Lock that reports false instead of waiting.
func (t *Tx) TryLock(ctx context.Context, name string) (ok bool, err error) {
	if !t.pg {
		return true, nil
	}
	return ok, t.Row(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))`, name).Scan(&ok)
}

// Notify tells every process that listens on the channel, when the step is
// durable: this one at once, the others soon after, and not at all if this one
// ends in between. The payload is at most 7,900 bytes and holds no personal data.
func (t *Tx) Notify(channel, payload string) {
	t.AfterCommit(func() {
		t.db.tell(channel, payload)
		t.db.engine.announce(channel, payload)
	})
}

func (t *Tx) rebind(query string) string {
	if !t.pg {
		return query
	}
	return rebind(query)
}

// plain turns arguments into what both engines store alike: nil, int64, float64,
// string and []byte.
func plain(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case nil, int64, string, []byte, float64:
		case int:
			args[i] = int64(v)
		case time.Time:
			args[i] = micros(v)
		case bool:
			args[i] = bit(v)
		case id.Raw:
			args[i] = v[:]
		case interface {
			Raw() id.Raw
			IsZero() bool
		}:
			args[i] = bytesOf(v.Raw(), v.IsZero())
		default:
			args[i] = byKind(a)
		}
	}
	return args
}

// bytesOf is how an id is stored; the zero id is NULL.
func bytesOf(r id.Raw, zero bool) any {
	if zero {
		return nil
	}
	return r[:]
}

func byKind(a any) any {
	v := reflect.ValueOf(a)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint())
	case reflect.Bool:
		return bit(v.Bool())
	default:
		return ofValuer(a)
	}
}

func ofValuer(a any) any {
	given, ok := a.(driver.Valuer)
	if !ok {
		return a // which no engine takes
	}
	v, err := given.Value()
	if err != nil {
		return err
	}
	return plain([]any{v})[0]
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// micros is how an instant is stored; the zero time is NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

type instant struct{ t *time.Time }

// At scans a stored instant into t; NULL is the zero time.
func At(t *time.Time) sql.Scanner { return instant{t} }

// Scan implements sql.Scanner.
func (i instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("scan instant from %T", src)
	}
	return nil
}
