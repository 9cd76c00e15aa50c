package network

import (
	"slices"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// Kind is the floor of the tree that a node stands on.
type Kind string

// The kinds of nodes, from the root down.
const (
	Headquarters   Kind = "headquarters"
	RegionalCentre Kind = "regional_centre"
	LocalNode      Kind = "local_node"
)

// Ownership says whose node it is.
type Ownership string

// The sorts of ownership. All but Own belong to a partner.
const (
	Own        Ownership = "own"
	Outsourced Ownership = "outsourced"
	Dealer     Ownership = "dealer"
	Community  Ownership = "community"
)

// State is where a node is in its life. Only an open node is given work.
type State string

// The states of a node.
const (
	Planned State = "planned"
	Open    State = "open"
	Paused  State = "paused"
	Closed  State = "closed"
)

// Command asks a node to change its state.
type Command string

// The commands.
const (
	DoOpen   Command = "open"
	DoPause  Command = "pause"
	DoResume Command = "resume"
	DoClose  Command = "close"
)

// Node is a place of the network.
type Node struct {
	ID        id.Node        `json:"id"`
	Code      string         `json:"code"`
	Parent    id.Node        `json:"parent,omitzero"` // none for headquarters
	Kind      Kind           `json:"kind" enum:"headquarters,regional_centre,local_node"`
	Ownership Ownership      `json:"ownership" enum:"own,outsourced,dealer,community"`
	Partner   id.Partner     `json:"partner,omitzero"` // none when own
	Name      string         `json:"name"`
	Country   locale.Country `json:"country"`
	Zone      string         `json:"zone"` // IANA
	Point     geo.Point      `json:"point,omitzero"`
	Languages []locale.Tag   `json:"languages,omitempty"` // that its people speak, best first
	State     State          `json:"state" enum:"planned,open,paused,closed"`
	Version   int64          `json:"version"`
}

// Next returns the state after the command, or ErrTransition.
func Next(s State, c Command) (State, error) {
	switch c {
	case DoOpen:
		if s == Planned {
			return Open, nil
		}
	case DoPause:
		if s == Open {
			return Paused, nil
		}
	case DoResume:
		if s == Paused {
			return Open, nil
		}
	case DoClose:
		if s != Closed {
			return Closed, nil
		}
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// CheckNode returns n with its texts trimmed, or says what is wrong with it by
// itself; Place says whether it may stand where it wants to.
func CheckNode(n Node, zoneKnown func(string) bool) (Node, error) {
	n.Code, n.Name = strings.TrimSpace(n.Code), strings.TrimSpace(n.Name)
	bad := checkCode(ErrInvalid, "/code", n.Code)
	bad = checkName(bad, "/name", n.Name)
	bad = checkCountry(bad, "/country", n.Country)
	bad = checkZone(bad, "/zone", n.Zone, zoneKnown)
	bad = checkPlace(bad, n)
	bad = checkOwner(bad, n)
	return n, verdict(checkLanguages(bad, n.Languages))
}

func checkPlace(bad *fault.Fault, n Node) *fault.Fault {
	if !slices.Contains([]Kind{Headquarters, RegionalCentre, LocalNode}, n.Kind) {
		bad = bad.At("/kind", "unknown")
	}
	if (n.Kind == Headquarters) != n.Parent.IsZero() {
		bad = bad.At("/parent", "does_not_fit_kind")
	}
	if !n.Point.Valid() {
		bad = bad.At("/point", "range")
	}
	return bad
}

func checkOwner(bad *fault.Fault, n Node) *fault.Fault {
	if !slices.Contains([]Ownership{Own, Outsourced, Dealer, Community}, n.Ownership) {
		bad = bad.At("/ownership", "unknown")
	}
	if (n.Ownership == Own) != n.Partner.IsZero() {
		bad = bad.At("/partner", "does_not_fit_ownership")
	}
	return bad
}

func checkLanguages(bad *fault.Fault, tags []locale.Tag) *fault.Fault {
	if len(tags) > 20 {
		return bad.At("/languages", "too_many")
	}
	for i, tag := range tags {
		if !tag.Valid() {
			bad = bad.At("/languages/"+strconv.Itoa(i), "shape")
		}
	}
	return bad
}

// mayStandUnder lists the parents that each kind accepts.
var mayStandUnder = map[Kind][]Kind{
	RegionalCentre: {Headquarters, RegionalCentre},
	LocalNode:      {Headquarters, RegionalCentre},
}

// Place says whether n, new or moved, may stand under its parent in t: the
// parent is known, not closed, of a kind that accepts it, and not below n.
func Place(t *Tree, n Node) error {
	if n.Parent.IsZero() {
		return nil
	}
	parent, ok := t.Node(n.Parent)
	switch {
	case !ok:
		return ErrNodeNotFound.At("/parent", "unknown")
	case t.Under(n.Parent, n.ID):
		return ErrCycle
	case !slices.Contains(mayStandUnder[n.Kind], parent.Kind):
		return ErrWrongParent.With("parent_kind", parent.Kind)
	case parent.State == Closed:
		return ErrWrongParent.With("parent_state", parent.State)
	}
	return nil
}

// CheckClose refuses to close a node while something below it is not closed.
func CheckClose(t *Tree, node id.Node) error {
	for _, below := range t.Below(node) {
		if n, _ := t.Node(below); below != node && n.State != Closed {
			return ErrHasOpenBelow
		}
	}
	return nil
}
