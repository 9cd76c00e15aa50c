package login

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"strings"

	"fettle.dev/fettle/kernel/id"
)

// TokenPrefix begins every API token, so that scanners of leaked secrets know it.
const TokenPrefix = "fettle_"

// secretSize is the tenant's id, which says where to look, and 32 random bytes.
const secretSize = 16 + 32

// secretText is its length in base 62.
const secretText = 65

type hash = [sha256.Size]byte

func hashOf(secret string) hash { return sha256.Sum256([]byte(secret)) }

// newSecret returns a fresh secret of the tenant, in base 62.
func newSecret(t id.Tenant) string {
	var b [secretSize]byte
	copy(b[:], t[:])
	_, _ = rand.Read(b[16:]) // never fails
	text := new(big.Int).SetBytes(b[:]).Text(62)
	return strings.Repeat("0", secretText-len(text)) + text
}

// tenantOf returns the tenant that the secret says it is of; only the stored
// hash proves it.
func tenantOf(secret string) (id.Tenant, bool) {
	if len(secret) != secretText || strings.ContainsFunc(secret, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return id.Tenant{}, false
	}
	n, ok := new(big.Int).SetString(secret, 62)
	if !ok || n.BitLen() > secretSize*8 {
		return id.Tenant{}, false
	}
	var b [secretSize]byte
	n.FillBytes(b[:])
	t := id.Tenant(b[:16])
	return t, !t.IsZero()
}
