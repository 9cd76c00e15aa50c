package login

import (
	"context"
	"fmt"
	"math"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Attempt is somebody at the door.
type Attempt struct {
	Tenant   id.Tenant
	Login    string
	Password string
	Address  string // of the peer; "" is not throttled by address
}

// Session is a log-in. Secret is what the cookie holds and is stored nowhere.
type Session struct {
	User    id.User
	Secret  string
	Expires time.Time // at the latest
}

// Login starts a session, or returns ErrRefused or ErrTooMany.
func (s *Service) Login(ctx context.Context, a Attempt) (Session, error) {
	p, err := s.check(ctx, a.Tenant, s.loginHash(a.Tenant, normalLogin(a.Login)), a.Address, a.Password)
	if err != nil {
		return Session{}, err
	}
	fresh := ""
	if p.outdated {
		if fresh, err = s.passwords.hash(ctx, a.Password); err != nil {
			return Session{}, err
		}
	}
	return s.open(ctx, a.Tenant, p, fresh)
}

// passed is a user whose password was right.
type passed struct {
	user     user
	outdated bool // the password is to be hashed anew
	counts   []counted
}

// check holds a password against the user of the log-in name, under the throttle.
func (s *Service) check(ctx context.Context, t id.Tenant, loginHash []byte, address, password string) (p passed, err error) {
	p.counts = s.counts(t, loginHash, address)
	var wait time.Duration
	err = s.db.InTx(ctx, t, func(ctx context.Context, tx *db.Tx) (err error) {
		if wait, err = charge(ctx, tx, p.counts); err != nil || wait > 0 {
			return err
		}
		p.user, err = userByLogin(ctx, tx, loginHash)
		return err
	})
	if err != nil {
		return p, err
	}
	if wait > 0 {
		return p, ErrTooMany.With("retry_after", int(math.Ceil(wait.Seconds())))
	}
	if len(password) > 4*maxPassword { // no password of ours has so many bytes
		password = ""
	}
	fits, outdated, err := s.passwords.check(ctx, p.user.password, password)
	if err == nil && (!fits || p.user.state != Active) {
		err = ErrRefused
	}
	p.outdated = outdated
	return p, err
}

// prove is check for somebody who is logged in already.
func (s *Service) prove(ctx context.Context, t id.Tenant, loginHash []byte, address, password string) error {
	p, err := s.check(ctx, t, loginHash, address, password)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, t, func(ctx context.Context, tx *db.Tx) error { return acquit(ctx, tx, p.counts) })
}

// open stores the session, unless the user changed while the password was
// being checked.
func (s *Service) open(ctx context.Context, t id.Tenant, p passed, fresh string) (Session, error) {
	secret := newSecret(t)
	h := hashOf(secret)
	return db.Do(ctx, s.db, t, func(ctx context.Context, tx *db.Tx) (Session, error) {
		if err := acquit(ctx, tx, p.counts); err != nil {
			return Session{}, err
		}
		u, err := loadUserForUpdate(ctx, tx, p.user.id)
		if err != nil {
			return Session{}, err
		}
		if u.state != Active || u.password != p.user.password {
			return Session{}, ErrRefused
		}
		if fresh != "" {
			err := tx.Put(ctx, `UPDATE login_user SET password = ? WHERE tenant_id = ? AND id = ?`, fresh, t, u.id)
			if err != nil {
				return Session{}, fmt.Errorf("renew password hash: %w", err)
			}
		}
		now := tx.Machine()
		expires := now.Add(Absolute)
		err = tx.Put(ctx, `INSERT INTO login_session (tenant_id, token_hash, user_id, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
			t, h[:], u.id, now, now, expires)
		if err != nil {
			return Session{}, fmt.Errorf("insert session: %w", err)
		}
		return Session{User: u.id, Secret: secret, Expires: expires}, nil
	})
}

// Logout ends the session; one that is over already is no error.
func (s *Service) Logout(ctx context.Context, secret string) error {
	t, ok := tenantOf(secret)
	if !ok {
		return nil
	}
	h := hashOf(secret)
	return s.db.InTx(ctx, t, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Put(ctx, `DELETE FROM login_session WHERE tenant_id = ? AND token_hash = ?`, t, h[:]); err != nil {
			return fmt.Errorf("delete session: %w", err)
		}
		tx.AfterCommit(func() { s.callers.forget(h) })
		return nil
	})
}

// Sweep deletes what is over: sessions, and failures that are forgotten.
func (s *Service) Sweep(ctx context.Context, t id.Tenant) error {
	return s.db.InTx(ctx, t, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Machine()
		err := tx.Put(ctx, `DELETE FROM login_session WHERE tenant_id = ? AND (expires_at <= ? OR seen_at <= ?)`, t, now, now.Add(-Idle))
		if err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		err = tx.Put(ctx, `DELETE FROM login_throttle WHERE tenant_id = ? AND tried_at <= ? AND until <= ?`, t, now.Add(-forgiven), now)
		if err != nil {
			return fmt.Errorf("sweep throttle: %w", err)
		}
		return nil
	})
}

// userByLogin returns the user with the log-in name, or none: zero.
func userByLogin(ctx context.Context, tx *db.Tx, loginHash []byte) (user, error) {
	u, err := scanUser(tx.Row(ctx, `SELECT `+userColumns+` FROM login_user WHERE tenant_id = ? AND login_hash = ?`, tx.Tenant(), loginHash).Scan)
	if db.NotFound(err, nil) == nil {
		return u, nil
	}
	return u, fmt.Errorf("find user: %w", err)
}
