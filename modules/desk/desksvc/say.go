package desksvc

import (
	"context"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// saying is something that somebody wants to add to a case.
type saying struct {
	Text     string     `json:"text" minLength:"1" maxLength:"8000"`
	Language locale.Tag `json:"language,omitempty" maxLength:"35"`
	Internal bool       `json:"internal,omitempty" doc:"a note that the customer never sees"`
}

// keyOf returns the key of the requester of a case that the caller may see.
func (m *Module) keyOf(ctx context.Context, tenant id.Tenant, c id.Case, action, kind string) (row, *keys.Key, error) {
	r, err := m.read(ctx, tenant, c)
	if err != nil {
		return r, nil, err
	}
	res := r.resource()
	res.Kind = kind
	if err := m.guard.Can(ctx, action, res); err != nil {
		return r, nil, err
	}
	key, err := m.ring.Get(ctx, tenant, r.Requester)
	return r, key, err
}

func (m *Module) read(ctx context.Context, tenant id.Tenant, c id.Case) (row, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (row, error) { return byID(ctx, tx, c) })
}

// Say adds a message to the customer, or a note. The first message answers the
// case: its response clock stops.
func (m *Module) Say(ctx context.Context, c id.Case, s saying) (moved, error) {
	action, kind, what := "message.write", "message", kindOut
	if s.Internal {
		action, kind, what = "note.write", "note", kindNote
	}
	if s.Text = strings.TrimSpace(s.Text); s.Text == "" {
		return moved{}, desk.ErrEmpty.At("/text", "required")
	}
	caller, _ := access.From(ctx)
	r, key, err := m.keyOf(ctx, caller.Tenant, c, action, kind)
	if err != nil {
		return moved{}, err
	}
	if s.Language == "" {
		s.Language = r.Language
	}
	e := entry{
		ID: id.New[id.MessageKind](), Case: c, Kind: what, Channel: desk.ByPortal, Author: caller.User,
		Language: s.Language, Body: key.Seal(sealBody, []byte(s.Text)),
	}
	return m.change(ctx, c, "case.read", "", func(ctx context.Context, tx *db.Tx, r *row) error {
		if r.State.Over() {
			return desk.ErrOver.With("state", r.State)
		}
		e.At = tx.Now()
		if err := insertEntry(ctx, tx, e); err != nil || what == kindNote {
			return err
		}
		if err := m.tell(ctx, tx, news{Case: c, What: desk.Answered, Message: e.ID}); err != nil {
			return err
		}
		return m.responded(ctx, tx, r)
	})
}

// responded notes the first answer to the customer.
func (m *Module) responded(ctx context.Context, tx *db.Tx, r *row) error {
	if r.Responded.IsZero() {
		r.Responded = tx.Now()
		if err := m.bus.Publish(ctx, tx, desk.CaseResponded{Case: r.ID, At: r.Responded}); err != nil {
			return err
		}
	}
	if r.State != desk.New {
		return nil
	}
	return m.step(ctx, tx, r, desk.Begin, "", "desk.answered")
}
