package mail

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// Entry is a letter as the outbox page shows it.
type Entry struct {
	ID        id.Mail    `json:"id"`
	Person    id.Person  `json:"person"`
	Kind      Kind       `json:"kind"`
	Lang      locale.Tag `json:"lang"`
	State     State      `json:"state"`
	Failure   string     `json:"failure,omitempty" doc:"Why it did not leave: refused, unreachable, erased, unreadable."`
	To        string     `json:"to" doc:"Empty once the person is erased."`
	Subject   string     `json:"subject"`
	Body      string     `json:"body,omitempty" doc:"Only for a single letter."`
	Attempts  int64      `json:"attempts"`
	CreatedAt time.Time  `json:"created_at"`
	SendAfter time.Time  `json:"send_after"`
	SentAt    time.Time  `json:"sent_at,omitzero"`
}

type sealedEntry struct {
	open                     Entry
	recipient, subject, body []byte
}

const columns = `id, person_id, kind, lang, state, failure, attempts, created_at, send_after, sent_at, recipient, subject, body`

func scanEntry(scan func(...any) error) (s sealedEntry, err error) {
	e := &s.open
	return s, scan(&e.ID, &e.Person, &e.Kind, &e.Lang, &e.State, &e.Failure, &e.Attempts,
		db.At(&e.CreatedAt), db.At(&e.SendAfter), db.At(&e.SentAt), &s.recipient, &s.subject, &s.body)
}

// List returns letters without their bodies, newest first, those before the
// given one; zero begins with the newest. It may not be called in a step.
func (b *Box) List(ctx context.Context, tenant id.Tenant, before id.Mail, limit int) ([]Entry, error) {
	if before.IsZero() {
		before = id.Mail{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	sealed, err := db.Get(ctx, b.db, tenant, func(ctx context.Context, tx *db.Tx) ([]sealedEntry, error) {
		rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM mail_message WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
			tx.Tenant(), before, limit)
		return db.Collect(rows, err, scanEntry)
	})
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	out, err := b.unseal(ctx, tenant, sealed)
	for i := range out {
		out[i].Body = ""
	}
	return out, err
}

// Get returns one letter, or ErrNotFound. It may not be called in a step.
func (b *Box) Get(ctx context.Context, tenant id.Tenant, m id.Mail) (Entry, error) {
	sealed, err := db.Get(ctx, b.db, tenant, func(ctx context.Context, tx *db.Tx) (sealedEntry, error) {
		return scanEntry(tx.Row(ctx, `SELECT `+columns+` FROM mail_message WHERE tenant_id = ? AND id = ?`, tx.Tenant(), m).Scan)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("load letter: %w", db.NotFound(err, ErrNotFound))
	}
	out, err := b.unseal(ctx, tenant, []sealedEntry{sealed})
	if err != nil {
		return Entry{}, err
	}
	return out[0], nil
}

// ByPerson returns every letter to the person, oldest first, for an export. It
// may not be called in a step.
func (b *Box) ByPerson(ctx context.Context, tenant id.Tenant, p id.Person) ([]Entry, error) {
	sealed, err := db.Get(ctx, b.db, tenant, func(ctx context.Context, tx *db.Tx) ([]sealedEntry, error) {
		rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM mail_message WHERE tenant_id = ? AND person_id = ? ORDER BY id`, tx.Tenant(), p)
		return db.Collect(rows, err, scanEntry)
	})
	if err != nil {
		return nil, fmt.Errorf("letters to person: %w", err)
	}
	return b.unseal(ctx, tenant, sealed)
}

// unseal opens what can be opened; a letter to an erased person stays without
// texts.
func (b *Box) unseal(ctx context.Context, tenant id.Tenant, list []sealedEntry) ([]Entry, error) {
	var persons []id.Person
	seen := map[id.Person]bool{}
	for _, s := range list {
		if !seen[s.open.Person] {
			seen[s.open.Person] = true
			persons = append(persons, s.open.Person)
		}
	}
	ks, err := b.ring.Many(ctx, tenant, persons...)
	if err != nil {
		return nil, fmt.Errorf("keys of letters: %w", err)
	}
	out := make([]Entry, len(list))
	for i, s := range list {
		if out[i], err = s.unseal(ks[s.open.Person]); err != nil {
			return nil, fmt.Errorf("open letter %s: %w", s.open.ID, err)
		}
	}
	return out, nil
}

func (s sealedEntry) unseal(key *keys.Key) (e Entry, err error) {
	e = s.open
	if key == nil || s.body == nil {
		return e, nil
	}
	e.To, e.Subject, e.Body, err = openTexts(key, s.recipient, s.subject, s.body)
	return e, err
}
