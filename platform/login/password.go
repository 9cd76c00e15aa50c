package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost says how dear it is to try a password.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultCost is what OWASP recommends for argon2id as the least memory.
var DefaultCost = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

// Passwords have so many characters.
const (
	minPassword = 8
	maxPassword = 256
)

const saltSize, keySize = 16, 32

// hasher makes and checks argon2id hashes. At most so many run at a time: each
// takes Cost.Memory, and log-ins in parallel must not take all there is.
type hasher struct {
	cost  Cost
	slots chan struct{}
	decoy string // what is checked for a user that does not exist
}

func newHasher(c Cost, slots int) hasher {
	h := hasher{cost: c, slots: make(chan struct{}, slots)}
	h.decoy = h.encode(c, make([]byte, saltSize), make([]byte, keySize))
	return h
}

// hash returns the PHC string of a new password.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	key, err := h.derive(ctx, h.cost, password, salt)
	if err != nil {
		return "", err
	}
	return h.encode(h.cost, salt, key), nil
}

// check reports whether the password fits the PHC string, and whether it
// should be hashed anew because the cost has changed. An empty string fits
// nothing, and takes as long to say so.
func (h hasher) check(ctx context.Context, phc, password string) (fits, outdated bool, err error) {
	stored := phc != ""
	if !stored {
		phc = h.decoy
	}
	cost, salt, want, err := decode(phc)
	if err != nil {
		return false, false, err
	}
	got, err := h.derive(ctx, cost, password, salt)
	if err != nil {
		return false, false, err
	}
	fits = subtle.ConstantTimeCompare(got, want) == 1
	return fits && stored, cost != h.cost, nil
}

func (h hasher) derive(ctx context.Context, c Cost, password string, salt []byte) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.Time, c.Memory, c.Threads, keySize), nil
}

func (h hasher) encode(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errPHC = errors.New("login: the stored password is no argon2id hash")

// decode reads a PHC string. It was written by encode, so its limits only keep
// a damaged row from taking the machine down.
func decode(phc string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return Cost{}, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil {
		return Cost{}, nil, nil, errPHC
	}
	b64 := base64.RawStdEncoding.Strict()
	salt, saltErr := b64.DecodeString(parts[4])
	key, keyErr := b64.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(key) != keySize || len(salt) < 8 ||
		c.Memory > 1<<20 || c.Time == 0 || c.Time > 32 || c.Threads == 0 || c.Threads > 16 {
		return Cost{}, nil, nil, errPHC
	}
	return c, salt, key, nil
}

// strong returns ErrWeak unless the password may be used for the log-in name.
func strong(password, name string) error {
	n := utf8.RuneCountInString(norm.NFKC.String(password))
	switch {
	case n < minPassword:
		return ErrWeak.With("min", minPassword)
	case n > maxPassword:
		return ErrWeak.With("max", maxPassword)
	case normalLogin(password) == name:
		return ErrWeak
	}
	return nil
}

// normalLogin is the form of a log-in name that is looked up.
func normalLogin(name string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name)))
}

// cleanLogin returns the normal form, or ErrName.
func cleanLogin(name string) (string, error) {
	name = normalLogin(name)
	n := utf8.RuneCountInString(name)
	if n < 2 || n > 254 || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", ErrName
	}
	return name, nil
}
