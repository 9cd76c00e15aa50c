package login

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// Cookie is the name of the session's cookie.
const Cookie = "fettle_session"

// Header must be "1" on what a browser's session changes: other sites cannot
// make a browser send it.
const Header = "X-Fettle"

// callers remembers who a session or token is, for a short time.
type callers struct {
	mu     sync.Mutex // guards all below
	byHash map[hash]remembered
	age    int64 // counts forgetting: what was loaded before it is not remembered after
}

type remembered struct {
	caller access.Caller
	until  time.Time
}

// mostRemembered bounds the memory that callers take.
const mostRemembered = 20_000

func (c *callers) get(h hash, now time.Time) (who access.Caller, ok bool, age int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.byHash[h]
	return r.caller, ok && now.Before(r.until), c.age
}

func (c *callers) put(h hash, r remembered, age int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age != c.age {
		return
	}
	if len(c.byHash) >= mostRemembered {
		clear(c.byHash)
	}
	c.byHash[h] = r
}

func (c *callers) forget(h hash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	delete(c.byHash, h)
}

func (c *callers) forgetUser(t id.Tenant, u id.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	for h, r := range c.byHash {
		if r.caller.User == u && r.caller.Tenant == t {
			delete(c.byHash, h)
		}
	}
}

// forgetAfter forgets what is remembered of the user once tx is durable.
func (s *Service) forgetAfter(tx *db.Tx, u id.User) {
	t := tx.Tenant()
	tx.AfterCommit(func() { s.callers.forgetUser(t, u) })
}

// Authenticate returns who sends the request. The tenant is always set. Without
// a session that holds it is a visitor; an API token that does not hold is
// ErrToken. A session or token of one operator does not hold under the host of
// another.
func (s *Service) Authenticate(r *http.Request) (access.Caller, error) {
	ctx := r.Context()
	tenant, named, err := s.TenantOf(ctx, r.Host)
	if err != nil {
		return access.Caller{}, err
	}
	if given, ok := r.Header["Authorization"]; ok {
		return s.bearer(ctx, given, tenant, named)
	}
	visitor := access.Caller{Tenant: tenant}
	secret, ok := sessionOf(r)
	if !ok {
		return visitor, nil
	}
	own, ok := tenantOf(secret)
	if !ok || named && own != tenant {
		return visitor, nil
	}
	c, err := s.caller(ctx, own, hashOf(secret), s.loadSession)
	if errors.Is(err, access.ErrHidden) {
		return visitor, nil
	}
	return c, err
}

func (s *Service) bearer(ctx context.Context, given []string, tenant id.Tenant, named bool) (access.Caller, error) {
	if len(given) != 1 {
		return access.Caller{}, ErrToken
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	secret, ok := strings.CutPrefix(token, TokenPrefix)
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return access.Caller{}, ErrToken
	}
	own, ok := tenantOf(secret)
	if !ok || named && own != tenant {
		return access.Caller{}, ErrToken
	}
	c, err := s.caller(ctx, own, hashOf(token), s.loadToken)
	if errors.Is(err, access.ErrHidden) {
		return access.Caller{}, ErrToken
	}
	return c, err
}

// loaded is a session or token that holds.
type loaded struct {
	caller access.Caller
	ends   time.Time // zero: never
	stale  bool      // its last use is to be written
}

type loader func(ctx context.Context, tx *db.Tx, h hash) (loaded, error)

// caller finds who the secret of the hash is, from memory or with load.
func (s *Service) caller(ctx context.Context, t id.Tenant, h hash, load loader) (access.Caller, error) {
	now := s.machine()
	c, ok, age := s.callers.get(h, now)
	if ok {
		return c, nil
	}
	l, err := db.Get(ctx, s.db, t, func(ctx context.Context, tx *db.Tx) (loaded, error) { return load(ctx, tx, h) })
	if err != nil {
		return access.Caller{}, err
	}
	if l.stale {
		s.touch(ctx, t, h)
	}
	l.caller = l.caller.Prepared()
	until := now.Add(s.fresh)
	if !l.ends.IsZero() && l.ends.Before(until) {
		until = l.ends
	}
	s.callers.put(h, remembered{l.caller, until}, age)
	return l.caller, nil
}

func (s *Service) loadSession(ctx context.Context, tx *db.Tx, h hash) (l loaded, err error) {
	var u id.User
	var seen, expires time.Time
	err = tx.Row(ctx, `SELECT user_id, seen_at, expires_at FROM login_session WHERE tenant_id = ? AND token_hash = ?`, tx.Tenant(), h[:]).
		Scan(&u, db.At(&seen), db.At(&expires))
	if err != nil {
		return l, db.NotFound(err, access.ErrHidden)
	}
	now := tx.Machine()
	if !now.Before(expires) || !now.Before(seen.Add(Idle)) {
		return l, access.ErrHidden
	}
	l.ends, l.stale = expires, now.Sub(seen) >= touch
	l.caller, err = loadCaller(ctx, tx, u)
	return l, err
}

func (s *Service) loadToken(ctx context.Context, tx *db.Tx, h hash) (l loaded, err error) {
	var token id.APIToken
	var u id.User
	var scopes *string
	var revoked time.Time
	var lastDay string
	err = tx.Row(ctx, `SELECT id, user_id, scopes, expires_at, revoked_at, last_used_day FROM login_token WHERE tenant_id = ? AND token_hash = ?`,
		tx.Tenant(), h[:]).Scan(&token, &u, &scopes, db.At(&l.ends), db.At(&revoked), &lastDay)
	if err != nil {
		return l, db.NotFound(err, access.ErrHidden)
	}
	now := tx.Machine()
	if !revoked.IsZero() || !l.ends.IsZero() && !now.Before(l.ends) {
		return l, access.ErrHidden
	}
	l.stale = lastDay != now.Format(time.DateOnly)
	if l.caller, err = loadCaller(ctx, tx, u); err != nil {
		return l, err
	}
	l.caller.Token = token
	l.caller.Scopes, err = readScopes(scopes)
	return l, err
}

// loadCaller returns an active user with their grants.
func loadCaller(ctx context.Context, tx *db.Tx, u id.User) (access.Caller, error) {
	row, err := loadUser(ctx, tx, u)
	if err != nil {
		return access.Caller{}, err
	}
	if row.state != Active {
		return access.Caller{}, access.ErrHidden
	}
	held, err := listGrants(ctx, tx, u)
	if err != nil {
		return access.Caller{}, err
	}
	c := access.Caller{Tenant: tx.Tenant(), User: u, Person: row.person, Locale: row.settings.Language}
	if row.person.IsZero() {
		c.Locale = "" // a machine speaks for somebody: each request says in which language
	}
	for _, g := range held {
		c.Grants = append(c.Grants, g.Grant)
	}
	return c, nil
}

// touch writes that a session or token was used. It fails the request only by
// its delay: whoever is in stays in.
func (s *Service) touch(ctx context.Context, t id.Tenant, h hash) {
	err := s.db.InTx(ctx, t, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Machine()
		if err := tx.Put(ctx, `UPDATE login_session SET seen_at = ? WHERE tenant_id = ? AND token_hash = ? AND seen_at < ?`, now, t, h[:], now); err != nil {
			return err
		}
		err := tx.Put(ctx, `UPDATE login_token SET last_used_day = ? WHERE tenant_id = ? AND token_hash = ?`, now.Format(time.DateOnly), t, h[:])
		return err
	})
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "last use of a log-in was not written", slog.Any("err", err))
	}
}

// CSRF refuses an unsafe request that a browser sends with its session, but
// that our own pages did not make: they set Header, or the browser vouches for
// the origin. Requests with an API token are not a browser's.
func (s *Service) CSRF(r *http.Request) error {
	if _, token := r.Header["Authorization"]; token {
		return nil
	}
	if _, session := sessionOf(r); !session {
		return nil
	}
	if r.Header.Get(Header) == "1" || r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		return nil
	}
	return ErrHeader
}

func sessionOf(r *http.Request) (string, bool) {
	c, err := r.Cookie(Cookie)
	if err != nil || c.Value == "" {
		return "", false
	}
	return c.Value, true
}

// cookie is the session's cookie; an empty secret removes it.
func (s *Service) cookie(r *http.Request, secret string) *http.Cookie {
	c := &http.Cookie{
		Name: Cookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || s.behindProxy && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"),
		MaxAge: int(Absolute.Seconds()),
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

// address is the peer's, or the last one that our own proxy has noted.
func (s *Service) address(r *http.Request) string {
	if s.behindProxy {
		if noted := r.Header.Values("X-Forwarded-For"); len(noted) > 0 {
			list := strings.Split(noted[len(noted)-1], ",")
			return strings.TrimSpace(list[len(list)-1])
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
