package desksvc

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// entryKind says who said something to whom.
type entryKind string

const (
	kindIn   entryKind = "message_in"  // the customer to us
	kindOut  entryKind = "message_out" // we to the customer
	kindNote entryKind = "note"        // among us
)

// entry is something that was said, sealed.
type entry struct {
	ID       id.Message
	Case     id.Case
	Kind     entryKind
	Channel  desk.Channel
	Author   id.User // zero: the customer
	Language locale.Tag
	Body     []byte // sealed
	At       time.Time
}

// actor is who said it. Of us it is known whose account it was, not in which
// part they acted.
func (e entry) actor() access.Actor {
	if e.Kind == kindIn {
		return access.Actor{Kind: access.ByCustomer}
	}
	return access.Actor{User: e.Author}
}

func insertEntry(ctx context.Context, tx *db.Tx, e entry) error {
	err := tx.Put(ctx, `
		INSERT INTO desk_entry (tenant_id, case_id, id, kind, channel, author_id, language, body, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), e.Case, e.ID, e.Kind, e.Channel, e.Author, e.Language, e.Body, e.At)
	if err != nil {
		return fmt.Errorf("insert entry: %w", err)
	}
	return nil
}

// longest is how many entries a timeline shows; nobody scrolls further back.
const longest = 500

func entries(ctx context.Context, tx *db.Tx, c id.Case) ([]entry, error) {
	rows, err := tx.Rows(ctx, `SELECT id, kind, channel, author_id, language, body, at FROM desk_entry
		WHERE tenant_id = ? AND case_id = ? ORDER BY id DESC LIMIT ?`, tx.Tenant(), c, longest)
	return db.Collect(rows, err, func(scan func(...any) error) (e entry, err error) {
		e.Case = c
		return e, scan(&e.ID, &e.Kind, &e.Channel, &e.Author, &e.Language, &e.Body, db.At(&e.At))
	})
}
