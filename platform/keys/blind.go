package keys

import (
	"crypto/hmac"
	"crypto/sha256"

	"fettle.dev/fettle/kernel/id"
)

// BlindSize is the length of a blind hash in bytes.
const BlindSize = 16

type blindName struct {
	tenant id.Tenant
	kind   string
}

// Blind returns the keyed hash by which a normalised contact, or a token of a
// sealed text, is looked up. The same text gives other bytes for another tenant
// or kind ("phone", "email", "token"), and nobody without the key can tell what
// was hashed, however few phone numbers there are.
func (r *Ring) Blind(tenant id.Tenant, kind, normalised string) []byte {
	mac := hmac.New(sha256.New, r.blindKey(blindName{tenant, kind}))
	mac.Write([]byte(normalised))
	return mac.Sum(nil)[:BlindSize]
}

func (r *Ring) blindKey(n blindName) []byte {
	if k, ok := r.blinds.Load(n); ok {
		return k.([]byte)
	}
	k := derive(r.blind, string(n.tenant[:])+n.kind)
	r.blinds.Store(n, k)
	return k
}
