// Package keys keeps a key for each person, so that a person's data can be
// destroyed everywhere at once, in every copy and every backup, by destroying
// the key.
//
// A person's key is 32 random bytes. It seals with AES-256-GCM under a fresh
// random nonce, and what it sealed opens only for the same tenant, person and
// context (the column it was sealed for). The key itself is stored wrapped by
// the tenant's key, and the tenant's key wrapped by the root key, which is a
// file (or comes from the environment) and never part of a backup.
//
// The store is a database of its own (a second file on SQLite, a second schema
// or database on PostgreSQL), opened with db.Options.SecureDelete. Create is
// durable when it returns and comes before the step that uses the key; a key
// whose step never happened is an orphan that opens nothing, and Sweep takes
// it away. Person keys are never cached: a Shred in another process holds for
// the next Get in this one.
//
// An erasure outlives a restore. Shred writes it down twice: in the table
// keys_erasure, and in the erasure ledger, an append-only text file that no
// backup contains and no restore overwrites. Open compares the two before
// anything is served: an erasure that an older copy of the store forgot is
// carried out again, and one that the ledger lacks is added to it. Processes on
// several machines each keep a ledger; Replay takes the lists of others.
//
// On SQLite the bytes of a shredded key are overwritten in the file, and the
// write-ahead log is emptied, before Shred returns. PostgreSQL keeps dead rows
// until VACUUM and its own log until it is recycled: there a shredded key
// lingers, still wrapped by the tenant's key, for as long as those last.
package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"embed"
	"errors"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/i18n"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Faults and errors of this package.
var (
	// ErrErased: the person's key has been destroyed, and all it sealed with it.
	ErrErased = fault.New(fault.NotFound, "keys.erased")
	// ErrUnknown: no key was ever made for this person, or it was an orphan.
	ErrUnknown = errors.New("keys: no key for this person")
	// ErrExists: the person has a key already.
	ErrExists = errors.New("keys: the person has a key already")
	// ErrSealed: the bytes were not sealed by this key for this context.
	ErrSealed = errors.New("keys: not sealed with this key for this context")
	// ErrRoot: the root key is missing or is not the one this store was made with.
	ErrRoot = errors.New("keys: the root key does not fit this key store")
	// ErrLedger: the erasure ledger holds something that is not an erasure.
	ErrLedger = errors.New("keys: the erasure ledger is damaged")
)

const (
	size     = 32 // bytes of every key
	version  = 1  // first byte of what is sealed
	overhead = 1 + 12 + 16
)

// Key seals and opens what belongs to one person, or to a tenant as a whole. It
// is safe for concurrent use and lives no longer than the request that got it.
type Key struct {
	tenant id.Tenant
	person id.Person // zero: the tenant's own
	aead   cipher.AEAD
}

func newKey(tenant id.Tenant, person id.Person, secret []byte) *Key {
	return &Key{tenant: tenant, person: person, aead: newAEAD(secret)}
}

// newAEAD panics on a secret that is not 32 bytes, which callers have checked.
func newAEAD(secret []byte) cipher.AEAD {
	block, err := aes.NewCipher(secret)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// Tenant is whose store the key is from.
func (k *Key) Tenant() id.Tenant { return k.tenant }

// Person is whose key this is; zero for a tenant's own.
func (k *Key) Person() id.Person { return k.person }

// Seal returns plain sealed for the context, which is "table.column" of where
// it will be kept. Sealing the same text twice gives different bytes; the result
// is 29 bytes longer than plain.
func (k *Key) Seal(context string, plain []byte) []byte {
	out := make([]byte, 1, len(plain)+overhead)
	out[0] = version
	return k.aead.Seal(out, nil, plain, k.bind(context))
}

// Open returns what was sealed for the context, or ErrSealed.
func (k *Key) Open(context string, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != version {
		return nil, ErrSealed
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], k.bind(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// bind is the associated data: two fields of fixed length and the rest.
func (k *Key) bind(context string) []byte {
	b := make([]byte, 0, 32+len(context))
	b = append(b, k.tenant[:]...)
	b = append(b, k.person[:]...)
	return append(b, context...)
}
