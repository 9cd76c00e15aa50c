package persons

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the persons' tables.
func Schema() db.Schema { return db.Schema{Name: "persons", Files: migrations} }

// Put writes a new person in the caller's step. The key is the one that
// ring.Create made for p.ID before the step.
func Put(ctx context.Context, tx *db.Tx, key *keys.Key, ring *keys.Ring, p Person) error {
	s, err := prepare(tx, key, p)
	if err != nil {
		return err
	}
	phone, email := hashes(tx, ring, p)
	err = tx.Put(ctx, `
		INSERT INTO persons_person (tenant_id, id, country, language, name, phone, email, address,
			phone_hash, email_hash, version, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
		tx.Tenant(), p.ID, p.Country, p.Language, s.name, s.phone, s.email, s.address, phone, email, tx.Now())
	if err != nil {
		return fmt.Errorf("insert person: %w", err)
	}
	return insertBlind(ctx, tx, p.ID, phone, email)
}

// Replace overwrites all fields of a person, whose Version must be the one that
// the caller saw: ErrStale otherwise, ErrErased after an erasure.
func Replace(ctx context.Context, tx *db.Tx, key *keys.Key, ring *keys.Ring, p Person) error {
	s, err := prepare(tx, key, p)
	if err != nil {
		return err
	}
	if err := freeBlind(ctx, tx, p.ID); err != nil {
		return err
	}
	phone, email := hashes(tx, ring, p)
	n, err := tx.Exec(ctx, `
		UPDATE persons_person SET country = ?, language = ?, name = ?, phone = ?, email = ?, address = ?,
			phone_hash = ?, email_hash = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ? AND erased_at IS NULL`,
		p.Country, p.Language, s.name, s.phone, s.email, s.address, phone, email, tx.Tenant(), p.ID, p.Version)
	if err != nil {
		return fmt.Errorf("update person: %w", err)
	}
	if n == 0 {
		return whyNot(ctx, tx, p.ID)
	}
	return insertBlind(ctx, tx, p.ID, phone, email)
}

func prepare(tx *db.Tx, key *keys.Key, p Person) (Sealed, error) {
	if key.Person() != p.ID || key.Tenant() != tx.Tenant() {
		return Sealed{}, ErrKey
	}
	for _, c := range p.contacts() {
		if !c.Valid() {
			return Sealed{}, fmt.Errorf("%s: %w", c.Kind, ErrNotNormal)
		}
	}
	return seal(key, p)
}

// whyNot says why a write of the person touched nothing.
func whyNot(ctx context.Context, tx *db.Tx, p id.Person) error {
	s, err := Load(ctx, tx, p)
	switch {
	case err != nil:
		return err
	case s.open.Erased:
		return ErrErased
	default:
		return ErrStale
	}
}

// hashes returns the blind hash of each contact, nil for one that p lacks.
func hashes(tx *db.Tx, ring *keys.Ring, p Person) (phone, email []byte) {
	if p.Phone != "" {
		phone = ring.Blind(tx.Tenant(), string(Phone), p.Phone)
	}
	if p.Email != "" {
		email = ring.Blind(tx.Tenant(), string(Email), p.Email)
	}
	return phone, email
}

func insertBlind(ctx context.Context, tx *db.Tx, p id.Person, phone, email []byte) error {
	var rows []string
	var args []any
	for _, h := range []struct {
		kind Kind
		hash []byte
	}{{Phone, phone}, {Email, email}} {
		if h.hash != nil {
			rows, args = append(rows, "(?, ?, ?, ?)"), append(args, tx.Tenant(), h.kind, h.hash, p)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err := tx.Put(ctx, `INSERT INTO persons_blind (tenant_id, kind, hash, person_id) VALUES `+strings.Join(rows, ", "), args...)
	if err != nil {
		return fmt.Errorf("insert blind hash: %w", err)
	}
	return nil
}

// freeBlind locks the person's row and deletes the hashes that lead to it. It
// finds them by what the row remembers, so the table needs no second index.
func freeBlind(ctx context.Context, tx *db.Tx, p id.Person) error {
	var phone, email []byte
	err := tx.Row(ctx, `SELECT phone_hash, email_hash FROM persons_person WHERE tenant_id = ? AND id = ?`+tx.ForUpdate(),
		tx.Tenant(), p).Scan(&phone, &email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock person: %w", err)
	}
	for kind, hash := range map[Kind][]byte{Phone: phone, Email: email} {
		err := tx.Put(ctx, `DELETE FROM persons_blind WHERE tenant_id = ? AND kind = ? AND hash = ? AND person_id = ?`,
			tx.Tenant(), kind, hash, p)
		if err != nil {
			return fmt.Errorf("delete blind hash: %w", err)
		}
	}
	return nil
}

// Find returns the newest person with the contact; several may share one. It
// does not fetch keys and may run inside a step.
func Find(ctx context.Context, tx *db.Tx, ring *keys.Ring, c Contact) (p id.Person, found bool, err error) {
	all, err := FindEach(ctx, tx, ring, c)
	if err != nil || len(all[0]) == 0 {
		return id.Person{}, false, err
	}
	return all[0][0], true, nil
}

// findLimit bounds how many persons one contact leads to.
const findLimit = 50

// FindEach returns the persons with each of the contacts, newest first, at most 50.
func FindEach(ctx context.Context, tx *db.Tx, ring *keys.Ring, contacts ...Contact) ([][]id.Person, error) {
	sets, out := make([][]any, len(contacts)), make([][]id.Person, len(contacts))
	for i, c := range contacts {
		if !c.Valid() {
			return nil, ErrNotNormal
		}
		sets[i] = []any{tx.Tenant(), c.Kind, ring.Blind(tx.Tenant(), string(c.Kind), c.Value), findLimit}
	}
	err := tx.Each(ctx, `
		SELECT person_id FROM persons_blind WHERE tenant_id = ? AND kind = ? AND hash = ?
		ORDER BY person_id DESC LIMIT ?`, sets, func(i int, rows *db.Rows) (err error) {
		out[i], err = db.Collect(rows, nil, func(scan func(...any) error) (p id.Person, err error) { return p, scan(&p) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find person: %w", err)
	}
	return out, nil
}

// Load returns a person as stored, or ErrNotFound. It may run inside a step.
func Load(ctx context.Context, tx *db.Tx, p id.Person) (s Sealed, err error) {
	var erasedAt time.Time
	err = tx.Row(ctx, `
		SELECT id, country, language, name, phone, email, address, version, created_at, erased_at
		FROM persons_person WHERE tenant_id = ? AND id = ?`, tx.Tenant(), p).
		Scan(&s.open.ID, &s.open.Country, &s.open.Language, &s.name, &s.phone, &s.email, &s.address,
			&s.open.Version, db.At(&s.open.Created), db.At(&erasedAt))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Sealed{}, ErrNotFound
	case err != nil:
		return Sealed{}, fmt.Errorf("load person: %w", err)
	}
	s.open.Erased = !erasedAt.IsZero()
	return s, nil
}

// Known returns which of the persons have a row, erased ones too. It is what
// keys.Ring.Sweep asks.
func Known(ctx context.Context, tx *db.Tx, persons []id.Person) (map[id.Person]bool, error) {
	out := make(map[id.Person]bool, len(persons))
	for _, p := range persons {
		var n int64
		err := tx.Row(ctx, `SELECT count(*) FROM persons_person WHERE tenant_id = ? AND id = ?`, tx.Tenant(), p).Scan(&n)
		if err != nil {
			return nil, fmt.Errorf("known persons: %w", err)
		}
		out[p] = n > 0
	}
	return out, nil
}

// Erase takes away what leads to the person and what is sealed, and reports
// whether anything was there to take. The caller has shredded the key.
func Erase(ctx context.Context, tx *db.Tx, p id.Person) (erased bool, err error) {
	if err := freeBlind(ctx, tx, p); err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `
		UPDATE persons_person SET language = '', name = NULL, phone = NULL, email = NULL, address = NULL,
			phone_hash = NULL, email_hash = NULL, version = version + 1, erased_at = ?
		WHERE tenant_id = ? AND id = ? AND erased_at IS NULL`, tx.Now(), tx.Tenant(), p)
	if err != nil {
		return false, fmt.Errorf("erase person: %w", err)
	}
	return n > 0, nil
}
