package desksvc

import (
	"context"
	"fmt"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

const sealComment = "desk_rating.comment"

// stars is how a customer found it.
type stars struct {
	Stars   int64  `json:"stars" minimum:"1" maximum:"5"`
	Comment string `json:"comment,omitempty" maxLength:"4000"`
}

// rate keeps the customer's word, once.
func (m *Module) rate(ctx context.Context, c id.Case, key *keys.Key, s stars) (moved, error) {
	var comment []byte
	if text := strings.TrimSpace(s.Comment); text != "" {
		comment = key.Seal(sealComment, []byte(text))
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		r, err := lock(ctx, tx, c)
		if err != nil {
			return moved{}, err
		}
		if err := desk.Rate(r.State, r.Resolved, s.Stars, tx.Now()); err != nil {
			return moved{}, err
		}
		n, err := tx.Exec(ctx, `INSERT INTO desk_rating (tenant_id, case_id, stars, comment, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			tx.Tenant(), c, s.Stars, comment, tx.Now())
		if err != nil {
			return moved{}, fmt.Errorf("insert rating: %w", err)
		}
		if n == 0 {
			return moved{}, desk.ErrRatedTwice
		}
		e := desk.CaseRated{Case: c, Brand: r.Brand, Node: r.Node, Stars: s.Stars, At: tx.Now()}
		return moved{c, r.State, r.Version}, m.bus.Publish(ctx, tx, e)
	})
}
