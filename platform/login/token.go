package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// NewToken is an API token to be made.
type NewToken struct {
	Name    string         // what it is for; no personal data
	User    id.User        // whose it is; zero: a machine of its own, with Grants
	Grants  []access.Grant // of the machine
	Scopes  []string       // what it is limited to; nil: whatever its user may
	Expires time.Time      // zero: never
}

// Token is an API token as it is known afterwards.
type Token struct {
	ID      id.APIToken
	Name    string
	User    id.User
	Scopes  []string
	Created time.Time
	Expires time.Time // zero: never
	Revoked time.Time // zero: not
	LastDay string    // day of last use, UTC; "" never
}

// CreateToken makes an API token and returns it in clear, this once. If the
// command is repeated under its Idempotency-Key the token is "", since it is
// stored nowhere.
func (s *Service) CreateToken(ctx context.Context, t id.Tenant, n NewToken) (made id.APIToken, token string, err error) {
	if err := s.checkToken(n); err != nil {
		return id.APIToken{}, "", err
	}
	fresh, secret := id.New[id.APITokenKind](), newSecret(t)
	owner := n.User
	if owner.IsZero() {
		owner = id.New[id.UserKind]()
	}
	made, err = run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.APIToken, error) {
		ready := activeUser
		if n.User.IsZero() {
			ready = s.insertMachine
		}
		if err := ready(ctx, tx, owner, n); err != nil {
			return id.APIToken{}, err
		}
		return fresh, insertToken(ctx, tx, fresh, hashOf(TokenPrefix+secret), owner, n)
	})
	if err != nil || made != fresh {
		return made, "", err
	}
	return made, TokenPrefix + secret, nil
}

func (s *Service) checkToken(n NewToken) error {
	for _, sc := range n.Scopes {
		if !access.ValidScope(sc) {
			return ErrScope
		}
	}
	for _, g := range n.Grants {
		if err := checkGrant(g); err != nil {
			return err
		}
	}
	if n.User.IsZero() && len(n.Grants) == 0 || !n.User.IsZero() && len(n.Grants) > 0 {
		return ErrGrant
	}
	if !n.Expires.IsZero() && !n.Expires.After(s.machine()) {
		return ErrExpiry
	}
	return nil
}

func activeUser(ctx context.Context, tx *db.Tx, u id.User, _ NewToken) error {
	row, err := loadUserForUpdate(ctx, tx, u)
	if err == nil && row.state != Active {
		err = access.ErrHidden
	}
	return err
}

// insertMachine adds the user that a token without a person belongs to.
func (s *Service) insertMachine(ctx context.Context, tx *db.Tx, u id.User, n NewToken) error {
	settings, err := Settings{}.filled()
	if err != nil {
		return err
	}
	row := user{id: u, label: n.Name, hash: nobody(), state: Active, settings: settings, version: 1}
	if err := insertUser(ctx, tx, row); err != nil {
		return err
	}
	for _, g := range n.Grants {
		if _, err := s.insertGrant(ctx, tx, u, g); err != nil {
			return err
		}
	}
	return nil
}

func insertToken(ctx context.Context, tx *db.Tx, t id.APIToken, h hash, owner id.User, n NewToken) error {
	var scopes any
	if n.Scopes != nil {
		b, err := json.Marshal(n.Scopes)
		if err != nil {
			return fmt.Errorf("encode scopes: %w", err)
		}
		scopes = string(b)
	}
	err := tx.Put(ctx, `INSERT INTO login_token (tenant_id, id, name, token_hash, user_id, scopes, created_at, expires_at, last_used_day)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')`, tx.Tenant(), t, n.Name, h[:], owner, scopes, tx.Machine(), n.Expires)
	if err != nil {
		return fmt.Errorf("insert token: %w", err)
	}
	return nil
}

// RevokeToken ends a token for good.
func (s *Service) RevokeToken(ctx context.Context, t id.Tenant, token id.APIToken) error {
	_, err := run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.APIToken, error) {
		var owner id.User
		err := tx.Row(ctx, `SELECT user_id FROM login_token WHERE tenant_id = ? AND id = ?`+tx.ForUpdate(), tx.Tenant(), token).Scan(&owner)
		if err != nil {
			return token, db.NotFound(err, access.ErrHidden)
		}
		err = tx.Put(ctx, `UPDATE login_token SET revoked_at = ? WHERE tenant_id = ? AND id = ? AND revoked_at IS NULL`,
			tx.Machine(), tx.Tenant(), token)
		if err != nil {
			return token, fmt.Errorf("revoke token: %w", err)
		}
		s.forgetAfter(tx, owner)
		return token, nil
	})
	return err
}

// listTokens returns tokens after the given one, by id.
func listTokens(ctx context.Context, tx *db.Tx, after id.APIToken, limit int) ([]Token, error) {
	rows, err := tx.Rows(ctx, `SELECT id, name, user_id, scopes, created_at, expires_at, revoked_at, last_used_day
		FROM login_token WHERE tenant_id = ? AND id > ? ORDER BY id LIMIT ?`, tx.Tenant(), after.Raw(), limit)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (t Token, err error) {
		var scopes *string
		err = scan(&t.ID, &t.Name, &t.User, &scopes, db.At(&t.Created), db.At(&t.Expires), db.At(&t.Revoked), &t.LastDay)
		if err == nil {
			t.Scopes, err = readScopes(scopes)
		}
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

var errScopes = errors.New("login: the stored scopes are no list")

// readScopes keeps the difference between no limit (nil) and a limit to
// nothing: what cannot be read limits to nothing.
func readScopes(stored *string) ([]string, error) {
	if stored == nil {
		return nil, nil
	}
	scopes := []string{}
	if err := json.Unmarshal([]byte(*stored), &scopes); err != nil || scopes == nil {
		return []string{}, errScopes
	}
	return scopes, nil
}
