package desksvc

import (
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
)

// A link lets the customer follow their case without an account: the case's id
// and a keyed hash of it, which nobody can make up. It opens this one case and
// shows no name, phone number or address.

const linkKind = "case_link"

func (m *Module) link(tenant id.Tenant, c id.Case) string {
	return c.String() + "." + hex.EncodeToString(m.ring.Blind(tenant, linkKind, c.String()))
}

// follow returns the case that the link opens, or ErrLink.
func (m *Module) follow(tenant id.Tenant, link string) (id.Case, error) {
	name, _, found := strings.Cut(link, ".")
	c, err := id.Parse[id.CaseKind](name)
	if err != nil || !found {
		return c, desk.ErrLink
	}
	if subtle.ConstantTimeCompare([]byte(m.link(tenant, c)), []byte(link)) != 1 {
		return c, desk.ErrLink
	}
	return c, nil
}
