package world

import (
	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/sla"
)

// Target is a promise with codes instead of ids.
type Target struct {
	Brand, Line string
	To          sla.Party
	Kind        sla.Kind
	WorkType    desk.WorkType
	Priority    desk.Priority
	Minutes     int64
	Always      bool
}

// targets: what each brand promises, and what partners owe.
var targets = []Target{
	{To: sla.ToCustomer, Kind: sla.Respond, Minutes: 4 * 60},
	{To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 5 * 8 * 60},

	{Brand: Lingfeng, To: sla.ToCustomer, Kind: sla.Respond, Minutes: 60},
	{Brand: Lingfeng, To: sla.ToCustomer, Kind: sla.Arrive, Minutes: 24 * 60},
	{Brand: Lingfeng, Priority: desk.Critical, To: sla.ToCustomer, Kind: sla.Arrive, Minutes: 8 * 60},
	{Brand: Lingfeng, To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 36 * 60},
	{Brand: Lingfeng, WorkType: desk.Install, To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 48 * 60},
	{Brand: Lingfeng, To: sla.ToBrand, Kind: sla.Own, Minutes: 120},

	{Brand: Layerworks, To: sla.ToCustomer, Kind: sla.Respond, Minutes: 8 * 60},
	{Brand: Layerworks, To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 7 * 8 * 60},
	{Brand: Layerworks, Line: "PR-PRO", To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 3 * 8 * 60},

	{Brand: Voltara, To: sla.ToCustomer, Kind: sla.Respond, Minutes: 120},
	{Brand: Voltara, To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 4 * 8 * 60},
	{Brand: Voltara, Line: "EV-DC", To: sla.ToCustomer, Kind: sla.Respond, Minutes: 30, Always: true},
	{Brand: Voltara, Line: "EV-DC", To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 48 * 60, Always: true},
	{Brand: Voltara, Line: "EV-DC", Priority: desk.Critical, To: sla.ToCustomer, Kind: sla.Resolve, Minutes: 24 * 60, Always: true},
	{Brand: Voltara, To: sla.ToBrand, Kind: sla.Own, Minutes: 240},

	{To: sla.ToOperator, Kind: sla.Arrive, Minutes: 3 * 8 * 60},
}

// WarnAt is at which shares of the time a clock warns, in percent.
var WarnAt = []int64{80}

// PauseFor is what stops a promise's clock. A missing part is no excuse towards
// the customer.
func (t Target) PauseFor() []sla.Reason {
	if t.To == sla.ToCustomer {
		return []sla.Reason{sla.WaitCustomer, sla.Postponed}
	}
	return []sla.Reason{sla.WaitCustomer, sla.WaitPart, sla.Postponed, sla.Weather}
}

// Hours are the business hours of a country, or of a node.
type Hours struct {
	Node    string
	Country locale.Country
	Week    calendar.Week
}

var hours = []Hours{
	{Week: week("Mo-Fr 09:00-12:30,13:30-17:30")},
	{Country: "CN", Week: week("Mo-Sa 08:30-12:00,13:30-18:00; Su 09:00-12:00,14:00-17:00")},
	{Country: "SG", Week: week("Mo-Fr 09:00-13:00,14:00-18:00; Sa 09:00-13:00")},
	{Country: "DE", Week: week("Mo-Th 08:00-12:00,12:45-17:00; Fr 08:00-12:00,12:30-15:30")},
	{Country: "AT", Week: week("Mo-Th 08:00-12:00,13:00-17:00; Fr 08:00-13:00")},
	{Country: "NL", Week: week("Mo-Fr 08:00-12:30,13:00-17:00")},
	{Country: "GB", Week: week("Mo-Fr 08:30-12:30,13:15-17:30; Sa 09:00-12:00")},
	{Country: "US", Week: week("Mo-Fr 08:00-12:00,13:00-18:00; Sa 10:00-14:00")},
	{Country: "FR", Week: week("Mo-Fr 09:00-12:00,14:00-18:00")},
	{Node: "wuhan-hankou", Week: week("Mo-Su 08:00-12:00,13:30-20:00")},
	{Node: "wuhan-wuchang", Week: week("Mo-Su 08:00-12:00,13:30-20:00")},
}

func week(s string) calendar.Week {
	w, err := calendar.ParseWeek(s)
	if err != nil {
		panic("world: hours " + s) // the tables are constant; a test reads them all
	}
	return w
}
