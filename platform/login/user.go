package login

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

// State says whether a user may log in.
type State string

// The states of a user.
const (
	Active   State = "active"
	Disabled State = "disabled"
)

// Valid reports whether s is a state.
func (s State) Valid() bool { return s == Active || s == Disabled }

// Settings are how a user likes to see Fettle.
type Settings struct {
	Language locale.Tag // "": English
	Theme    string     // system, light or dark; "": system
	Zone     string     // IANA; "": UTC
}

var themes = []string{"system", "light", "dark"}

func (s Settings) filled() (Settings, error) {
	if s.Language == "" {
		s.Language = locale.English
	}
	if s.Theme == "" {
		s.Theme = themes[0]
	}
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	if !s.Language.Valid() || !slices.Contains(themes, s.Theme) || s.Zone == "Local" {
		return s, ErrSetting
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		return s, ErrSetting
	}
	return s, nil
}

// NewUser is somebody who shall log in.
type NewUser struct {
	ID       id.User   // zero: a new one
	Person   id.Person // who it is, if known already; zero: a new person
	Name     string    // of a new person
	Email    string    // of a new person, normalised; may be ""
	Country  locale.Country
	Login    string // the name to log in with, often the e-mail address
	Password string // "": nobody can log in until SetPassword
	Settings Settings
	Grants   []access.Grant
}

// user is a row of login_user.
type user struct {
	id       id.User
	person   id.Person
	label    string
	login    []byte
	hash     []byte
	password string
	state    State
	settings Settings
	created  time.Time
	version  int64
}

// CreateUser adds a user and, unless one is named, the person they are. It may
// not be called inside a step.
func (s *Service) CreateUser(ctx context.Context, t id.Tenant, n NewUser) (id.User, error) {
	u, person, key, err := s.prepare(ctx, t, n)
	if err != nil {
		return id.User{}, err
	}
	return run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.User, error) {
		if n.Person.IsZero() {
			if err := persons.Put(ctx, tx, key, s.ring, person); err != nil {
				return id.User{}, err
			}
		}
		if err := insertUser(ctx, tx, u); err != nil {
			return id.User{}, err
		}
		for _, g := range n.Grants {
			if _, err := s.insertGrant(ctx, tx, u.id, g); err != nil {
				return id.User{}, err
			}
		}
		return u.id, nil
	})
}

// prepare does what a step must not: it checks, hashes and makes keys.
func (s *Service) prepare(ctx context.Context, t id.Tenant, n NewUser) (u user, p persons.Person, k *keys.Key, err error) {
	name, err := cleanLogin(n.Login)
	if err != nil {
		return u, p, nil, err
	}
	for _, g := range n.Grants {
		if err := checkGrant(g); err != nil {
			return u, p, nil, err
		}
	}
	if u.settings, err = n.Settings.filled(); err != nil {
		return u, p, nil, err
	}
	if n.Password != "" {
		if err := strong(n.Password, name); err != nil {
			return u, p, nil, err
		}
		if u.password, err = s.passwords.hash(ctx, n.Password); err != nil {
			return u, p, nil, err
		}
	}
	if k, err = s.keyFor(ctx, t, n.Person); err != nil {
		return u, p, nil, err
	}
	u.id, u.person, u.state, u.version = n.ID, k.Person(), Active, 1
	if u.id.IsZero() {
		u.id = id.New[id.UserKind]()
	}
	u.login, u.hash = k.Seal(sealLogin, []byte(name)), s.loginHash(t, name)
	p = persons.Person{ID: u.person, Country: n.Country, Language: u.settings.Language, Name: n.Name, Email: n.Email}
	return u, p, k, nil
}

// keyFor returns the person's key, or that of a new person.
func (s *Service) keyFor(ctx context.Context, t id.Tenant, p id.Person) (*keys.Key, error) {
	if !p.IsZero() {
		return s.ring.Get(ctx, t, p)
	}
	made, err := s.ring.Create(ctx, t, id.New[id.PersonKind]())
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// run is one step of the tenant; for a caller of the same tenant with an
// Idempotency-Key it happens once.
func run[T any](ctx context.Context, s *Service, t id.Tenant, fn func(context.Context, *db.Tx) (T, error)) (T, error) {
	if c, ok := access.From(ctx); ok && c.Tenant == t {
		return command.Run(ctx, s.db, fn)
	}
	return db.Do(ctx, s.db, t, fn)
}

// SetPassword gives the user a new password and ends all their sessions except
// the one that keep holds ("" for none).
func (s *Service) SetPassword(ctx context.Context, t id.Tenant, u id.User, password, keep string) error {
	row, err := db.Get(ctx, s.db, t, func(ctx context.Context, tx *db.Tx) (user, error) { return loadUser(ctx, tx, u) })
	if err != nil {
		return err
	}
	if row.person.IsZero() {
		return access.ErrHidden // a machine has no password
	}
	name, err := s.loginName(ctx, t, row)
	if err != nil {
		return err
	}
	if err := strong(password, name); err != nil {
		return err
	}
	phc, err := s.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.User, error) {
		n, err := tx.Exec(ctx, `UPDATE login_user SET password = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`, phc, tx.Tenant(), u)
		if err != nil {
			return u, fmt.Errorf("set password: %w", err)
		}
		if n == 0 {
			return u, access.ErrHidden
		}
		return u, s.endSessions(ctx, tx, u, keep)
	})
	return err
}

// loginName opens the name to log in with; the person may be erased by now.
func (s *Service) loginName(ctx context.Context, t id.Tenant, row user) (string, error) {
	k, err := s.ring.Get(ctx, t, row.person)
	if errors.Is(err, keys.ErrErased) {
		return "", access.ErrHidden
	}
	if err != nil {
		return "", err
	}
	name, err := k.Open(sealLogin, row.login)
	if err != nil {
		return "", fmt.Errorf("open log-in name: %w", err)
	}
	return string(name), nil
}

// Disable keeps the user from logging in, and ends their sessions and tokens.
func (s *Service) Disable(ctx context.Context, t id.Tenant, u id.User) error {
	_, err := run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.User, error) {
		err := keepingAnAdmin(ctx, tx, func() error {
			n, err := tx.Exec(ctx, `UPDATE login_user SET state = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`, Disabled, tx.Tenant(), u)
			if err != nil {
				return fmt.Errorf("disable user: %w", err)
			}
			return orHidden(n)
		})
		if err != nil {
			return u, err
		}
		return u, s.shutOut(ctx, tx, u)
	})
	return err
}

// Erase takes away whatever lets the person log in, in the step that erases
// them. The user's id stays, for what it did.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, p id.Person) error {
	rows, err := tx.Rows(ctx, `SELECT id FROM login_user WHERE tenant_id = ? AND person_id = ?`, tx.Tenant(), p)
	users, err := db.Collect(rows, err, func(scan func(...any) error) (u id.User, err error) { return u, scan(&u) })
	if err != nil {
		return fmt.Errorf("find users of a person: %w", err)
	}
	for _, u := range users {
		err := tx.Put(ctx, `UPDATE login_user SET state = ?, login = NULL, login_hash = ?, password = '', version = version + 1
			WHERE tenant_id = ? AND id = ?`, Disabled, nobody(), tx.Tenant(), u)
		if err != nil {
			return fmt.Errorf("erase user: %w", err)
		}
		if err := s.shutOut(ctx, tx, u); err != nil {
			return err
		}
	}
	return nil
}

// shutOut ends every session and token of a user.
func (s *Service) shutOut(ctx context.Context, tx *db.Tx, u id.User) error {
	err := tx.Put(ctx, `UPDATE login_token SET revoked_at = ? WHERE tenant_id = ? AND user_id = ? AND revoked_at IS NULL`,
		tx.Machine(), tx.Tenant(), u)
	if err != nil {
		return fmt.Errorf("revoke tokens: %w", err)
	}
	return s.endSessions(ctx, tx, u, "")
}

func (s *Service) endSessions(ctx context.Context, tx *db.Tx, u id.User, keep string) error {
	spared := hashOf(keep) // of "" it is no session's
	err := tx.Put(ctx, `DELETE FROM login_session WHERE tenant_id = ? AND user_id = ? AND token_hash <> ?`, tx.Tenant(), u, spared[:])
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	s.forgetAfter(tx, u)
	return nil
}

// change sets the user's settings; version is the one that the caller saw.
func (s *Service) change(ctx context.Context, t id.Tenant, u id.User, match func(version int64) error, set func(*Settings)) error {
	_, err := run(ctx, s, t, func(ctx context.Context, tx *db.Tx) (id.User, error) {
		row, err := loadUserForUpdate(ctx, tx, u)
		if err != nil {
			return u, err
		}
		if err := match(row.version); err != nil {
			return u, err
		}
		set(&row.settings)
		if row.settings, err = row.settings.filled(); err != nil {
			return u, err
		}
		err = tx.Put(ctx, `UPDATE login_user SET language = ?, theme = ?, zone = ?, version = version + 1 WHERE tenant_id = ? AND id = ?`,
			row.settings.Language, row.settings.Theme, row.settings.Zone, tx.Tenant(), u)
		if err != nil {
			return u, fmt.Errorf("update settings: %w", err)
		}
		s.forgetAfter(tx, u)
		return u, nil
	})
	return err
}

const userColumns = `id, person_id, label, login, login_hash, password, state, language, theme, zone, created_at, version`

func scanUser(scan func(...any) error) (u user, err error) {
	err = scan(&u.id, &u.person, &u.label, &u.login, &u.hash, &u.password, &u.state,
		&u.settings.Language, &u.settings.Theme, &u.settings.Zone, db.At(&u.created), &u.version)
	return u, err
}

func loadUser(ctx context.Context, tx *db.Tx, u id.User) (user, error) {
	row, err := scanUser(tx.Row(ctx, `SELECT `+userColumns+` FROM login_user WHERE tenant_id = ? AND id = ?`, tx.Tenant(), u).Scan)
	return row, db.NotFound(err, access.ErrHidden)
}

func loadUserForUpdate(ctx context.Context, tx *db.Tx, u id.User) (user, error) {
	row, err := scanUser(tx.Row(ctx, `SELECT `+userColumns+` FROM login_user WHERE tenant_id = ? AND id = ?`+tx.ForUpdate(), tx.Tenant(), u).Scan)
	return row, db.NotFound(err, access.ErrHidden)
}

// listUsers returns users after the given one, by id.
func listUsers(ctx context.Context, tx *db.Tx, after id.User, limit int) ([]user, error) {
	rows, err := tx.Rows(ctx, `SELECT `+userColumns+` FROM login_user WHERE tenant_id = ? AND id > ? ORDER BY id LIMIT ?`,
		tx.Tenant(), after.Raw(), limit)
	list, err := db.Collect(rows, err, scanUser)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return list, nil
}

func insertUser(ctx context.Context, tx *db.Tx, u user) error {
	n, err := tx.Exec(ctx, `INSERT INTO login_user (tenant_id, `+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, login_hash) DO NOTHING`,
		tx.Tenant(), u.id, u.person, u.label, u.login, u.hash, u.password, u.state,
		u.settings.Language, u.settings.Theme, u.settings.Zone, tx.Now(), u.version)
	if err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	if n == 0 {
		return ErrTaken
	}
	return nil
}

// nobody is a hash that no log-in name has.
func nobody() []byte {
	b := make([]byte, 32) // longer than a blind hash
	_, _ = rand.Read(b)   // never fails
	return b
}

// orHidden is ErrHidden where a statement touched nothing.
func orHidden(rows int64) error {
	if rows == 0 {
		return access.ErrHidden
	}
	return nil
}
