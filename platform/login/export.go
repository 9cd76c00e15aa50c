package login

import (
	"context"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// exported is a user as given to the person who it is.
type exported struct {
	UserView
	Zone   string      `json:"zone"`
	Theme  string      `json:"theme"`
	Grants []GrantView `json:"grants"`
}

// ExportPerson returns what is kept about how a person logs in and what they may
// do; nil if they are no user. The password is kept only as a hash, which tells
// nothing, and is left out.
func (s *Service) ExportPerson(ctx context.Context, t id.Tenant, p id.Person) (string, any, error) {
	const name = "login"
	var grants [][]GrantView
	rows, err := db.Get(ctx, s.db, t, func(ctx context.Context, tx *db.Tx) ([]user, error) {
		found, err := tx.Rows(ctx, `SELECT `+userColumns+` FROM login_user WHERE tenant_id = ? AND person_id = ? ORDER BY id`, tx.Tenant(), p)
		list, err := db.Collect(found, err, scanUser)
		if err != nil {
			return nil, err
		}
		grants = grants[:0]
		for _, u := range list {
			g, err := listGrants(ctx, tx, u.id)
			if err != nil {
				return nil, err
			}
			grants = append(grants, viewGrants(g))
		}
		return list, nil
	})
	if err != nil {
		return name, nil, fmt.Errorf("users of a person: %w", err)
	}
	if len(rows) == 0 {
		return name, nil, nil
	}
	views, err := s.viewUsers(ctx, t, rows)
	if err != nil {
		return name, nil, err
	}
	out := make([]exported, len(rows))
	for i, r := range rows {
		out[i] = exported{views[i], r.settings.Zone, r.settings.Theme, grants[i]}
	}
	return name, out, nil
}
