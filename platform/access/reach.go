package access

import (
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
)

// Reach is one part of what a caller may see: everything of the tenant, or
// what belongs to some nodes, brands, partners, persons or technicians. A list
// runs one query for each part, each along its own index, and merges.
type Reach struct {
	Attribute string   // "" is everything; else node, brand, partner, person or technician
	IDs       []id.Raw // sorted; of the attribute

	lead pred   // the attribute is one of IDs; yes for everything
	rest []pred // what must hold besides
	over pred   // no forbidding policy holds
}

// leads are the attributes that a part may be led by, the most telling first.
var leads = []string{"technician", "person", "node", "partner", "brand"}

// Reach returns the parts of what the caller of ctx may do the action to; no
// parts means nothing. Together they hold for the same rows as Filter and Can;
// one row may be in several.
func (g *Guard) Reach(ctx context.Context, action, kind string) ([]Reach, error) {
	if _, err := g.action(action, kind); err != nil {
		return nil, err
	}
	r, err := g.residual(ctx, action)
	if err != nil {
		return nil, err
	}
	if r.spared.op == no {
		return nil, nil
	}
	var parts []Reach
	for _, clause := range r.permit.clauses() {
		parts = mergeInto(parts, part(clause, r.spared))
	}
	for _, p := range parts {
		if p.Attribute == "" && len(p.rest) == 0 {
			return []Reach{p}, nil // everything: the other parts add nothing
		}
	}
	return parts, nil
}

// part picks the condition that leads.
func part(clause []pred, spared pred) Reach {
	out := Reach{lead: constant(true), over: spared}
	for _, attr := range leads {
		i := slices.IndexFunc(clause, func(p pred) bool { return p.op == in && p.attr == attr })
		if i < 0 {
			continue
		}
		out.Attribute, out.lead = attr, clause[i]
		clause = slices.Delete(slices.Clone(clause), i, i+1)
		break
	}
	for _, p := range clause {
		if p.op == has && p.attr == out.Attribute {
			continue // said by the lead already
		}
		out.rest = append(out.rest, p)
	}
	out.IDs = ids(out.lead)
	return out
}

// mergeInto adds p to parts, or widens the part that differs in its ids only.
func mergeInto(parts []Reach, p Reach) []Reach {
	for i, q := range parts {
		if q.Attribute == p.Attribute && slices.CompareFunc(q.rest, p.rest, pred.compare) == 0 {
			if p.Attribute != "" {
				parts[i].lead = isIn(p.Attribute, append(slices.Clone(q.lead.vals), p.lead.vals...))
				parts[i].IDs = ids(parts[i].lead)
			}
			return parts
		}
	}
	return append(parts, p)
}

func ids(lead pred) []id.Raw {
	var out []id.Raw
	for _, v := range lead.vals {
		if len(v) == len(id.Raw{}) {
			out = append(out, id.Raw([]byte(v)))
		}
	}
	return out
}

// Where returns the part as a condition, with ? for the arguments; see Columns.
func (r Reach) Where(cols Columns) (string, []any, error) {
	q := query{cols: cols}
	over, err := q.text(r.over, false)
	if err != nil {
		return "", nil, err
	}
	mine, err := q.text(all(append([]pred{r.lead}, r.rest...)...), true)
	if err != nil {
		return "", nil, err
	}
	return over + " AND " + mine, q.args, nil
}
