package remedy

import (
	"slices"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/warranty"
)

// excluded returns the first rule that puts the mode out.
func excluded(m Mode, f Facts, p Policy) (Reason, bool) {
	for _, rule := range []func(Mode, Facts, Policy) (Reason, bool){
		byWorkType, byLaw, byModel, byTries, byHistory, byPart, byPlace, byMoney,
	} {
		if r, out := rule(m, f, p); out {
			return r, true
		}
	}
	return Reason{}, false
}

// byWorkType: what is not a repair is done where the unit stands.
func byWorkType(m Mode, f Facts, _ Policy) (Reason, bool) {
	return Reason{Code: "remedy.only_on_site", Args: map[string]any{"work_type": f.WorkType}}, f.WorkType != desk.Repair && m != OnSite
}

// byLaw: what the law owes is a bound, not an option.
func byLaw(m Mode, f Facts, p Policy) (Reason, bool) {
	due := owed(f, p)
	switch m {
	case Refund:
		return Reason{Code: "remedy.not_owed"}, !due
	case Partial:
		return Reason{Code: "remedy.by_agreement"}, true // a person may still agree on it with the customer
	case Swap:
		return Reason{}, false
	case Remote, SelfKit, CarryIn, MailIn, OnSite, TradeIn, NoRemedy:
		if f.beyond() {
			return Reason{Code: "remedy.beyond_repair"}, due
		}
		return Reason{Code: "remedy.exchange_owed", Args: map[string]any{"repeats": f.vain()}}, due
	default:
		return Reason{}, false
	}
}

// byModel: a model says how it may be served; one that says nothing may be
// visited and advised on.
func byModel(m Mode, f Facts, p Policy) (Reason, bool) {
	switch {
	case m == Refund || m == Swap && owed(f, p):
		return Reason{}, false
	case m == TradeIn:
		return Reason{Code: "remedy.price_unknown"}, f.UnitMinor == 0
	case len(f.Allowed) == 0:
		return Reason{Code: "remedy.model_not_portable"}, m != OnSite && m != Remote
	default:
		return Reason{Code: "remedy.model_disallows"}, !slices.Contains(f.Allowed, m)
	}
}

// byHistory: what has just failed by advice is not advised on again.
func byHistory(m Mode, f Facts, _ Policy) (Reason, bool) {
	return Reason{Code: "remedy.came_back", Args: map[string]any{"repeats": f.Repeats}}, f.Repeats > 0 && (m == Remote || m == SelfKit)
}

// byPart: a kit is sent when the part is likely the cure and safe to send.
func byPart(m Mode, f Facts, p Policy) (Reason, bool) {
	part := f.likeliest()
	switch {
	case m != SelfKit:
		return Reason{}, false
	case part.Permille < p.KitPermille:
		return Reason{Code: "remedy.part_unsure", Args: map[string]any{"permille": part.Permille, "needed": p.KitPermille}}, true
	default:
		return Reason{Code: "remedy.part_hazardous"}, part.Hazardous
	}
}

// byPlace: nobody can visit where nobody serves.
func byPlace(m Mode, f Facts, _ Policy) (Reason, bool) {
	return Reason{Code: "remedy.not_served"}, !f.Served && (m == OnSite || m == CarryIn)
}

// byMoney: repair that costs most of a new unit makes no sense, and a rebate on
// a new one is for those who would otherwise pay.
func byMoney(m Mode, f Facts, p Policy) (Reason, bool) {
	switch m {
	case TradeIn:
		return Reason{Code: "remedy.covered"}, f.Standing == warranty.Covered
	case CarryIn, MailIn, SelfKit:
		cost := p.Direct[m] + f.likeliest().CostMinor
		return Reason{Code: "remedy.not_worth", Args: map[string]any{"percent": p.LossPercent}},
			f.UnitMinor > 0 && cost*100 > f.UnitMinor*p.LossPercent
	case Swap:
		return Reason{Code: "remedy.swap_not_covered"}, f.Standing != warranty.Covered
	case Remote, OnSite, Refund, Partial, NoRemedy:
		return Reason{}, false
	default:
		return Reason{}, false
	}
}
