package access

import (
	"cmp"
	"slices"
	"strings"
)

// pred is a condition on the attributes of a resource: what is left of the
// policies when principal and action are known. It is always simplified: yes
// and no occur only at the top.
type pred struct {
	op   op
	attr string   // of has and in
	vals []string // of in: sorted, distinct, not empty
	kids []pred   // of and, or: two or more; of not: one
}

type op int

const (
	no  op = iota // never
	yes           // always
	has           // the resource has the attribute
	in            // the attribute is one of vals; only asked where has holds
	not
	and
	or
)

func constant(b bool) pred {
	if b {
		return pred{op: yes}
	}
	return pred{op: no}
}

func isIn(attr string, vals []string) pred {
	vals = slices.Compact(slices.Sorted(slices.Values(vals)))
	if len(vals) == 0 {
		return pred{op: no}
	}
	return pred{op: in, attr: attr, vals: vals}
}

func negate(p pred) pred {
	switch p.op {
	case no:
		return pred{op: yes}
	case yes:
		return pred{op: no}
	case not:
		return p.kids[0]
	case has, in, and, or:
	}
	return pred{op: not, kids: []pred{p}}
}

func all(kids ...pred) pred    { return join(and, yes, no, kids) }
func either(kids ...pred) pred { return join(or, no, yes, kids) }

// join makes a conjunction or disjunction: neutral kids vanish, one dominant
// kid decides, nested ones of the same sort are taken apart.
func join(sort, neutral, dominant op, kids []pred) pred {
	var flat []pred
	for _, k := range kids {
		switch k.op {
		case neutral:
		case dominant:
			return pred{op: dominant}
		case sort:
			flat = append(flat, k.kids...)
		default:
			flat = append(flat, k)
		}
	}
	switch len(flat) {
	case 0:
		return pred{op: neutral}
	case 1:
		return flat[0]
	}
	return pred{op: sort, kids: flat}
}

// clauses writes p as alternatives, each a list of conditions that must all
// hold (the disjunctive normal form). Policies are small, so it stays small.
func (p pred) clauses() [][]pred {
	switch p.op {
	case no:
		return nil
	case yes:
		return [][]pred{{}}
	case or:
		var out [][]pred
		for _, k := range p.kids {
			out = append(out, k.clauses()...)
		}
		return out
	case and:
		out := [][]pred{{}}
		for _, k := range p.kids {
			out = multiply(out, k.clauses())
		}
		return out
	case has, in, not:
	}
	return [][]pred{{p}}
}

func multiply(left, right [][]pred) [][]pred {
	out := make([][]pred, 0, len(left)*len(right))
	for _, l := range left {
		for _, r := range right {
			out = append(out, append(slices.Clone(l), r...))
		}
	}
	return out
}

// compare orders conditions, so that the same policies always give the same SQL.
func (p pred) compare(q pred) int {
	return cmp.Or(
		cmp.Compare(p.op, q.op),
		strings.Compare(p.attr, q.attr),
		slices.Compare(p.vals, q.vals),
		slices.CompareFunc(p.kids, q.kids, pred.compare),
	)
}
