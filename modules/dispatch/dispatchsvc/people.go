package dispatchsvc

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/persons"
)

// personView is a technician as shown. Name, starting place and pay are for those
// who may know them.
type personView struct {
	dispatch.Technician
	Hour      *money.Amount   `json:"hour,omitempty"`
	Kilometre *money.Amount   `json:"kilometre,omitempty"`
	Visit     *money.Amount   `json:"visit,omitempty"`
	Night     *money.Amount   `json:"night,omitempty"`
	Name      string          `json:"name,omitempty"`
	Start     *geo.Point      `json:"start,omitempty" doc:"coarse"`
	Lends     []dispatch.Lend `json:"lends,omitempty" doc:"where they may be sent beside their own node"`
	Ended     []endedLend     `json:"lends_ended,omitempty" doc:"what ended by itself in the last two weeks, until the lends are said anew"`
}

// names opens the names of those technicians whom the caller may know by name, by where
// access sees them.
func (m *Module) names(ctx context.Context, tenant id.Tenant, crew []dispatch.Technician, as func(dispatch.Technician) access.Resource) (map[id.Person]string, error) {
	var known []id.Person
	for _, t := range crew {
		err := m.guard.Can(ctx, "technician.personal", as(t))
		if errors.Is(err, access.ErrHidden) {
			continue
		} else if err != nil {
			return nil, err
		}
		known = append(known, t.Person)
	}
	if len(known) == 0 {
		return nil, nil
	}
	opened, err := persons.OpenMany(ctx, m.db, m.ring, tenant, known...)
	out := make(map[id.Person]string, len(known))
	for _, p := range known {
		out[p] = opened[p].Name
	}
	return out, err
}

// showPeople shows technicians with as much as the caller may know.
func (m *Module) showPeople(ctx context.Context, tenant id.Tenant, crew []dispatch.Technician) ([]personView, error) {
	names, err := m.names(ctx, tenant, crew, func(t dispatch.Technician) access.Resource { return resourceOf(t, "technician") })
	if err != nil {
		return nil, err
	}
	out := make([]personView, len(crew))
	for i, t := range crew {
		out[i] = personView{Technician: t}
		if name, ok := names[t.Person]; ok {
			out[i].Name, out[i].Start, out[i].Hour, out[i].Kilometre, out[i].Visit, out[i].Night = name, &t.Start, &t.Hour, &t.Kilometre, &t.Visit, &t.Night
			out[i].Ended = endedLends(&t)
			out[i].Lends = slices.DeleteFunc(slices.Clone(t.Lends), func(l dispatch.Lend) bool { return l.Over })
		}
	}
	return out, nil
}

// Person returns one technician.
func (m *Module) Person(ctx context.Context, t id.Technician) (personView, error) {
	caller, _ := access.From(ctx)
	found, err := m.Technician(ctx, caller.Tenant, t)
	if err != nil {
		return personView{}, err
	}
	node, err := m.seenAt(ctx, found)
	if err != nil {
		return personView{}, hidden(err, dispatch.ErrNoTechnician)
	}
	if node != found.Node { // a guest, of whom no more is known than the name and what they can do
		names, err := m.names(ctx, caller.Tenant, []dispatch.Technician{found}, knownAt(node))
		return personView{Technician: found, Name: names[found.Person]}, err
	}
	shown, err := m.showPeople(ctx, caller.Tenant, []dispatch.Technician{found})
	if err != nil {
		return personView{}, err
	}
	return shown[0], nil
}

// crewQuestion is what a list of technicians is asked for.
type crewQuestion struct {
	httpapi.PageIn
	Node id.Node `query:"node"`
	All  bool    `query:"all" doc:"those who left too"`
}

// People lists technicians, as far as the caller may see them.
func (m *Module) People(ctx context.Context, q crewQuestion) (httpapi.Page[personView], error) {
	caller, _ := access.From(ctx)
	reach, err := m.guard.Reach(ctx, "technician.read", "technician")
	if err != nil {
		return httpapi.Page[personView]{}, err
	}
	var after id.Technician
	more, err := q.Seek(ctx, &after)
	if err != nil {
		return httpapi.Page[personView]{}, err
	}
	var found []dispatch.Technician
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		for _, part := range reach {
			some, err := q.part(ctx, tx, part, after, more)
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		return nil
	})
	if err != nil {
		return httpapi.Page[personView]{}, err
	}
	slices.SortFunc(found, func(a, b dispatch.Technician) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	found = slices.CompactFunc(found, func(a, b dispatch.Technician) bool { return a.ID == b.ID })
	shown, err := m.showPeople(ctx, caller.Tenant, found[:min(len(found), q.Limit+1)])
	if err != nil {
		return httpapi.Page[personView]{}, err
	}
	return httpapi.PageOf(ctx, q.PageIn, shown, func(v personView) any { return v.ID })
}

func (q crewQuestion) part(ctx context.Context, tx *db.Tx, part access.Reach, after id.Technician, more bool) ([]dispatch.Technician, error) {
	where, args, err := part.Where(technicianScope)
	if err != nil {
		return nil, err
	}
	if !q.Node.IsZero() {
		where, args = where+" AND t.node_id = ?", append(args, q.Node)
	}
	if !q.All {
		where, args = where+" AND t.standing <> ?", append(args, dispatch.Left)
	}
	if more {
		where, args = where+" AND t.id > ?", append(args, after)
	}
	return technicians(ctx, tx, yesterday(tx), where, " LIMIT ?", append(args, q.Limit+1)...)
}
