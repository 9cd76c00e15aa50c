package sla

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
)

// Promise is what a clock holds a case to. A clock keeps the promise under
// which it was started, whatever becomes of the target.
type Promise struct {
	WithinMinutes int64    `json:"within_minutes" minimum:"1" maximum:"525600" doc:"of working time"`
	Always        bool     `json:"always,omitempty" doc:"counts around the clock, not in business hours"`
	WarnAt        []int64  `json:"warn_at,omitempty" maxItems:"9" doc:"percent of the time, rising"`
	PauseFor      []Reason `json:"pause_for,omitempty" maxItems:"5" enum:"customer,part,partner,weather,postponed" doc:"what stops the clock"`
}

// Within is how much working time the promise leaves.
func (p Promise) Within() time.Duration { return time.Duration(p.WithinMinutes) * time.Minute }

// PausesFor reports whether the reason stops the clock.
func (p Promise) PausesFor(r Reason) bool { return slices.Contains(p.PauseFor, r) }

// Target says what is promised to whom, for which cases. A condition that is
// left empty fits every case.
type Target struct {
	ID       id.SlaTarget   `json:"id,omitzero"`
	To       Party          `json:"to" enum:"customer,brand,operator"`
	Kind     Kind           `json:"kind" enum:"respond,own,arrive,resolve"`
	Line     id.Line        `json:"line,omitzero"`
	Brand    id.Brand       `json:"brand,omitzero"`
	Node     id.Node        `json:"node,omitzero"`
	Country  locale.Country `json:"country,omitempty" doc:"of the site"`
	WorkType desk.WorkType  `json:"work_type,omitempty" enum:"install,commission,repair,inspect,maintain,survey,retrofit,remove"`
	Priority desk.Priority  `json:"priority,omitempty" minimum:"1" maximum:"4"`
	Promise
}

// Situation is what targets look at.
type Situation struct {
	Line     id.Line
	Brand    id.Brand
	Node     id.Node
	Country  locale.Country
	WorkType desk.WorkType
	Priority desk.Priority
}

// Why says what a target's conditions made of a case.
type Why string

// The findings on a target: chosen, or the reason why not.
const (
	Chosen        Why = "chosen"
	LessSpecific  Why = "less_specific" // it fits, but another says more about the case
	OtherLine     Why = "other_line"
	OtherBrand    Why = "other_brand"
	OtherNode     Why = "other_node"
	OtherCountry  Why = "other_country"
	OtherWorkType Why = "other_work_type"
	OtherPriority Why = "other_priority"
)

// conditions holds, for each condition of a target in the order of their
// weight, whether it is set and whether it fits.
type conditions [6]struct {
	set, fits bool
	not       Why
}

func (t *Target) conditions(s *Situation) conditions {
	return conditions{
		{!t.Line.IsZero(), t.Line == s.Line, OtherLine},
		{!t.Brand.IsZero(), t.Brand == s.Brand, OtherBrand},
		{!t.Node.IsZero(), t.Node == s.Node, OtherNode},
		{t.Country != "", t.Country == s.Country, OtherCountry},
		{t.WorkType != "", t.WorkType == s.WorkType, OtherWorkType},
		{t.Priority != 0, t.Priority == s.Priority, OtherPriority},
	}
}

// weigh returns how specific the target is, or why it does not fit. More
// conditions weigh more; among as many, the line weighs more than the brand,
// and so on in the order of conditions.
func (t *Target) weigh(s *Situation) (weight int, not Why) {
	for i, c := range t.conditions(s) {
		switch {
		case c.set && !c.fits:
			return 0, c.not
		case c.set:
			weight += 64 + 32>>i
		}
	}
	return weight, ""
}

// Choose returns, for each party and kind of promise, the target that says most
// about the situation, in the order of Parties and Kinds. Targets that say
// exactly as much cannot both be kept (CheckAll); if they come all the same,
// the lower id wins.
func Choose(targets []Target, s Situation) []Target {
	var chosen []Target
	var weights []int
	for i := range targets {
		t := &targets[i]
		weight, not := t.weigh(&s)
		if not != "" {
			continue
		}
		at := slices.IndexFunc(chosen, func(c Target) bool { return c.To == t.To && c.Kind == t.Kind })
		switch {
		case at < 0:
			chosen, weights = append(chosen, *t), append(weights, weight)
		case weight > weights[at] || weight == weights[at] && before(t.ID, chosen[at].ID):
			chosen[at], weights[at] = *t, weight
		}
	}
	slices.SortFunc(chosen, func(a, b Target) int {
		return cmp.Or(
			slices.Index(Parties, a.To)-slices.Index(Parties, b.To),
			slices.Index(Kinds, a.Kind)-slices.Index(Kinds, b.Kind))
	})
	return chosen
}

func before(a, b id.SlaTarget) bool { return slices.Compare(a[:], b[:]) < 0 }

// Finding is what became of one target.
type Finding struct {
	Target id.SlaTarget `json:"target"`
	Why    Why          `json:"why"`
}

// Explain says for each target why Choose took it, or did not.
func Explain(targets []Target, s Situation) []Finding {
	chosen := Choose(targets, s)
	out := make([]Finding, 0, len(targets))
	for i := range targets {
		t := &targets[i]
		_, why := t.weigh(&s)
		switch {
		case why != "":
		case slices.ContainsFunc(chosen, func(c Target) bool { return c.ID == t.ID }):
			why = Chosen
		default:
			why = LessSpecific
		}
		out = append(out, Finding{t.ID, why})
	}
	return out
}

// limits of a target.
const (
	maxMinutes = 365 * 24 * 60
	maxTargets = 1000
)

// CheckAll says what is wrong with a tenant's set of targets: members that
// cannot be right (ErrInvalid), or two targets for exactly the same cases
// (ErrAmbiguous).
func CheckAll(targets []Target) error {
	bad := ErrInvalid
	if len(targets) > maxTargets {
		return bad.At("/targets", "too_many")
	}
	type scope struct {
		to   Party
		kind Kind
		s    Situation
	}
	seen := map[scope]bool{}
	for i, t := range targets {
		bad = t.check(bad, "/targets/"+strconv.Itoa(i))
		s := scope{t.To, t.Kind, Situation{t.Line, t.Brand, t.Node, t.Country, t.WorkType, t.Priority}}
		if seen[s] {
			return ErrAmbiguous.With("index", i)
		}
		seen[s] = true
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (t *Target) check(bad *fault.Fault, at string) *fault.Fault {
	if !slices.Contains(Parties, t.To) {
		bad = bad.At(at+"/to", "unknown")
	}
	if !slices.Contains(Kinds, t.Kind) {
		bad = bad.At(at+"/kind", "unknown")
	}
	if t.Country != "" && !t.Country.Valid() {
		bad = bad.At(at+"/country", "shape")
	}
	if t.Priority < 0 || t.Priority > desk.Low {
		bad = bad.At(at+"/priority", "range")
	}
	if t.WithinMinutes < 1 || t.WithinMinutes > maxMinutes {
		bad = bad.At(at+"/within_minutes", "range")
	}
	last := int64(0)
	for _, percent := range t.WarnAt {
		if percent <= last || percent > 99 {
			bad = bad.At(at+"/warn_at", "range")
			break
		}
		last = percent
	}
	for _, r := range t.PauseFor {
		if !slices.Contains(Reasons, r) {
			bad = bad.At(at+"/pause_for", "unknown")
			break
		}
	}
	return bad
}
