package real

import (
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
)

// Course is how a record went through the house.
type Course struct {
	Record
	Category Category
	Country  Country

	Result  string // of the import: created, repeated, refused
	Code    string // why it was refused
	Pointer string // and where

	Case     id.Case
	Served   bool // a node serves the place
	Standing warranty.Standing

	Mode         remedy.Mode
	Auto         bool  // nobody had to accept it
	OddsPermille int64 // that the plan promised
	PriorOnly    bool  // the odds came from no outcome of the house's own
	Kind         work.Kind
	WorkOrder    id.WorkOrder

	Appointment id.Appointment
	NoSlot      string         // the rule that kept the visit from a slot
	Reviews     []field.Review // what does not fit about the visit

	Outcome work.Outcome // as reported; "": nobody knows
	Cause   string

	Second remedy.Mode // that is proposed after the first way failed; "": nothing is

	WorkState work.State // at the end
	State     desk.State // at the end
	Charges   []Charge
	Proofs    int // that hold
}

// Charge is a line of what a case costs.
type Charge struct {
	Kind      warranty.CostKind `json:"kind"`
	Party     settlement.Party  `json:"party"`
	Payer     warranty.Payer    `json:"payer"`
	Amount    money.Amount      `json:"amount"`
	Statement id.Statement      `json:"statement"`
}

// planView is what is read of a fix plan.
type planView struct {
	State string       `json:"state"`
	Mode  remedy.Mode  `json:"mode"`
	Facts remedy.Facts `json:"facts"`
	Ways  struct {
		Options []remedy.Option `json:"options"`
		Auto    bool            `json:"auto"`
	} `json:"proposal"`
}

// take notes what the plan says.
func (c *Course) take(p planView) {
	c.Standing, c.Served, c.Auto = p.Facts.Standing, p.Facts.Served, p.Ways.Auto
	c.Mode = remedy.NoRemedy
	if len(p.Ways.Options) > 0 && !p.Ways.Options[0].Out {
		best := p.Ways.Options[0]
		c.Mode, c.OddsPermille, c.PriorOnly = best.Mode, best.OddsPermille, best.PriorOnly
	}
}

// best is the way that the plan ranks first.
func (p planView) best() remedy.Mode { return remedy.Proposal{Options: p.Ways.Options}.Best() }

// order is what is read of a work order.
type order struct {
	ID    id.WorkOrder `json:"id"`
	Kind  work.Kind    `json:"kind"`
	State work.State   `json:"state"`
}

// slot is what is read of an appointment.
type slot struct {
	ID         id.Appointment `json:"id"`
	State      dispatch.State `json:"state"`
	Technician id.Technician  `json:"technician"`
}
