package fieldsvc

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// columns say where access finds what it decides by.
var columns = access.Columns{"node": "node_id", "brand": "brand_id", "partner": "partner_id"}

// question is what the list of reviews is asked for.
type question struct {
	httpapi.PageIn
	State field.ReviewState `query:"state" enum:"open,accepted,rejected" default:"open"`
	Node  id.Node           `query:"node"`
	Code  field.Review      `query:"code" maxLength:"64"`
}

// Reviews returns what does not fit about visits, the oldest first.
func (m *Module) Reviews(ctx context.Context, q question) (httpapi.Page[review], error) {
	caller, _ := access.From(ctx)
	var from id.Review
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[review]{}, err
	}
	reach, err := m.guard.Reach(ctx, "board.read", "board")
	if err != nil {
		return httpapi.Page[review]{}, err
	}
	var all []review
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		for _, part := range reach {
			some, err := q.run(ctx, tx, part, from, more)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return httpapi.Page[review]{}, err
	}
	order := func(a, b review) int { return bytes.Compare(a.ID[:], b.ID[:]) }
	slices.SortFunc(all, order)
	all = slices.CompactFunc(all, func(a, b review) bool { return order(a, b) == 0 })
	return httpapi.PageOf(ctx, q.PageIn, all, func(r review) any { return r.ID })
}

// run is the query for one part of what the caller may see.
func (q question) run(ctx context.Context, tx *db.Tx, part access.Reach, from id.Review, more bool) ([]review, error) {
	where, args, err := part.Where(columns)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(`SELECT ` + reviewColumns + ` FROM field_review WHERE tenant_id = ? AND ` + where + ` AND state = ?`)
	args = append(append([]any{tx.Tenant()}, args...), q.State)
	and := func(when bool, text string, arg any) {
		if when {
			b.WriteString(` AND ` + text)
			args = append(args, arg)
		}
	}
	and(!q.Node.IsZero(), `node_id = ?`, q.Node)
	and(q.Code != "", `code = ?`, q.Code)
	and(more, `id > ?`, from)
	rows, err := tx.Rows(ctx, b.String()+` ORDER BY id LIMIT ?`, append(args, q.Limit+1)...)
	return db.Collect(rows, err, scanReview)
}

// settled is what whoever decides hears.
type settled struct {
	ID    id.Review         `json:"id"`
	State field.ReviewState `json:"state"`
	Visit id.Visit          `json:"visit"`
	// VisitState is settled once nothing about the visit is open.
	VisitState field.State `json:"visit_state"`
	Version    int64       `json:"version"`
}

// Settle notes what somebody has decided on something that does not fit.
func (m *Module) Settle(ctx context.Context, name id.Review, decision field.ReviewState) (settled, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (settled, error) {
		r, err := scanReview(tx.Row(ctx, `SELECT `+reviewColumns+` FROM field_review WHERE tenant_id = ? AND id = ?`, tx.Tenant(), name).Scan)
		if err != nil {
			return settled{}, db.NotFound(err, field.ErrReview)
		}
		err = m.guard.Can(ctx, "board.write", access.Resource{Kind: "board", ID: name.Raw(), Node: r.Node, Brand: r.Brand, Partner: r.Partner})
		if errors.Is(err, access.ErrHidden) {
			return settled{}, field.ErrReview
		} else if err != nil {
			return settled{}, err
		}
		return m.settle(ctx, tx, r, decision, caller.User)
	})
}

// settle writes the decision. All of a visit's reviews are locked, in the order
// of their ids, so that the last one to be settled sees that it is.
func (m *Module) settle(ctx context.Context, tx *db.Tx, r review, decision field.ReviewState, user id.User) (settled, error) {
	all, err := reviewsOf(ctx, tx, r.Visit, tx.ForUpdate())
	if err != nil {
		return settled{}, err
	}
	states, open := make([]field.ReviewState, len(all)), int64(0)
	for i, other := range all {
		if other.ID == r.ID {
			if other.State, err = field.Settle(other.State, decision); err != nil {
				return settled{}, err
			}
			r = other
		}
		if states[i] = other.State; other.State == field.ReviewOpen {
			open++
		}
	}
	err = tx.Put(ctx, `UPDATE field_review SET state = ?, settled_at = ?, settled_by = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`,
		r.State, tx.Now(), user, tx.Tenant(), r.ID)
	if err != nil {
		return settled{}, err
	}
	state := field.After(states)
	if state == field.Settled {
		err = tx.Put(ctx, `UPDATE field_visit SET state = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`, state, tx.Tenant(), r.Visit)
		if err != nil {
			return settled{}, err
		}
	}
	err = m.bus.Publish(ctx, tx, field.ReviewSettled{Visit: r.Visit, Case: r.Case, Node: r.Node, Review: r.Code, Decision: r.State, Open: open, At: tx.Now()})
	return settled{r.ID, r.State, r.Visit, state, r.Version + 1}, err
}
