// Package leaf lets a step promise, in its own transaction, that a record was
// so: it appends a leaf, which the proof log takes in within a second.
//
// A leaf holds a salted commitment to the record and pseudonyms, never personal
// data. The salt is sealed with the key of the person concerned: once that key
// is destroyed nobody can tell what was committed to, and the log still verifies.
package leaf

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

//go:embed migrations/*.sql
var files embed.FS

// Schema is what the package keeps in the database.
func Schema() db.Schema {
	return db.Schema{Name: "leaf", Files: files, Shared: []string{"leaf_pending"}}
}

// ErrNotFound: there is no such leaf.
var ErrNotFound = fault.New(fault.NotFound, "leaf.not_found")

// Channel wakes who takes leaves in.
const wake = "leaf"

const saltContext = "leaf_entry.salt"

// Entry is what a step promises.
type Entry struct {
	Kind    string    // such as "service_record"
	Subject id.Raw    // the case, the statement …
	Record  any       // becomes JSON; ids, codes, amounts and hashes only
	Key     *keys.Key // of the person concerned; nil if there is none
}

// Leaf is an entry as kept.
type Leaf struct {
	ID         id.Leaf
	Kind       string
	Subject    id.Raw
	Record     json.RawMessage
	Salt       []byte // as stored: sealed if Person is set
	Person     id.Person
	Commitment [sha256.Size]byte
	At         time.Time
	Place      int64 // in the log; -1 while pending
}

// data is the form in which the log hashes a leaf. Its members never change
// their order or meaning; a new meaning is a new v.
type data struct {
	Version    int    `json:"v"`
	Kind       string `json:"kind"`
	Leaf       string `json:"leaf"`
	AtMicros   int64  `json:"at_us"`
	Commitment string `json:"c"`
}

// Data is what the log hashes for the leaf: no record, no salt, no person.
func (l Leaf) Data() []byte {
	b, err := json.Marshal(data{1, l.Kind, l.ID.String(), l.At.UnixMicro(), hex.EncodeToString(l.Commitment[:])})
	if err != nil {
		panic(err) // strings and integers always marshal
	}
	return b
}

// Commit is the commitment to a record: SHA-256 over the salt and its JSON.
func Commit(salt, record []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(record)
	return [sha256.Size]byte(h.Sum(nil))
}

// Append promises the entry in the caller's step.
func Append(ctx context.Context, tx *db.Tx, e Entry) (id.Leaf, error) {
	record, err := json.Marshal(e.Record)
	if err != nil {
		return id.Leaf{}, fmt.Errorf("leaf record: %w", err)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, as its documentation says
	l, commitment := id.New[id.LeafKind](), Commit(salt, record)
	var person id.Person
	if e.Key != nil {
		person, salt = e.Key.Person(), e.Key.Seal(saltContext, salt)
	}
	err = tx.Put(ctx, `
		INSERT INTO leaf_entry (tenant_id, id, kind, subject_id, record, salt, person_id, commitment, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), l, e.Kind, e.Subject, string(record), salt, person, commitment[:], tx.Now())
	if err != nil {
		return id.Leaf{}, fmt.Errorf("append leaf: %w", err)
	}
	if err = tx.Put(ctx, `INSERT INTO leaf_pending (tenant_id, id) VALUES (?, ?)`, tx.Tenant(), l); err != nil {
		return id.Leaf{}, fmt.Errorf("append leaf: %w", err)
	}
	nudge(tx)
	return l, nil
}

// nudge wakes the log where that is free; on PostgreSQL it looks by itself.
func nudge(tx *db.Tx) {
	if !tx.Postgres() {
		tx.Notify(db.ChannelWake, wake)
	}
}

// Woken has fn called when leaves may be waiting; a hint that can be missed.
func Woken(d *db.DB, fn func()) (stop func()) {
	return d.Woken(wake, fn)
}

// Waiting lists the tenants that have pending leaves.
func Waiting(ctx context.Context, d *db.DB) (out []id.Tenant, err error) {
	err = d.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Rows(ctx, `SELECT DISTINCT tenant_id FROM leaf_pending`)
		out, err = db.Collect(rows, err, func(scan func(...any) error) (t id.Tenant, err error) { return t, scan(&t) })
		return err
	})
	return out, err
}

const columns = `e.id, e.kind, e.subject_id, e.record, e.salt, e.person_id, e.commitment, e.at, e.place`

func scanLeaf(scan func(...any) error) (l Leaf, err error) {
	var subject, commitment []byte
	var record string
	var place *int64
	if err := scan(&l.ID, &l.Kind, &subject, &record, &l.Salt, &l.Person, &commitment, db.At(&l.At), &place); err != nil {
		return l, err
	}
	if len(subject) != 16 || len(commitment) != sha256.Size {
		return l, errors.New("leaf: a column has the wrong length")
	}
	l.Subject, l.Commitment, l.Record, l.Place = id.Raw(subject), [sha256.Size]byte(commitment), json.RawMessage(record), -1
	if place != nil {
		l.Place = *place
	}
	return l, nil
}

// Pending returns up to n leaves that the log has not taken in, oldest id first.
func Pending(ctx context.Context, tx *db.Tx, n int) ([]Leaf, error) {
	rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM leaf_pending p JOIN leaf_entry e ON e.tenant_id = p.tenant_id AND e.id = p.id
		WHERE p.tenant_id = ? ORDER BY p.id LIMIT ?`, tx.Tenant(), n)
	return db.Collect(rows, err, scanLeaf)
}

// Place says that the log took the pending leaves in at the index and those after
// it. Each is named by its whole key: of a list of keys PostgreSQL may think, when
// the table was empty lately, that it had better look at all that are pending.
func Place(ctx context.Context, tx *db.Tx, leaves []Leaf, index int64) error {
	keys := make([][]any, len(leaves))
	for i, l := range leaves {
		keys[i] = []any{tx.Tenant(), l.ID}
		err := tx.Put(ctx, `UPDATE leaf_entry SET place = ? WHERE tenant_id = ? AND id = ?`, index+int64(i), tx.Tenant(), l.ID)
		if err != nil {
			return err
		}
	}
	return tx.Each(ctx, `DELETE FROM leaf_pending WHERE tenant_id = ? AND id = ? RETURNING 1`, keys, func(_ int, rows *db.Rows) error {
		gone, err := db.Collect(rows, nil, func(scan func(...any) error) (n int64, err error) { return n, scan(&n) })
		if err == nil && len(gone) == 0 {
			err = db.ErrRetry // another sequencer was here
		}
		return err
	})
}

// ByID returns the leaf, or ErrNotFound.
func ByID(ctx context.Context, tx *db.Tx, l id.Leaf) (Leaf, error) {
	out, err := scanLeaf(tx.Row(ctx, `SELECT `+columns+` FROM leaf_entry e WHERE e.tenant_id = ? AND e.id = ?`, tx.Tenant(), l).Scan)
	return out, db.NotFound(err, ErrNotFound)
}

// Of lists the leaves of a subject, oldest first; there are few of each.
func Of(ctx context.Context, tx *db.Tx, subject id.Raw) ([]Leaf, error) {
	rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM leaf_entry e WHERE e.tenant_id = ? AND e.subject_id = ? ORDER BY e.id LIMIT 200`, tx.Tenant(), subject)
	return db.Collect(rows, err, scanLeaf)
}

// OpenSalt returns the salt of the leaf, or keys.ErrErased when the person's key
// is gone.
func (l Leaf) OpenSalt(ctx context.Context, ring *keys.Ring, tenant id.Tenant) ([]byte, error) {
	if l.Person.IsZero() {
		return l.Salt, nil
	}
	k, err := ring.Get(ctx, tenant, l.Person)
	if err != nil {
		return nil, err
	}
	return k.Open(saltContext, l.Salt)
}

// CountPending is how many leaves of all tenants wait, for the metrics.
func CountPending(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT count(*) FROM leaf_pending`).Scan(&n)
	})
	return n, err
}
