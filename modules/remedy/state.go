package remedy

// State is where a plan stands.
type State string

// The states of a fix plan, as in GLOSSARY.md.
const (
	Proposed   State = "proposed"
	Accepted   State = "accepted"
	Overruled  State = "overruled"
	Superseded State = "superseded"
)

// Command asks a plan to change its state.
type Command string

// The commands.
const (
	Accept    Command = "accept"    // the way ranked first
	Overrule  Command = "overrule"  // another one
	Supersede Command = "supersede" // another plan takes its place
)

// moves is the state machine; README.md draws it. What was decided gives way as
// a proposal does: the way failed, or the case came back. It stands again as it
// was decided when its work turns out to have begun.
var moves = map[State]map[Command]State{
	Proposed:   {Accept: Accepted, Overrule: Overruled, Supersede: Superseded},
	Accepted:   {Supersede: Superseded},
	Overruled:  {Supersede: Superseded},
	Superseded: {Accept: Accepted, Overrule: Overruled},
}

// Next returns the state after the command, or ErrDecided.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrDecided
}

// States are all states, in the order of a plan's life.
var States = []State{Proposed, Accepted, Overruled, Superseded}
