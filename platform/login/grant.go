package login

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// heldGrant is a grant that a user has.
type heldGrant struct {
	id id.Grant
	access.Grant
	created time.Time
}

// checkGrant returns ErrGrant for a grant that could not give anything.
func checkGrant(g access.Grant) error {
	zero := g.Scope.ID == (id.Raw{})
	optional := g.Scope.Kind == access.Self && g.Role != access.Technician
	switch {
	case !g.Role.Fits(g.Scope.Kind):
		return ErrGrant
	case g.Scope.Kind == access.Tenant && !zero, g.Scope.Kind != access.Tenant && zero && !optional:
		return ErrGrant
	}
	return nil
}

// Grant gives the user a role within a scope. Giving it twice changes nothing.
func (s *Service) Grant(ctx context.Context, t id.Tenant, u id.User, g access.Grant) (id.Grant, error) {
	if err := checkGrant(g); err != nil {
		return id.Grant{}, err
	}
	return run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.Grant, error) {
		if _, err := loadUserForUpdate(ctx, tx, u); err != nil {
			return id.Grant{}, err
		}
		return s.insertGrant(ctx, tx, u, g)
	})
}

// Revoke takes a grant away.
func (s *Service) Revoke(ctx context.Context, t id.Tenant, u id.User, g id.Grant) error {
	_, err := run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.Grant, error) {
		s.forgetAfter(tx, u)
		return g, keepingAnAdmin(ctx, tx, func() error {
			n, err := tx.Exec(ctx, `DELETE FROM login_grant WHERE tenant_id = ? AND id = ? AND user_id = ?`, tx.Tenant(), g, u)
			if err != nil {
				return fmt.Errorf("delete grant: %w", err)
			}
			return orHidden(n)
		})
	})
	return err
}

func (s *Service) insertGrant(ctx context.Context, tx *db.Tx, u id.User, g access.Grant) (id.Grant, error) {
	var by id.User
	if c, ok := access.From(ctx); ok {
		by = c.User
	}
	err := tx.Put(ctx, `INSERT INTO login_grant (tenant_id, id, user_id, role, scope, scope_id, created_at, created_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, user_id, role, scope, scope_id) DO NOTHING`,
		tx.Tenant(), id.New[id.GrantKind](), u, g.Role, g.Scope.Kind, g.Scope.ID, tx.Now(), by)
	if err != nil {
		return id.Grant{}, fmt.Errorf("insert grant: %w", err)
	}
	var held id.Grant
	err = tx.Row(ctx, `SELECT id FROM login_grant WHERE tenant_id = ? AND user_id = ? AND role = ? AND scope = ? AND scope_id = ?`,
		tx.Tenant(), u, g.Role, g.Scope.Kind, g.Scope.ID).Scan(&held)
	if err != nil {
		return id.Grant{}, fmt.Errorf("read grant: %w", err)
	}
	s.forgetAfter(tx, u)
	return held, nil
}

func listGrants(ctx context.Context, tx *db.Tx, u id.User) ([]heldGrant, error) {
	rows, err := tx.Rows(ctx, `SELECT id, role, scope, scope_id, created_at FROM login_grant WHERE tenant_id = ? AND user_id = ? ORDER BY role, scope, scope_id`,
		tx.Tenant(), u)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (g heldGrant, err error) {
		var raw []byte
		if err := scan(&g.id, &g.Role, &g.Scope.Kind, &raw, db.At(&g.created)); err != nil {
			return g, err
		}
		if len(raw) != len(g.Scope.ID) {
			return g, fmt.Errorf("scope of grant %s: %w", g.id, id.ErrShape)
		}
		g.Scope.ID = id.Raw(raw)
		return g, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
	}
	return list, nil
}

// keepingAnAdmin runs fn, and returns ErrLastAdmin when it took away the last
// one who could log in and manage the users of the whole operator.
func keepingAnAdmin(ctx context.Context, tx *db.Tx, fn func() error) error {
	if err := tx.Lock(ctx, "login.admin "+tx.Tenant().String()); err != nil {
		return err
	}
	before, err := countAdmins(ctx, tx)
	if err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	after, err := countAdmins(ctx, tx)
	if err == nil && before > 0 && after == 0 {
		err = ErrLastAdmin
	}
	return err
}

func countAdmins(ctx context.Context, tx *db.Tx) (n int64, err error) {
	err = tx.Row(ctx, `SELECT count(*) FROM login_grant g JOIN login_user u ON u.tenant_id = g.tenant_id AND u.id = g.user_id
		WHERE g.tenant_id = ? AND g.role = ? AND g.scope = ? AND u.state = ? AND u.password <> ''`,
		tx.Tenant(), access.Admin, access.Tenant, Active).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return n, nil
}
