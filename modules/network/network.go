// Package network is the language of the service network: the operator, the
// brands it serves, the partners that serve for it, the tree of nodes, and the
// territories that say which node serves a place.
//
// It promises that a tree of nodes stays a tree, that a node moves only along
// its states, and that the same territories and the same site always give the
// same node, with the reasons. It is pure; package networksvc keeps the register.
package network

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

// Operator is the company that runs the network: the tenant itself.
type Operator struct {
	Name     string         `json:"name"`
	Country  locale.Country `json:"country"`
	Zone     string         `json:"zone"` // IANA, such as "Asia/Shanghai"
	Currency money.Currency `json:"currency"`
	Version  int64          `json:"version"`
}

// Brand is a brand whose after-sales service the operator runs.
type Brand struct {
	ID      id.Brand `json:"id"`
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Version int64    `json:"version"`
}

// Partner is a company that serves for the operator.
type Partner struct {
	ID      id.Partner     `json:"id"`
	Code    string         `json:"code"`
	Name    string         `json:"name"`
	Country locale.Country `json:"country"`
	Version int64          `json:"version"`
}

// Reader is what other modules may ask, outside any transaction of their own. A
// change made by another process may take a second to be seen.
type Reader interface {
	// Operator returns the tenant's operator, or ErrNoOperator.
	Operator(ctx context.Context, tenant id.Tenant) (Operator, error)
	// Brand returns the brand, or ErrBrandNotFound.
	Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (Brand, error)
	// BrandByCode returns the brand with the code, or ErrBrandNotFound.
	BrandByCode(ctx context.Context, tenant id.Tenant, code string) (Brand, error)
	// Partner returns the partner, or ErrPartnerNotFound.
	Partner(ctx context.Context, tenant id.Tenant, partner id.Partner) (Partner, error)
	// Node returns the node, or ErrNodeNotFound.
	Node(ctx context.Context, tenant id.Tenant, node id.Node) (Node, error)
	// NodeByCode returns the node with the code, or ErrNodeNotFound.
	NodeByCode(ctx context.Context, tenant id.Tenant, code string) (Node, error)
	// Tree returns all nodes of the tenant as a tree.
	Tree(ctx context.Context, tenant id.Tenant) (*Tree, error)
	// Route says which node serves the site. A site that nobody serves is not
	// an error: the routing is then unrouted and says why.
	Route(ctx context.Context, tenant id.Tenant, site Site) (Routing, error)
	// Zone guesses the zone of a site that nobody serves, as ZoneAt does.
	Zone(ctx context.Context, tenant id.Tenant, site Site) (string, error)
}

// longest names and codes, in characters.
const (
	maxCode = 40
	maxName = 200
)

// CheckOperator returns o with its texts trimmed, or says what is wrong.
// zoneKnown tells whether a name is an IANA zone.
func CheckOperator(o Operator, zoneKnown func(string) bool) (Operator, error) {
	bad := ErrInvalid
	o.Name = strings.TrimSpace(o.Name)
	bad = checkName(bad, "/name", o.Name)
	bad = checkCountry(bad, "/country", o.Country)
	bad = checkZone(bad, "/zone", o.Zone, zoneKnown)
	if !o.Currency.Valid() {
		bad = bad.At("/currency", "shape")
	}
	return o, verdict(bad)
}

// CheckBrand returns b with its texts trimmed, or says what is wrong.
func CheckBrand(b Brand) (Brand, error) {
	b.Code, b.Name = strings.TrimSpace(b.Code), strings.TrimSpace(b.Name)
	bad := checkCode(ErrInvalid, "/code", b.Code)
	bad = checkName(bad, "/name", b.Name)
	return b, verdict(bad)
}

// CheckPartner returns p with its texts trimmed, or says what is wrong.
func CheckPartner(p Partner) (Partner, error) {
	p.Code, p.Name = strings.TrimSpace(p.Code), strings.TrimSpace(p.Name)
	bad := checkCode(ErrInvalid, "/code", p.Code)
	bad = checkName(bad, "/name", p.Name)
	bad = checkCountry(bad, "/country", p.Country)
	return p, verdict(bad)
}

// validCode reports whether s is a code: small letters, digits and hyphens,
// beginning with a letter or a digit, so that it may stand in an address.
func validCode(s string) bool {
	if s == "" || len(s) > maxCode || s[0] == '-' {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// validName reports whether s is a name that can be shown on one line.
func validName(s string) bool {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxName {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
