package network

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// Site is what routing needs to know of where the unit stands and what it is.
// Zero members are unknown.
type Site struct {
	Country locale.Country `json:"country"`
	Postal  string         `json:"postal"`
	Point   geo.Point      `json:"point"`
	Brand   id.Brand       `json:"brand"`
	Line    id.Line        `json:"line"`
}

// Reason says why a site went where it went. Its code is stable and translated
// for the reader; its arguments carry no personal data.
type Reason struct {
	Code string         `json:"code"`
	Args map[string]any `json:"args,omitempty"`
}

// Codes of reasons. The first group says by what the node was chosen, the
// second what was passed over, the third why nobody serves the site.
const (
	ByPrefix  = "network.by_prefix"  // prefix
	ByRadius  = "network.by_radius"  // metres
	ByCountry = "network.by_country" // country

	ByPriority = "network.by_priority" // priority
	NotOpen    = "network.not_open"    // node, state

	UnroutedNoCountry   = "network.unrouted_no_country"   // the site's country is not known
	UnroutedNotServed   = "network.unrouted_not_served"   // no territory in the country for brand and line
	UnroutedOutside     = "network.unrouted_outside"      // territories exist, the site lies in none
	UnroutedPlaceNeeded = "network.unrouted_place_needed" // neither postal code nor point: no telling
	UnroutedNoneOpen    = "network.unrouted_none_open"    // only nodes that are not open claim the site
)

// Routing is the node that serves a site, with the reasons. Node is zero when
// nobody does.
type Routing struct {
	Node      id.Node      `json:"node,omitzero"`
	Territory id.Territory `json:"territory,omitzero"`
	Reasons   []Reason     `json:"reasons"`
}

// Routed reports whether a node serves the site.
func (r Routing) Routed() bool { return !r.Node.IsZero() }

// Route says which of the territories' nodes serves the site. For many sites
// make a Map once.
func Route(territories []Territory, state func(id.Node) State, s Site) Routing {
	return NewMap(territories).Route(state, s)
}

// claim is a territory that the site lies in, and how closely it fits.
type claim struct {
	*Territory
	prefix string // the longest that fits
	metres int64  // from the centre, when by radius
}

// ZoneAt is the zone of a site, as far as the nodes of its country tell: that of
// the nearest, or of the first by id where no distance is known; "" if the
// country has none. It is for a site that nobody serves yet.
func ZoneAt(nodes []Node, s Site) string {
	var best *Node
	var metres int64
	for i := range nodes {
		n := &nodes[i]
		if n.Country != s.Country || n.Zone == "" {
			continue
		}
		far := int64(math.MaxInt64)
		if !n.Point.IsZero() && !s.Point.IsZero() {
			far = n.Point.Metres(s.Point)
		}
		if best == nil || far < metres || far == metres && bytes.Compare(n.ID[:], best.ID[:]) < 0 {
			best, metres = n, far
		}
	}
	if best == nil {
		return ""
	}
	return best.Zone
}

// Map is the territories, arranged for look-up. It does not change once made.
type Map struct{ countries map[locale.Country]*country }

type country struct {
	byPrefix map[string][]*Territory
	circles  []*Territory
	whole    []*Territory
}

// NewMap arranges the territories.
func NewMap(territories []Territory) *Map {
	m := &Map{countries: map[locale.Country]*country{}}
	for i := range territories {
		m.add(&territories[i])
	}
	return m
}

func (m *Map) add(t *Territory) {
	c := m.countries[t.Country]
	if c == nil {
		c = &country{byPrefix: map[string][]*Territory{}}
		m.countries[t.Country] = c
	}
	switch {
	case len(t.Prefixes) > 0:
		for _, p := range t.Prefixes {
			c.byPrefix[p] = append(c.byPrefix[p], t)
		}
	case t.RadiusMetres > 0:
		c.circles = append(c.circles, t)
	default:
		c.whole = append(c.whole, t)
	}
}

// Route says which node serves the site: of all territories that the site lies
// in, those of the highest priority; of these the longest postal prefix, then
// the nearest circle, then the whole country; of equals the one that names the
// line, then the one that names the brand; then the lowest id. Nodes that are
// not open are passed over and named. state tells the state of a node.
func (m *Map) Route(state func(id.Node) State, s Site) Routing {
	if s.Country == "" {
		return unrouted(UnroutedNoCountry)
	}
	claims := m.claims(s)
	slices.SortFunc(claims, better)
	var passed []Reason
	for _, c := range claims {
		if st := state(c.Node); st != Open {
			passed = append(passed, Reason{NotOpen, map[string]any{"node": c.Node, "state": st}})
			continue
		}
		return Routing{Node: c.Node, Territory: c.ID, Reasons: append(c.reasons(), passed...)}
	}
	if len(passed) > 0 {
		return Routing{Reasons: append([]Reason{{Code: UnroutedNoneOpen}}, passed...)}
	}
	return unrouted(m.why(s))
}

func unrouted(code string) Routing { return Routing{Reasons: []Reason{{Code: code}}} }

// claims returns every territory that the site lies in, once.
func (m *Map) claims(s Site) []claim {
	c := m.countries[s.Country]
	if c == nil {
		return nil
	}
	out := c.prefixed(s)
	if !s.Point.IsZero() {
		for _, t := range c.circles {
			if d := t.Centre.Metres(s.Point); d <= t.RadiusMetres && t.takes(s) {
				out = append(out, claim{Territory: t, metres: d})
			}
		}
	}
	for _, t := range c.whole {
		if t.takes(s) {
			out = append(out, claim{Territory: t})
		}
	}
	return out
}

// prefixed returns the territories with a prefix of the site's postal code,
// each with the longest one that fits.
func (c *country) prefixed(s Site) (out []claim) {
	postal, ok := Postal(s.Postal)
	if !ok {
		return nil
	}
	var seen []*Territory
	for n := len(postal); n > 0; n-- {
		for _, t := range c.byPrefix[postal[:n]] {
			if t.takes(s) && !slices.Contains(seen, t) {
				seen = append(seen, t)
				out = append(out, claim{Territory: t, prefix: postal[:n]})
			}
		}
	}
	return out
}

// takes reports whether the territory is meant for the site's brand and line.
func (t *Territory) takes(s Site) bool {
	return (t.Brand.IsZero() || t.Brand == s.Brand) && (t.Line.IsZero() || t.Line == s.Line)
}

// better orders claims, the best first.
func better(a, b claim) int {
	return cmp.Or(
		cmp.Compare(b.Priority, a.Priority),
		cmp.Compare(len(b.prefix), len(a.prefix)),
		cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.metres, b.metres),
		cmp.Compare(b.narrow(), a.narrow()),
		bytes.Compare(a.ID[:], b.ID[:]),
	)
}

// rank puts circles before whole countries.
func (c claim) rank() int {
	if c.prefix == "" && c.RadiusMetres == 0 {
		return 1
	}
	return 0
}

// narrow counts a named line twice and a named brand once.
func (c claim) narrow() (n int) {
	if !c.Line.IsZero() {
		n += 2
	}
	if !c.Brand.IsZero() {
		n++
	}
	return n
}

func (c claim) reasons() (out []Reason) {
	switch {
	case c.prefix != "":
		out = append(out, Reason{ByPrefix, map[string]any{"prefix": c.prefix}})
	case c.RadiusMetres > 0:
		out = append(out, Reason{ByRadius, map[string]any{"metres": c.metres}})
	default:
		out = append(out, Reason{ByCountry, map[string]any{"country": c.Country}})
	}
	if c.Priority != 0 {
		out = append(out, Reason{ByPriority, map[string]any{"priority": c.Priority}})
	}
	return out
}

// why says why no territory takes the site.
func (m *Map) why(s Site) string {
	c := m.countries[s.Country]
	if c == nil || !c.serves(s) {
		return UnroutedNotServed
	}
	if postal, ok := Postal(s.Postal); (!ok || postal == "") && s.Point.IsZero() {
		return UnroutedPlaceNeeded
	}
	return UnroutedOutside
}

// serves reports whether anything in the country takes the site's brand and line.
func (c *country) serves(s Site) bool {
	takes := func(t *Territory) bool { return t.takes(s) }
	for _, ts := range c.byPrefix {
		if slices.ContainsFunc(ts, takes) {
			return true
		}
	}
	return slices.ContainsFunc(c.circles, takes) || slices.ContainsFunc(c.whole, takes)
}
