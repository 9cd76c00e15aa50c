package warranty

import (
	"cmp"
	"slices"
	"strings"

	"fettle.dev/fettle/modules/catalog"
)

// Decide says what the terms cover for the unit on a day at the site. A zero
// unit is one that the register does not know. It neither fails nor depends on
// the order of the terms.
func Decide(terms []Term, unit catalog.Unit, facts Facts, on catalog.Day) Decision {
	s, fs := situate(unit, facts, on), &findings{}
	s.notes(fs)
	considered := s.considered(terms)
	coverage := make([]Coverage, 0, len(CostKinds))
	for _, cost := range CostKinds {
		coverage = append(coverage, s.cost(considered, cost, fs))
	}
	if len(considered) == 0 {
		fs.add(finding{code: NoTerm, args: [2]string{string(s.soldIn)}}, "")
	}
	return Decision{Standing: overall(coverage), On: on, Coverage: coverage, Reasons: fs.reasons()}
}

func overall(cs []Coverage) Standing {
	var covered, open int
	for _, c := range cs {
		switch c.Standing {
		case Covered:
			covered++
		case NeedsProof:
			open++
		case NotCovered, Partly:
		}
	}
	switch {
	case covered == len(cs):
		return Covered
	case covered > 0:
		return Partly
	case open > 0:
		return NeedsProof
	default:
		return NotCovered
	}
}

// cost decides one kind of cost and notes why.
func (s situation) cost(terms []Term, cost CostKind, fs *findings) Coverage {
	c := Coverage{Cost: cost, Standing: NotCovered, Payer: CustomerPays}
	for i := range terms {
		t := &terms[i]
		cover, promised := t.cover(cost)
		if !promised {
			fs.add(finding{code: CostNotInTerm, term: t.ID}, cost)
			continue
		}
		standing, until, why := s.judge(t, cover)
		why.term = t.ID
		fs.add(why, cost)
		switch {
		case standing == Covered:
			c.Standing, c.Until = Covered, max(c.Until, until)
			c.Grants = append(c.Grants, Grant{t.ID, t.Version, t.Kind, cover.Payer, until, cover.Limit})
		case standing == NeedsProof && c.Standing == NotCovered:
			c.Standing = NeedsProof
		}
	}
	slices.SortFunc(c.Grants, firstPays)
	if len(c.Grants) > 0 {
		c.Payer = c.Grants[0].Payer
	}
	return c
}

// firstPays orders grants: by kind, then those without a limit, then the longer
// one, then by term.
func firstPays(a, b Grant) int {
	return cmp.Or(
		cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
		cmp.Compare(len(a.Limit.Currency), len(b.Limit.Currency)),
		strings.Compare(string(b.Until), string(a.Until)),
		strings.Compare(string(a.Term[:]), string(b.Term[:])),
	)
}

// judge says whether one promise holds, until when, and why or why not.
func (s situation) judge(t *Term, c Cover) (Standing, catalog.Day, finding) {
	if why, no := s.bars(t, c); no {
		return NotCovered, "", why
	}
	start := s.begin(t)
	if start.day == "" {
		return NeedsProof, "", finding{code: SaleUnknown}
	}
	until := Ends(start.day, c.Months)
	args := [2]string{string(until)}
	switch {
	case s.on < start.day:
		return NotCovered, "", finding{code: NotStarted, args: [2]string{string(start.day)}}
	case s.on >= until:
		return NotCovered, "", finding{code: Expired, args: args}
	case !start.proven, t.ProofNeeded && !s.shown:
		return NeedsProof, "", finding{code: ProofNeeded, args: args}
	case start.assumed:
		return Covered, until, finding{code: InTermFromSale, args: args}
	default:
		return Covered, until, finding{code: InTerm, args: args}
	}
}

// bars says whether anything but time keeps the term from covering the case.
func (s situation) bars(t *Term, c Cover) (finding, bool) {
	cause, excluded := t.excluded(c.Cost, s.causes)
	switch {
	case s.retired:
		return finding{code: UnitRetired}, true
	case !t.worksFor(s.work):
		return finding{code: WorkNotCovered, args: [2]string{s.work}}, true
	case !t.International && s.country != s.soldIn:
		return finding{code: GreyImport, args: [2]string{string(s.soldIn), string(s.country)}}, true
	case excluded:
		return finding{code: Excluded, args: [2]string{string(cause)}}, true
	}
	return finding{}, false
}

// Bears reports whether it changes anything about what is known that the cause
// was found: whether one of the terms excludes it and it is not known already.
func Bears(cause Cause, terms []Term, known Facts) bool {
	return cause != "" && !slices.Contains(known.Causes, cause) && slices.ContainsFunc(terms, func(t Term) bool {
		return slices.ContainsFunc(t.Excludes, func(x Exclusion) bool { return x.Cause == cause })
	})
}

// Ends returns the first day that is no longer covered by a term of so many
// months. As the law counts, the day it starts on is not counted, so the day of
// the same date is the last one covered.
func Ends(start catalog.Day, months int) catalog.Day { return start.AddMonths(months).AddDays(1) }
