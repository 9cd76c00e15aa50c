package remedy

import (
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Need is what doing the fix asks for.
type Need struct {
	Part     id.Part `json:"part"`
	Quantity int64   `json:"quantity"`
}

// SkillNeed is a skill at a least level (1 to 5).
type SkillNeed struct {
	Skill string `json:"skill"`
	Level int64  `json:"level"`
}

// PlanProposed is published when the fix plan of a case has been worked out.
type PlanProposed struct {
	Case    id.Case    `json:"case"`
	Plan    id.FixPlan `json:"plan"`
	Mode    Mode       `json:"mode"` // of the option ranked first
	Options int64      `json:"options"`
	Auto    bool       `json:"auto"` // no person needs to accept it
	At      time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (PlanProposed) EventName() string { return "remedy.plan_proposed.v1" }

// Subject is the case.
func (e PlanProposed) Subject() id.Raw { return e.Case.Raw() }

// PlanSuperseded is published when a plan gives way to another one. Work that
// was begun for it is not done any more.
type PlanSuperseded struct {
	Case   id.Case    `json:"case"`
	Plan   id.FixPlan `json:"plan"`
	By     id.FixPlan `json:"by,omitzero"` // zero: the case is over
	Reason Again      `json:"reason"`
	At     time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (PlanSuperseded) EventName() string { return "remedy.plan_superseded.v1" }

// Subject is the case.
func (e PlanSuperseded) Subject() id.Raw { return e.Case.Raw() }

// Again is why a plan gives way, as a code that is translated for the reader.
type Again string

// Why a plan gives way.
const (
	AfterFailure  Again = "remedy.again_failed"   // its work was in vain
	AfterReopen   Again = "remedy.again_reopened" // its work was done, and the case came back
	AfterDecision Again = "remedy.again_decided"  // it is decided anew who pays
	OnRequest     Again = "remedy.again_asked"    // somebody has asked for it
	AfterStart    Again = "remedy.again_begun"    // the plan before it stands again: somebody was at its work
)

// PlanAccepted is published when it is decided how the case is fixed. What the
// work needs travels with it.
type PlanAccepted struct {
	Case      id.Case     `json:"case"`
	Plan      id.FixPlan  `json:"plan"`
	Mode      Mode        `json:"mode"`
	Overruled bool        `json:"overruled"` // not the option ranked first
	Brand     id.Brand    `json:"brand"`
	Node      id.Node     `json:"node"`
	Line      id.Line     `json:"line,omitzero"`
	Model     id.Model    `json:"model,omitzero"`
	Unit      id.Unit     `json:"unit,omitzero"`
	Minutes   int64       `json:"minutes"` // of work, on site or at the bench
	Skills    []SkillNeed `json:"skills,omitempty"`
	Parts     []Need      `json:"parts,omitempty"`
	At        time.Time   `json:"at"`
}

// EventName names the event on the wire.
func (PlanAccepted) EventName() string { return "remedy.plan_accepted.v1" }

// Subject is the case.
func (e PlanAccepted) Subject() id.Raw { return e.Case.Raw() }
