// Package parts is the language of stock: what lies where, whose it is, what is
// promised, and that it always balances.
//
// Stock changes only by movements, and a movement takes from one slot exactly
// what it gives to another, so nothing appears or vanishes: what lies in a
// position is the sum of the movements that touched it. What is free may be
// promised, what is promised is nobody else's; only facts from the field (a part
// was used, a shelf was counted) may push the books below nothing, and then say
// so. It is pure. Package partssvc keeps the stock.
package parts

import (
	"bytes"
	"cmp"

	"fettle.dev/fettle/kernel/id"
)

// Condition says whether a part can be used.
type Condition string

// The conditions.
const (
	Good      Condition = "good"
	Defective Condition = "defective" // taken out of a unit; to be returned, repaired or scrapped
)

// Owner says whose a part is that lies with us.
type Owner string

// The owners.
const (
	ByOperator Owner = "operator"
	ByBrand    Owner = "brand" // consigned: the brand's until it is used
)

// Place is where stock lies: a node, or the van of a technician, which belongs
// to a node.
type Place struct {
	Node       id.Node       `json:"node"`
	Technician id.Technician `json:"technician,omitzero"` // zero: the shelves of the node
}

// Van reports whether the place is a van.
func (p Place) Van() bool { return !p.Technician.IsZero() }

// Position is one line of the stock.
type Position struct {
	Place
	Part      id.Part   `json:"part"`
	Condition Condition `json:"condition"`
	Owner     Owner     `json:"owner"`
}

// Compare orders positions as steps lock them: by part, node, technician,
// condition, owner.
func (p Position) Compare(q Position) int {
	return cmp.Or(
		bytes.Compare(p.Part[:], q.Part[:]), bytes.Compare(p.Node[:], q.Node[:]), bytes.Compare(p.Technician[:], q.Technician[:]),
		cmp.Compare(p.Condition, q.Condition), cmp.Compare(p.Owner, q.Owner),
	)
}

// Level is how much there is of a position. Pieces are whole.
type Level struct {
	OnHand   int64 `json:"on_hand"`
	Reserved int64 `json:"reserved"`
}

// Available is what may still be promised; below zero where the field used more
// than the books knew of.
func (l Level) Available() int64 { return l.OnHand - l.Reserved }

// Check returns p with what goes without saying filled in (good, the
// operator's), or says what is wrong with it.
func (p Position) Check() (Position, error) {
	p.Condition, p.Owner = cmp.Or(p.Condition, Good), cmp.Or(p.Owner, ByOperator)
	bad := ErrLine
	if p.Node.IsZero() {
		bad = bad.At("/node", "required")
	}
	if p.Part.IsZero() {
		bad = bad.At("/part", "required")
	}
	if p.Condition != Good && p.Condition != Defective {
		bad = bad.At("/condition", "unknown")
	}
	if p.Owner != ByOperator && p.Owner != ByBrand {
		bad = bad.At("/owner", "unknown")
	}
	if len(bad.Fields) > 0 {
		return p, bad
	}
	return p, nil
}

// State is where a reservation stands.
type State string

// The states of a reservation.
const (
	HeldFor  State = "held"
	Released State = "released"
	Used     State = "consumed"
)
