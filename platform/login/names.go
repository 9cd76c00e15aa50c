package login

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

// Names returns what actors are called: an account its person's name, a machine
// and an API token their label. Who has no name is left out: the system,
// customers, and persons who were erased. Whether the caller may know a name is
// for the use case to ask. It may not be called inside a step.
func (s *Service) Names(ctx context.Context, t id.Tenant, actors ...access.Actor) (map[access.Actor]string, error) {
	names, err := db.Get(ctx, s.db, t, func(ctx context.Context, tx *db.Tx) (map[access.Actor]naming, error) {
		found := map[access.Actor]naming{}
		for _, a := range actors {
			if _, seen := found[a]; seen {
				continue
			}
			n, err := namingOf(ctx, tx, a)
			if err != nil {
				return nil, fmt.Errorf("name of an actor: %w", err)
			}
			found[a] = n
		}
		return found, nil
	})
	if err != nil {
		return nil, err
	}
	who := make([]id.Person, 0, len(names))
	for _, n := range names {
		who = append(who, n.person)
	}
	people, err := persons.OpenMany(ctx, s.db, s.ring, t, who...)
	if err != nil {
		return nil, err
	}
	out := map[access.Actor]string{}
	for a, n := range names {
		if name := n.label + people[n.person].Name; name != "" { // one of the two, at most
			out[a] = name
		}
	}
	return out, nil
}

// naming is where a name comes from: a label, or a person.
type naming struct {
	label  string
	person id.Person
}

func namingOf(ctx context.Context, tx *db.Tx, a access.Actor) (n naming, err error) {
	switch {
	case !a.Token.IsZero(): // one that was revoked keeps its label
		err = tx.Row(ctx, `SELECT name FROM login_token WHERE tenant_id = ? AND id = ?`, tx.Tenant(), a.Token).Scan(&n.label)
	case !a.User.IsZero():
		err = tx.Row(ctx, `SELECT label, person_id FROM login_user WHERE tenant_id = ? AND id = ?`, tx.Tenant(), a.User).Scan(&n.label, &n.person)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, err
}
