// Package command makes a step happen once, however often it is asked for.
//
// A client that does not hear an answer asks again with the same
// Idempotency-Key. Run holds the key and stores the reply in the transaction of
// the step itself: either both are there or neither. The same key with the same
// request is answered with the stored reply and changes nothing; with another
// request it is refused; while the first is still running the second waits for
// its outcome. A step that fails stores nothing, so it may be tried again.
// Replies are kept for Kept and then swept.
package command

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
)

// Kept is how long a reply can be repeated, on the machine clock.
const Kept = 72 * time.Hour

var (
	// ErrKeyReused: the key has already been used for another request.
	ErrKeyReused = fault.New(fault.Invalid, "api.idempotency_key_reused")

	// errTwice: one request ran two commands under one key, which is a mistake of
	// the use case: the second would get the reply of the first.
	errTwice    = errors.New("command: a second command under one idempotency key")
	errNoCaller = errors.New("command: nobody calls")
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is the table of replies.
func Schema() db.Schema { return db.Schema{Name: "command", Files: migrations} }

// Intent is what a client said about repeating itself. It belongs to one request.
type Intent struct {
	key, fingerprint []byte
	used, replayed   atomic.Bool
}

// With returns a context whose command runs under a key. Both the key and the
// fingerprint of the request are keyed hashes: what the client sent is not stored.
func With(ctx context.Context, key, fingerprint []byte) (context.Context, *Intent) {
	i := &Intent{key: bytes.Clone(key), fingerprint: bytes.Clone(fingerprint)}
	return context.WithValue(ctx, intentKey{}, i), i
}

type intentKey struct{}

// Replayed reports whether the reply was an old one.
func (i *Intent) Replayed() bool { return i.replayed.Load() }

// Run runs fn as one step of the caller's tenant, once for each idempotency key
// of the context; without a key it just runs it. What db.InTx asks of fn holds
// here too: it may be run again and does no I/O.
//
// T is stored as JSON for Kept, unsealed. It holds ids, states, versions and
// instants, and never personal data.
func Run[T any](ctx context.Context, d *db.DB, fn func(ctx context.Context, tx *db.Tx) (T, error)) (T, error) {
	var out T
	caller, ok := access.From(ctx)
	if !ok {
		return out, errNoCaller
	}
	intent, _ := ctx.Value(intentKey{}).(*Intent)
	if intent == nil {
		return db.Do(ctx, d, caller.Tenant, fn)
	}
	if intent.used.Swap(true) {
		return out, errTwice
	}
	err := d.InTx(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = once(ctx, tx, caller, intent, fn)
		return err
	})
	if err != nil {
		// Nothing is stored, so the same request may try again.
		intent.used.Store(false)
		intent.replayed.Store(false)
	}
	return out, err
}

// once holds the key until the step ends, so that the same request asked for twice
// at a time waits for the first. The row is written whole and at the end: keys lie
// at random, and every touch of one is a page to be written.
func once[T any](ctx context.Context, tx *db.Tx, c access.Caller, i *Intent, fn func(context.Context, *db.Tx) (T, error)) (out T, err error) {
	who := c.User.Raw()
	if err := tx.Lock(ctx, fmt.Sprintf("command %x %x", who, i.key)); err != nil {
		return out, fmt.Errorf("hold idempotency key: %w", err)
	}
	old, err := kept(ctx, tx, who, i)
	if err != nil {
		return out, err
	}
	i.replayed.Store(old != nil)
	if old != nil {
		if err := json.Unmarshal(old, &out); err != nil {
			return out, fmt.Errorf("decode stored reply: %w", err)
		}
		return out, nil
	}
	if out, err = fn(ctx, tx); err != nil {
		return out, err
	}
	reply, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("encode reply: %w", err)
	}
	// A process of an older version does not hold keys.
	err = tx.PutNew(ctx, db.ErrRetry, `INSERT INTO command_reply (tenant_id, caller, key, fingerprint, reply, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), who, i.key, i.fingerprint, reply, tx.Machine())
	if err != nil {
		return out, fmt.Errorf("store reply: %w", err)
	}
	return out, nil
}

// kept returns the reply that is stored under the key, or nil.
func kept(ctx context.Context, tx *db.Tx, who id.Raw, i *Intent) ([]byte, error) {
	var fingerprint, reply []byte
	err := tx.Row(ctx, `SELECT fingerprint, reply FROM command_reply WHERE tenant_id = ? AND caller = ? AND key = ?`,
		tx.Tenant(), who, i.key).Scan(&fingerprint, &reply)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("load reply: %w", err)
	case !bytes.Equal(fingerprint, i.fingerprint):
		return nil, ErrKeyReused
	}
	return reply, nil
}

// sweepAtOnce bounds a step of Sweep, so that it does not keep others waiting.
const sweepAtOnce = 2000

// Sweep removes a tenant's replies that are older than Kept and returns how
// many. It is periodic work, in steps of a bounded size.
func Sweep(ctx context.Context, d *db.DB, tenant id.Tenant) (swept int64, err error) {
	for {
		n, err := db.Do(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `
				DELETE FROM command_reply WHERE tenant_id = ? AND created_at < ? AND (caller, key) IN (
					SELECT caller, key FROM command_reply WHERE tenant_id = ? AND created_at < ?
					ORDER BY created_at LIMIT ?)`,
				tx.Tenant(), tx.Machine().Add(-Kept), tx.Tenant(), tx.Machine().Add(-Kept), sweepAtOnce)
		})
		swept += n
		if err != nil || n < sweepAtOnce {
			return swept, err
		}
	}
}
