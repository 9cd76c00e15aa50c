package remedy

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/warranty"
)

// Part is a part that may cure the symptom.
type Part struct {
	Part      id.Part `json:"part"`
	Quantity  int64   `json:"quantity"`
	Permille  int64   `json:"permille"` // how likely it is the cure
	CostMinor int64   `json:"cost_minor"`
	Hazardous bool    `json:"hazardous,omitempty"`
}

// Facts is what a proposal is made from. Amounts are minor units of the
// tenant's currency.
type Facts struct {
	WorkType   desk.WorkType     `json:"work_type"`
	Standing   warranty.Standing `json:"standing"`
	LabourPaid warranty.Payer    `json:"labour_paid"`         // who pays labour
	Served     bool              `json:"served"`              // a node serves the place
	Allowed    []Mode            `json:"allowed,omitempty"`   // what the model allows; empty: visits and advice
	UnitMinor  int64             `json:"unit_minor"`          // what a new unit costs; 0: not known
	Repeats    int64             `json:"repeats"`             // repairs of the same unit for the same symptom in the term
	Wish       Mode              `json:"wish,omitempty"`      // of the customer
	Urgent     bool              `json:"urgent,omitempty"`    // priority critical or high
	Parts      []Part            `json:"parts,omitempty"`     // the likeliest first
	Counts     map[Mode]Count    `json:"counts,omitempty"`    // the tenant's own history for the model's line
	Minutes    int64             `json:"minutes"`             // standard time of the likeliest fix; 0: not known
	Currency   string            `json:"currency,omitempty"`  // of the amounts, for the reader
	Statutory  bool              `json:"statutory,omitempty"` // the law's term holds
	Tried      []Try             `json:"tried,omitempty"`     // on this case, in vain
}

// Policy is what a tenant sets. The zero Policy is not useful: see Standard.
type Policy struct {
	Version      int64          `json:"version"`
	Direct       map[Mode]int64 `json:"direct"`         // what each way costs by itself, without parts, in minor units
	Hours        map[Mode]int64 `json:"hours"`          // until it is solved, as a rule
	HourMinor    int64          `json:"hour_minor"`     // what an hour without the unit weighs
	UrgentTimes  int64          `json:"urgent_times"`   // how many times that when it is urgent
	WishMinor    int64          `json:"wish_minor"`     // what the customer's wish weighs
	ExchangeFrom int64          `json:"exchange_from"`  // repairs of one fault after which the law owes an exchange or refund
	KitPermille  int64          `json:"kit_permille"`   // how likely the cure must be before a kit is sent
	LossPercent  int64          `json:"loss_percent"`   // of a new unit's price above which repair makes no sense
	AutoPercent  int64          `json:"auto_percent"`   // by how much the first must beat the second to need no person; 0: never
	VisitMinutes int64          `json:"visit_minutes"`  // of work when nothing else is known
	SkillPerLine bool           `json:"skill_per_line"` // a visit needs the skill of the product line
}

// Standard is the policy of a new tenant, in cents of a euro or the like. These
// are priors, and shown as such, until the tenant publishes its own.
var Standard = Policy{
	Version:   0,
	Direct:    map[Mode]int64{Remote: 1200, SelfKit: 1500, CarryIn: 4500, MailIn: 6500, OnSite: 11000, Swap: 9000, TradeIn: 4000, Refund: 3000, Partial: 2500},
	Hours:     map[Mode]int64{Remote: 2, SelfKit: 60, CarryIn: 96, MailIn: 168, OnSite: 48, Swap: 72, TradeIn: 120, Refund: 120, Partial: 48},
	HourMinor: 20, UrgentTimes: 5, WishMinor: 2500, ExchangeFrom: 2, KitPermille: 350, LossPercent: 60, AutoPercent: 10,
	VisitMinutes: 60, SkillPerLine: true,
}

// Reason says why an option ranks where it does, or why it is out. Codes are
// translated for the reader.
type Reason struct {
	Code string         `json:"code"`
	Args map[string]any `json:"args,omitempty"`
}

// Option is a way to fix the case, weighed.
type Option struct {
	Mode          Mode     `json:"mode"`
	Out           bool     `json:"out,omitempty"` // it cannot be chosen; Reasons say why
	OddsPermille  int64    `json:"odds_permille"`
	PriorOnly     bool     `json:"prior_only,omitempty"` // the odds come from no history of one's own
	DirectMinor   int64    `json:"direct_minor"`         // with the parts it would use
	ExpectedMinor int64    `json:"expected_minor"`       // with what follows if it fails
	Hours         int64    `json:"hours"`
	ScoreMinor    int64    `json:"score_minor"`       // what the ranking goes by: less is better
	Reasons       []Reason `json:"reasons,omitempty"` // what the numbers do not say: the rule that puts it out, the wish
}

// Explain returns all reasons of the option, those that its numbers say too.
func (o Option) Explain() []Reason {
	if o.Out {
		return o.Reasons
	}
	odds := "remedy.odds"
	if o.PriorOnly {
		odds = "remedy.odds_prior"
	}
	return append([]Reason{
		{"remedy.cost", map[string]any{"expected_minor": o.ExpectedMinor, "direct_minor": o.DirectMinor}},
		{"remedy.time", map[string]any{"hours": o.Hours}},
		{odds, map[string]any{"permille": o.OddsPermille}},
	}, o.Reasons...)
}

// Proposal is the ranked options, those that are out last.
type Proposal struct {
	Options []Option `json:"options"`
	Auto    bool     `json:"auto"` // clear and free enough that nobody need decide
	Owed    bool     `json:"owed"` // the law bounds the choice
	Policy  int64    `json:"policy"`
}

// Best returns the option ranked first, NoRemedy when there is none.
func (p Proposal) Best() Mode {
	if len(p.Options) == 0 || p.Options[0].Out {
		return NoRemedy
	}
	return p.Options[0].Mode
}

// Choosing is the command that a choice of m is: to accept the way ranked first,
// or to overrule it.
func (p Proposal) Choosing(m Mode) Command {
	if m == p.Best() {
		return Accept
	}
	return Overrule
}

// Find returns the option of the mode.
func (p Proposal) Find(m Mode) (Option, bool) {
	i := slices.IndexFunc(p.Options, func(o Option) bool { return o.Mode == m })
	if i < 0 {
		return Option{}, false
	}
	return p.Options[i], true
}

// Modes are the ways that are weighed, in the order in which ties are broken.
var Modes = []Mode{Remote, SelfKit, OnSite, CarryIn, MailIn, Swap, TradeIn, Refund, Partial}

// Propose weighs every way to fix the case. It always returns every mode once:
// first those that can be chosen, the best first, then those that are out with
// the first rule that puts them there. The same facts and policy give the same
// proposal.
func Propose(f Facts, p Policy) Proposal {
	out := Proposal{Policy: p.Version, Owed: owed(f, p)}
	for _, m := range Modes {
		o := weigh(m, f, p)
		if why, no := excluded(m, f, p); no {
			o.Out, o.Reasons = true, []Reason{why}
		}
		out.Options = append(out.Options, o)
	}
	fallBack(out.Options)
	for i := range out.Options {
		score(&out.Options[i], f, p)
	}
	slices.SortStableFunc(out.Options, func(a, b Option) int {
		return cmp.Or(compareBool(a.Out, b.Out), cmp.Compare(a.ScoreMinor, b.ScoreMinor))
	})
	out.Auto = clear(out, f, p)
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// owed reports whether the law gives the customer an exchange or the money back:
// the same fault has outlived too many repairs within the statutory term, or
// there is nothing left to repair.
func owed(f Facts, p Policy) bool {
	return f.Statutory && f.Standing == warranty.Covered && p.ExchangeFrom > 0 && (f.vain() >= p.ExchangeFrom || f.beyond())
}

// weigh says what the way costs by itself and how likely it works.
func weigh(m Mode, f Facts, p Policy) Option {
	c := f.Counts[m]
	o := Option{Mode: m, DirectMinor: p.Direct[m], Hours: p.Hours[m], OddsPermille: f.after(m, min(c.Permille(priors[m]), 1000)), PriorOnly: c.Tried == 0}
	switch m {
	case SelfKit:
		o.DirectMinor += f.likeliest().CostMinor
	case OnSite, CarryIn, MailIn:
		part := f.likeliest()
		o.DirectMinor += part.CostMinor * part.Permille / 1000 // it is used only if it is the cure
	case Swap:
		o.DirectMinor += f.UnitMinor / 2 // the unit that comes back is refurbished
	case Refund:
		o.DirectMinor += f.UnitMinor
	case TradeIn, Partial:
		o.DirectMinor += f.UnitMinor / 4
	case Remote, NoRemedy:
	}
	return o
}

func (f Facts) likeliest() Part {
	if len(f.Parts) == 0 {
		return Part{}
	}
	return f.Parts[0]
}

// fallBack adds to each option what follows when it fails: the surest of the
// others that can be chosen.
func fallBack(options []Option) {
	for i := range options {
		o := &options[i]
		next := int64(0)
		best := int64(-1)
		for _, other := range options {
			if !other.Out && other.Mode != o.Mode && other.OddsPermille > best {
				best, next = other.OddsPermille, other.DirectMinor
			}
		}
		o.ExpectedMinor = o.DirectMinor + (1000-o.OddsPermille)*next/1000
	}
}

// score weighs cost, time and the customer's wish.
func score(o *Option, f Facts, p Policy) {
	hour := p.HourMinor
	if f.Urgent {
		hour *= max(p.UrgentTimes, 1)
	}
	o.ScoreMinor = o.ExpectedMinor + o.Hours*hour
	if o.Out {
		return
	}
	if n := f.tried(o.Mode); n > 0 {
		o.Reasons = append(o.Reasons, Reason{Code: "remedy.tried_in_vain", Args: map[string]any{"times": n}})
	}
	if f.Wish == o.Mode {
		o.ScoreMinor -= p.WishMinor
		o.Reasons = append(o.Reasons, Reason{Code: "remedy.wished"})
	}
}

// clear reports whether nobody need decide: the customer pays nothing, the law
// leaves no choice open, and the first option is the only one, or beats the
// second clearly on odds that were learned here. On a first guess alone a person
// decides, and after a failure too: somebody ought to know of it.
func clear(out Proposal, f Facts, p Policy) bool {
	if p.AutoPercent <= 0 || len(f.Tried) > 0 || out.Owed || out.Best() == NoRemedy || f.LabourPaid == warranty.CustomerPays || f.Standing != warranty.Covered {
		return false
	}
	if len(out.Options) < 2 || out.Options[1].Out {
		return true
	}
	if out.Options[0].PriorOnly {
		return false
	}
	first, second := out.Options[0].ScoreMinor, out.Options[1].ScoreMinor
	return first*(100+p.AutoPercent) <= second*100
}
