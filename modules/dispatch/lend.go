package dispatch

import (
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

// Lend says that a technician may be sent to another node, as a guest.
type Lend struct {
	Node  id.Node      `json:"node"`
	Price money.Amount `json:"price" doc:"of each visit there, on top of what it costs anyway"`
	Until string       `json:"until,omitempty" maxLength:"10" doc:"day, exclusive; absent: without end"`

	Over    bool      `json:"-"` // nothing new is taken there; what is promised there stands
	Ended   string    `json:"-"` // why it ended by itself, as Refuses says; empty: somebody has ended it
	EndedAt time.Time `json:"-"` // when it ended by itself
}

// MostLends bounds to how many nodes a technician can be lent.
const MostLends = 50

// Outlet is what lending asks of a node.
type Outlet struct {
	Partner id.Partner // zero: the operator's own
	Country locale.Country
	Closed  bool
}

// Crossing is what a visit of a node costs more by this technician, in minor units: at
// home nothing.
func (t *Technician) Crossing(node id.Node) int64 {
	for i := range t.Lends {
		if t.Lends[i].Node == node {
			return t.Lends[i].Price.Minor
		}
	}
	return 0
}

// Serves reports whether the technician takes visits of a node on a day in the
// technician's zone: at home, and where they are lent.
func (t *Technician) Serves(node id.Node, day calendar.Day) bool {
	if node == t.Node {
		return true
	}
	for i := range t.Lends {
		if l := &t.Lends[i]; l.Node == node {
			return !l.Over && (l.Until == "" || day.String() < l.Until)
		}
	}
	return false
}

// Roams reports whether there may be visits of several nodes in the technician's days.
func (t *Technician) Roams() bool { return len(t.Lends) > 0 }

// Refuses says why a technician cannot be lent to a node, "" where they can. A guest stays
// within one company and one country: a partner's people work for that partner's nodes, the
// operator's for the operator's own, and work abroad is another law's.
func (to Outlet) Refuses(t *Technician) string {
	switch {
	case to.Closed:
		return "closed_node"
	case to.Partner != t.Partner:
		return "other_partner"
	case to.Country != t.Country:
		return "other_country"
	default:
		return ""
	}
}

// CheckLends says what is wrong with where a technician is lent to. Nodes that are not in
// known do not exist for whoever asks.
func CheckLends(t Technician, known map[id.Node]Outlet) error {
	bad := ErrInvalid
	if len(t.Lends) > MostLends {
		return bad.At("/lends", "too_many")
	}
	seen := map[id.Node]bool{}
	for i, l := range t.Lends {
		at := "/lends/" + strconv.Itoa(i)
		to, ok := known[l.Node]
		_, err := calendar.ParseDay(l.Until)
		switch {
		case !ok:
			bad = bad.At(at+"/node", "unknown")
		case l.Node == t.Node:
			bad = bad.At(at+"/node", "own_node")
		case seen[l.Node]:
			bad = bad.At(at+"/node", "twice")
		case to.Refuses(&t) != "":
			bad = bad.At(at+"/node", to.Refuses(&t))
		case l.Price.Minor < 0 || l.Price.Minor > mostMinor:
			bad = bad.At(at+"/price", "range")
		case l.Price.Currency != t.Hour.Currency:
			bad = bad.At(at+"/price", "other_currency")
		case l.Until != "" && err != nil:
			bad = bad.At(at+"/until", "shape")
		}
		seen[l.Node] = true
	}
	return verdict(bad)
}
