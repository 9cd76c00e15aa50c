package catalog

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// UnitState is where a unit is in its life.
type UnitState string

// The states of a unit.
const (
	Made      UnitState = "made"      // known to the brand, not sold yet
	Sold      UnitState = "sold"      // with a customer, not installed or not known to be
	Installed UnitState = "installed" // running
	Retired   UnitState = "retired"   // scrapped, replaced or refunded: nothing more is owed for it
)

// UnitCommand asks a unit to change its state.
type UnitCommand string

// The commands.
const (
	Sell    UnitCommand = "sell"
	Install UnitCommand = "install"
	Retire  UnitCommand = "retire"
)

// Unit is one product with a serial: an entry of the installed base. It names
// no person.
type Unit struct {
	ID          id.Unit        `json:"id"`
	Brand       id.Brand       `json:"brand"`
	Serial      string         `json:"serial"` // in the form of Serial
	Model       id.Model       `json:"model"`
	Line        id.Line        `json:"line"` // of the model
	SoldOn      Day            `json:"sold_on,omitempty"`
	SoldIn      locale.Country `json:"sold_in,omitempty"`
	InstalledOn Day            `json:"installed_on,omitempty"`
	State       UnitState      `json:"state" enum:"made,sold,installed,retired"`
	Version     int64          `json:"version"`
}

// NextUnit returns the state after the command, or ErrUnitTransition. Selling
// again what is sold, and installing again what is installed, is a new fact
// about the same state and allowed.
func NextUnit(s UnitState, c UnitCommand) (UnitState, error) {
	switch s {
	case Made, Sold:
		switch c {
		case Sell:
			return Sold, nil
		case Install:
			return Installed, nil
		case Retire:
			return Retired, nil
		}
	case Installed:
		switch c {
		case Sell, Install:
			return Installed, nil
		case Retire:
			return Retired, nil
		}
	case Retired:
	}
	return s, ErrUnitTransition.With("state", s).With("command", c)
}

// CheckUnit returns u with its serial in form and, where none is given, the
// state that its days tell; or it says what is wrong. today is the day at the
// operator: nothing is sold or installed after it.
func CheckUnit(u Unit, today Day) (Unit, error) {
	bad := ErrInvalid
	serial, err := Serial(u.Serial)
	if err != nil {
		return u, err
	}
	u.Serial = serial
	if u.Brand.IsZero() {
		bad = bad.At("/brand", "required")
	}
	if u.Model.IsZero() {
		bad = bad.At("/model", "required")
	}
	bad = checkDay(bad, "/sold_on", u.SoldOn, today)
	bad = checkDay(bad, "/installed_on", u.InstalledOn, today)
	if u.SoldIn != "" && !u.SoldIn.Valid() {
		bad = bad.At("/sold_in", "shape")
	}
	if u.SoldOn != "" && u.InstalledOn != "" && u.InstalledOn < u.SoldOn {
		bad = bad.At("/installed_on", "before_sale")
	}
	u.State, bad = stateOf(u, bad)
	return u, verdict(bad)
}

// Merge returns what the register says of a unit after next has been imported
// over it: what next leaves out stays, and the state never goes back.
func Merge(old, next Unit) Unit {
	out := next
	out.ID, out.Version = old.ID, old.Version
	out.SoldOn, out.SoldIn = cmp.Or(next.SoldOn, old.SoldOn), cmp.Or(next.SoldIn, old.SoldIn)
	out.InstalledOn = cmp.Or(next.InstalledOn, old.InstalledOn)
	if slices.Index(unitStates, old.State) > slices.Index(unitStates, next.State) {
		out.State = old.State
	}
	return out
}

// unitStates in the order of a unit's life.
var unitStates = []UnitState{Made, Sold, Installed, Retired}

// Reported is what a registration or a visit has learned of a unit. Empty
// members are not known.
type Reported struct {
	SoldOn      Day
	SoldIn      locale.Country
	InstalledOn Day
}

// Learn returns u with what was reported filled in where the register is still
// silent, and whether that changed anything. What the register knows stays: to
// correct it is an act of its own.
func Learn(u Unit, r Reported) (Unit, bool) {
	before := u
	if u.SoldOn == "" {
		u.SoldOn = r.SoldOn
	}
	if u.SoldIn == "" {
		u.SoldIn = r.SoldIn
	}
	if u.InstalledOn == "" && (u.SoldOn == "" || r.InstalledOn >= u.SoldOn) {
		u.InstalledOn = r.InstalledOn
	}
	for _, step := range []struct {
		known bool
		do    UnitCommand
	}{{u.SoldOn != "", Sell}, {u.InstalledOn != "", Install}} {
		if next, err := NextUnit(u.State, step.do); err == nil && step.known {
			u.State = next
		}
	}
	return u, u != before
}
