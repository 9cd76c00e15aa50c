package access

import (
	"context"
	"fmt"
	"strings"
)

// Columns says in which SQL column the attributes of a resource are found, by
// attribute: node, brand, partner, person, technician, country, state; tenant
// is "tenant_id" unless said otherwise. NULL means that the resource has not
// the attribute, and an attribute without a column is one that no resource of
// the kind has. Values are trusted SQL of the module, never input.
type Columns map[string]string

// attributes are the attributes of a resource, and whether they are ids.
var attributes = map[string]bool{
	"tenant": true, "node": true, "brand": true, "partner": true, "person": true, "technician": true,
	"country": false, "state": false,
}

// May returns nil when the caller of ctx may do the action to something at
// all, so that a route may be entered, and ErrHidden when not. It works out
// the caller's principal, so that Can inside a transaction need not.
func (g *Guard) May(ctx context.Context, action string) error {
	r, err := g.residual(ctx, action)
	if err != nil {
		return err
	}
	if r.pred().op == no {
		return ErrHidden
	}
	return nil
}

// Allowed lists the actions that the caller of ctx may do to something, for
// menus.
func (g *Guard) Allowed(ctx context.Context) ([]string, error) {
	var names []string
	for _, a := range Actions() {
		r, err := g.residual(ctx, a.Name)
		if err != nil {
			return nil, err
		}
		if r.pred().op != no {
			names = append(names, a.Name)
		}
	}
	return names, nil
}

// Filter returns a condition that holds for exactly those rows of which Can
// says that the caller of ctx may do the action, with ? for the arguments. For
// keyset lists prefer Reach, whose parts each use one index.
func (g *Guard) Filter(ctx context.Context, action, kind string, cols Columns) (where string, args []any, err error) {
	if _, err := g.action(action, kind); err != nil {
		return "", nil, err
	}
	r, err := g.residual(ctx, action)
	if err != nil {
		return "", nil, err
	}
	q := query{cols: cols}
	spared, err := q.text(r.spared, false)
	if err != nil {
		return "", nil, err
	}
	permit, err := q.text(r.permit, true)
	if err != nil {
		return "", nil, err
	}
	return "(" + spared + " AND " + permit + ")", q.args, nil
}

// query gathers SQL and its arguments.
type query struct {
	cols Columns
	args []any
}

// text writes p as SQL. open says that a column may be taken as absent where
// the module names none: that can only hide more. Where it could show more, in
// a forbidding policy or under a negation, it is an error.
func (q *query) text(p pred, open bool) (string, error) {
	switch p.op {
	case no:
		return "1=0", nil
	case yes:
		return "1=1", nil
	case not:
		inner, err := q.text(p.kids[0], false)
		return "NOT " + inner, err
	case and:
		return q.list(p.kids, " AND ", open)
	case or:
		return q.list(p.kids, " OR ", open)
	case has, in:
	}
	col, err := q.column(p.attr, open)
	switch {
	case err != nil:
		return "", err
	case col == "":
		return "1=0", nil
	case p.op == has:
		return "(" + col + " IS NOT NULL)", nil
	}
	return q.in(col, p), nil
}

func (q *query) list(kids []pred, sep string, open bool) (string, error) {
	parts := make([]string, len(kids))
	for i, k := range kids {
		s, err := q.text(k, open)
		if err != nil {
			return "", err
		}
		parts[i] = s
	}
	return "(" + strings.Join(parts, sep) + ")", nil
}

func (q *query) column(attr string, open bool) (string, error) {
	if col := q.cols[attr]; col != "" {
		return col, nil
	}
	if attr == "tenant" {
		return "tenant_id", nil
	}
	if !open {
		return "", fmt.Errorf("access: no column is named for %s, which a policy forbids by", attr)
	}
	return "", nil
}

func (q *query) in(col string, p pred) string {
	for _, v := range p.vals {
		if attributes[p.attr] {
			q.args = append(q.args, []byte(v))
		} else {
			q.args = append(q.args, v)
		}
	}
	if len(p.vals) == 1 {
		return "(" + col + " = ?)"
	}
	return "(" + col + " IN (?" + strings.Repeat(",?", len(p.vals)-1) + "))"
}
