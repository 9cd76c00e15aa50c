// Package login says who somebody is: it checks passwords, keeps sessions and
// API tokens, and turns a request into an access.Caller with its grants.
//
// Only hashes of sessions and tokens are stored, passwords as argon2id, and
// names sealed with the person's key. A log-in that fails never says why, and
// takes as long for a name that does not exist. Callers are remembered for up
// to Fresh (5 s at most): within that time another process may still let in a
// session that was ended, a token that was revoked or a grant that was taken
// away; the process that did it does not.
package login

import (
	"embed"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
)

// The faults of login.
var (
	// ErrRefused: name and password do not fit, or the user is disabled.
	ErrRefused = fault.New(fault.Unknown, "login.refused")
	// ErrCurrent: the present password, which a new one takes, is wrong.
	ErrCurrent = fault.New(fault.Invalid, "login.wrong_password")
	// ErrTooMany: too many log-ins failed; retry_after says for how many seconds.
	ErrTooMany = fault.New(fault.TooMany, "login.too_many")
	// ErrToken: the API token is wrong, expired or revoked.
	ErrToken = fault.New(fault.Unknown, "login.token_invalid")
	// ErrHeader: a browser's session changes something without the header X-Fettle.
	ErrHeader = fault.New(fault.Malformed, "login.header_missing")
	// ErrTaken: another user has this log-in name.
	ErrTaken = fault.New(fault.Conflict, "login.name_taken")
	// ErrName: this cannot be a log-in name.
	ErrName = fault.New(fault.Invalid, "login.bad_name")
	// ErrWeak: the password is too short, too long or the log-in name itself.
	ErrWeak = fault.New(fault.Invalid, "login.weak_password")
	// ErrGrant: the role does not exist or cannot have this scope.
	ErrGrant = fault.New(fault.Invalid, "login.bad_grant")
	// ErrScope: a token cannot be limited to this.
	ErrScope = fault.New(fault.Invalid, "login.bad_scope")
	// ErrExpiry: a token cannot expire in the past.
	ErrExpiry = fault.New(fault.Invalid, "login.bad_expiry")
	// ErrSetting: the theme or time zone is not known.
	ErrSetting = fault.New(fault.Invalid, "login.bad_setting")
	// ErrLastAdmin: nobody would be left who can manage users.
	ErrLastAdmin = fault.New(fault.Conflict, "login.last_admin")
	// ErrHostTaken: another operator has this host.
	ErrHostTaken = fault.New(fault.Conflict, "login.host_taken")
	// ErrNoTenant: nobody has set up an operator yet.
	ErrNoTenant = fault.New(fault.Unavailable, "login.no_tenant")
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is the tables of login. Which operator a host belongs to is asked
// before the tenant is known, so those two tables are shared.
func Schema() db.Schema {
	return db.Schema{Name: "login", Files: migrations, Shared: []string{"login_tenant", "login_host"}}
}

// How long things last, on the machine clock.
const (
	Idle     = 12 * time.Hour     // a session ends when it is not used for this long
	Absolute = 7 * 24 * time.Hour // and at the latest after this
	Fresh    = 5 * time.Second    // how long a caller is remembered at most

	touch = 5 * time.Minute // a session's last use is written this often at most
)

// Options are what a Service needs.
type Options struct {
	DB    *db.DB
	Ring  *keys.Ring
	Guard *access.Guard
	Log   *slog.Logger // nil: slog.Default

	Cost        Cost // of hashing passwords; zero: DefaultCost
	BehindProxy bool // believe X-Forwarded-For and X-Forwarded-Proto
	Fresh       time.Duration
}

// Service keeps users, sessions and tokens. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	ring    *keys.Ring
	guard   *access.Guard
	log     *slog.Logger
	machine clock.Clock

	behindProxy bool
	fresh       time.Duration
	passwords   hasher
	callers     callers

	hostMu sync.Mutex // guards hosts
	hosts  hosts
}

// New returns a Service on a migrated database.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Ring == nil || o.Guard == nil {
		return nil, errors.New("login: DB, Ring and Guard are needed")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	if o.Fresh <= 0 || o.Fresh > Fresh {
		o.Fresh = Fresh
	}
	s := &Service{
		db: o.DB, ring: o.Ring, guard: o.Guard, log: o.Log, machine: o.DB.Machine(),
		behindProxy: o.BehindProxy, fresh: o.Fresh,
		passwords: newHasher(o.Cost, runtime.NumCPU()),
	}
	s.callers.byHash = map[hash]remembered{}
	return s, nil
}

// blindLogin is the kind of blind hash under which log-in names are looked up,
// and blindAddress that of network addresses in the throttle.
const (
	blindLogin   = "login"
	blindAddress = "address"
)

// sealLogin is the context under which a log-in name is sealed.
const sealLogin = "login_user.login"

func (s *Service) loginHash(t id.Tenant, name string) []byte {
	return s.ring.Blind(t, blindLogin, name)
}
