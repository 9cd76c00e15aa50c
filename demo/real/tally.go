package real

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// Group is how the records of a category, a country or a way went.
type Group struct {
	Name                                   string
	Records, Taken, Refused                int
	Covered, Open, Uncovered               int // entitlement; Open: the purchase is to be proven
	Auto                                   int
	Fixed, Repairable, EndOfLife, NotKnown int // of what was taken in, by the record
	Closed, Waiting                        int // cases at the end
	Ways                                   map[remedy.Mode]int
}

// groups counts the courses by a name.
func groups(all []*Course, name func(*Course) string) []Group {
	by := map[string]*Group{}
	for _, c := range all {
		g := by[name(c)]
		if g == nil {
			g = &Group{Name: name(c), Ways: map[remedy.Mode]int{}}
			by[name(c)] = g
		}
		g.add(c)
	}
	out := make([]Group, 0, len(by))
	for _, g := range by {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Or(b.Records-a.Records, cmp.Compare(a.Name, b.Name)) })
	return out
}

func (g *Group) add(c *Course) {
	g.Records++
	if c.Case.IsZero() {
		g.Refused++
		return
	}
	g.Taken++
	g.Ways[c.Mode]++
	switch c.Standing {
	case warranty.Covered, warranty.Partly:
		g.Covered++
	case warranty.NeedsProof:
		g.Open++
	case warranty.NotCovered:
		g.Uncovered++
	}
	if c.Auto {
		g.Auto++
	}
	switch c.Status {
	case Fixed:
		g.Fixed++
	case Repairable:
		g.Repairable++
	case EndOfLife:
		g.EndOfLife++
	case NotKnown:
		g.NotKnown++
	}
	if c.State == desk.Closed {
		g.Closed++
	} else {
		g.Waiting++
	}
}

// Calibration holds what a way's odds promised against what came of it.
type Calibration struct {
	Mode     remedy.Mode
	N        int     // with a known result
	Promised float64 // mean of the odds
	Observed float64 // share that was fixed
	Brier    float64 // mean squared error of the odds
	Plain    float64 // the same for odds that are always Observed: what knowing nothing but the mean would give
}

// calibrate holds the odds of each way to repair against the records, those for
// which select says true.
func calibrate(all []*Course, choose func(*Course) bool) (out []Calibration) {
	by := map[remedy.Mode]*Calibration{}
	for _, c := range all {
		if c.Case.IsZero() || c.Status == NotKnown || !repairs(c.Mode) || !choose(c) {
			continue
		}
		k := by[c.Mode]
		if k == nil {
			k = &Calibration{Mode: c.Mode}
			by[c.Mode] = k
		}
		p, y := float64(c.OddsPermille)/1000, 0.0
		if c.Status == Fixed {
			y = 1
		}
		k.N, k.Promised, k.Observed, k.Brier = k.N+1, k.Promised+p, k.Observed+y, k.Brier+(p-y)*(p-y)
	}
	for _, m := range remedy.Modes {
		if k := by[m]; k != nil {
			n := float64(k.N)
			k.Promised, k.Observed, k.Brier = k.Promised/n, k.Observed/n, k.Brier/n
			k.Plain = k.Observed * (1 - k.Observed)
			out = append(out, *k)
		}
	}
	return out
}

// Gap is a sort of disagreement between plan and record.
type Gap struct {
	Plan, Record string
	N, Of        int // so many of the cases whose plan was such
}

// gaps counts where the plan that was chosen and the outcome that is recorded
// disagree.
func gaps(all []*Course) (out []Gap) {
	for _, g := range []struct {
		plan, record string
		planned      func(*Course) bool
		status       Status
	}{
		{"advice", "end of life", func(c *Course) bool { return c.Mode == remedy.Remote }, EndOfLife},
		{"advice", "could be repaired, not at this sitting", func(c *Course) bool { return c.Mode == remedy.Remote }, Repairable},
		{"a kit", "end of life", func(c *Course) bool { return c.Mode == remedy.SelfKit }, EndOfLife},
		{"carry in or send in", "end of life", func(c *Course) bool { return c.Mode == remedy.CarryIn || c.Mode == remedy.MailIn }, EndOfLife},
		{"a visit", "end of life", func(c *Course) bool { return c.Mode == remedy.OnSite }, EndOfLife},
		{"exchange, rebate or money back", "fixed", func(c *Course) bool { return !repairs(c.Mode) && c.Mode != remedy.NoRemedy }, Fixed},
		{"exchange, rebate or money back", "could be repaired, not at this sitting", func(c *Course) bool { return !repairs(c.Mode) && c.Mode != remedy.NoRemedy }, Repairable},
		{"nothing can be done", "fixed", func(c *Course) bool { return c.Mode == remedy.NoRemedy }, Fixed},
	} {
		gap := Gap{Plan: g.plan, Record: g.record}
		for _, c := range all {
			if c.Case.IsZero() || c.Status == NotKnown || !g.planned(c) {
				continue
			}
			gap.Of++
			if c.Status == g.status {
				gap.N++
			}
		}
		if gap.Of > 0 {
			out = append(out, gap)
		}
	}
	return out
}

// Sum is an amount under a heading.
type Sum struct {
	Name   string
	Lines  int
	Amount money.Amount
}

// sums adds charges up by a heading and their currency.
func sums(all []*Course, name func(Charge) string) []Sum {
	type key struct {
		name     string
		currency money.Currency
	}
	by := map[key]*Sum{}
	for _, c := range all {
		for _, ch := range c.Charges {
			k := key{name(ch), ch.Amount.Currency}
			if by[k] == nil {
				by[k] = &Sum{Name: k.name, Amount: money.Of(0, k.currency)}
			}
			by[k].Lines++
			by[k].Amount.Minor += ch.Amount.Minor
		}
	}
	out := make([]Sum, 0, len(by))
	for _, s := range by {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Amount.Currency, b.Amount.Currency))
	})
	return out
}

// whoPays is the heading of a charge by its payer.
func whoPays(c Charge) string {
	if c.Party == settlement.ToPartner {
		return "owed to partners"
	}
	return string(c.Payer) + " pays"
}

// Refusal is why records were refused, and how many.
type Refusal struct {
	Code, Pointer, Why string
	N                  int
}

// refusals counts what the import refused.
func refusals(all []*Course) (out []Refusal) {
	for _, c := range all {
		if !c.Case.IsZero() {
			continue
		}
		r := Refusal{Code: c.Code, Pointer: c.Pointer, Why: c.Category.Out.Why()}
		i := slices.IndexFunc(out, func(o Refusal) bool { return o.Code == r.Code && o.Pointer == r.Pointer && o.Why == r.Why })
		if i < 0 {
			i = len(out)
			out = append(out, r)
		}
		out[i].N++
	}
	slices.SortFunc(out, func(a, b Refusal) int {
		return cmp.Or(b.N-a.N, cmp.Compare(a.Code+a.Pointer+a.Why, b.Code+b.Pointer+b.Why))
	})
	return out
}

// count counts the courses by a text.
func count(all []*Course, text func(*Course) string) map[string]int {
	out := map[string]int{}
	for _, c := range all {
		if s := text(c); s != "" {
			out[s]++
		}
	}
	return out
}

// again is how many cases whose first way failed have another way proposed, or
// a plan that says for every way why not.
func again(all []*Course, possible bool) (n int) {
	for _, c := range all {
		if c.Second != "" && (c.Second != remedy.NoRemedy) == possible {
			n++
		}
	}
	return n
}
