package remedy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
)

func facts(t *rapid.T) remedy.Facts {
	f := remedy.Facts{
		WorkType:   rapid.SampledFrom([]desk.WorkType{desk.Repair, desk.Repair, desk.Install, desk.Maintain}).Draw(t, "work"),
		Standing:   rapid.SampledFrom([]warranty.Standing{warranty.Covered, warranty.NotCovered, warranty.NeedsProof, warranty.Partly}).Draw(t, "standing"),
		LabourPaid: rapid.SampledFrom(warranty.Payers).Draw(t, "payer"),
		Served:     rapid.Bool().Draw(t, "served"),
		Allowed:    rapid.SliceOfDistinct(rapid.SampledFrom(remedy.Modes), rapid.ID).Draw(t, "allowed"),
		UnitMinor:  rapid.Int64Range(0, 500_000).Draw(t, "unit"),
		Repeats:    rapid.Int64Range(0, 4).Draw(t, "repeats"),
		Wish:       rapid.SampledFrom(append([]remedy.Mode{""}, remedy.Modes...)).Draw(t, "wish"),
		Urgent:     rapid.Bool().Draw(t, "urgent"),
		Statutory:  rapid.Bool().Draw(t, "statutory"),
		Counts:     map[remedy.Mode]remedy.Count{},
	}
	for range rapid.IntRange(0, 4).Draw(t, "tries") {
		f.Tried = append(f.Tried, remedy.Try{Mode: rapid.SampledFrom(remedy.Modes).Draw(t, "tried"), Outcome: rapid.SampledFrom([]string{"not_fixed", "fixed", "end_of_life"}).Draw(t, "outcome")})
	}
	for _, m := range remedy.Modes {
		tried := rapid.Int64Range(0, 500).Draw(t, "tried")
		f.Counts[m] = remedy.Count{Tried: tried, Fixed: rapid.Int64Range(0, tried).Draw(t, "fixed")}
	}
	if rapid.Bool().Draw(t, "part") {
		f.Parts = []remedy.Part{{Quantity: 1, Permille: rapid.Int64Range(0, 1000).Draw(t, "permille"), CostMinor: rapid.Int64Range(0, 40_000).Draw(t, "part cost"), Hazardous: rapid.Bool().Draw(t, "hazardous")}}
	}
	return f
}

// Every way is answered once, those out stand last and say why, the ranking is
// by score, and asking twice gives the same.
func TestProposeAnswersEveryMode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		p := remedy.Propose(f, remedy.Standard)
		if diff := cmp.Diff(p, remedy.Propose(f, remedy.Standard)); diff != "" {
			t.Fatalf("asked twice: %s", diff)
		}
		if len(p.Options) != len(remedy.Modes) {
			t.Fatalf("%d options", len(p.Options))
		}
		for i, o := range p.Options {
			if len(o.Explain()) == 0 || o.OddsPermille < 0 || o.OddsPermille > 1000 {
				t.Fatalf("%+v", o)
			}
			if i == 0 {
				continue
			}
			before := p.Options[i-1]
			if before.Out && !o.Out || before.Out == o.Out && before.ScoreMinor > o.ScoreMinor {
				t.Fatalf("%+v stands before %+v", before, o)
			}
		}
	})
}

// What the law owes leaves only an exchange or the money back, and nobody but a
// person decides it.
func TestLawIsABound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		p := remedy.Propose(f, remedy.Standard)
		for _, o := range p.Options {
			if p.Owed && f.WorkType == desk.Repair && o.Out == slices.Contains([]remedy.Mode{remedy.Swap, remedy.Refund}, o.Mode) {
				t.Fatalf("owed, but %s is out: %v", o.Mode, o.Out)
			}
			if !p.Owed && o.Mode == remedy.Refund && !o.Out {
				t.Fatal("a refund that nobody owes")
			}
		}
		if p.Auto && len(f.Tried) > 0 {
			t.Fatal("decided without a person after a failure")
		}
		if p.Auto && (p.Owed || f.LabourPaid == warranty.CustomerPays || f.Standing != warranty.Covered) {
			t.Fatal("decided without a person though the customer pays or the law leaves a choice")
		}
		if p.Auto && p.Options[0].PriorOnly && !p.Options[1].Out {
			t.Fatal("decided without a person on a first guess")
		}
	})
}

// Better odds never make an option rank worse by themselves, and a wish never
// hurts what is wished.
func TestOddsAndWishesHelp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		m := rapid.SampledFrom(remedy.Modes).Draw(t, "mode")
		f.Wish = ""
		before, _ := remedy.Propose(f, remedy.Standard).Find(m)
		f.Wish = m
		wished, _ := remedy.Propose(f, remedy.Standard).Find(m)
		if wished.ScoreMinor > before.ScoreMinor {
			t.Fatalf("a wish raised the score of %s from %d to %d", m, before.ScoreMinor, wished.ScoreMinor)
		}
		f.Counts[m] = remedy.Count{Tried: f.Counts[m].Tried + 50, Fixed: f.Counts[m].Fixed + 50}
		better, _ := remedy.Propose(f, remedy.Standard).Find(m)
		if better.OddsPermille < wished.OddsPermille || better.ScoreMinor > wished.ScoreMinor {
			t.Fatalf("50 good tries took %s from %+v to %+v", m, wished, better)
		}
	})
}

func TestProposeByExample(t *testing.T) {
	t.Parallel()
	covered := remedy.Facts{WorkType: desk.Repair, Standing: warranty.Covered, LabourPaid: warranty.BrandPays, Served: true}
	for _, tt := range []struct {
		name   string
		change func(*remedy.Facts)
		best   remedy.Mode
		out    remedy.Mode
		why    string
	}{
		{"installation", func(f *remedy.Facts) { f.WorkType = desk.Install }, remedy.OnSite, remedy.MailIn, "remedy.only_on_site"},
		{"air conditioner", func(*remedy.Facts) {}, remedy.Remote, remedy.MailIn, "remedy.model_not_portable"},
		{"came back", func(f *remedy.Facts) { f.Repeats = 1 }, remedy.OnSite, remedy.Remote, "remedy.came_back"},
		{"nobody there", func(f *remedy.Facts) { f.Served, f.Repeats = false, 1 }, remedy.NoRemedy, remedy.OnSite, "remedy.not_served"},
		{"printer kit", func(f *remedy.Facts) {
			f.Allowed = []remedy.Mode{remedy.SelfKit, remedy.MailIn}
			f.Parts = []remedy.Part{{Quantity: 1, Permille: 700, CostMinor: 900}}
		}, remedy.SelfKit, remedy.OnSite, "remedy.model_disallows"},
		{"battery kit", func(f *remedy.Facts) {
			f.Allowed = []remedy.Mode{remedy.SelfKit, remedy.MailIn}
			f.Parts = []remedy.Part{{Quantity: 1, Permille: 700, CostMinor: 900, Hazardous: true}}
		}, remedy.MailIn, remedy.SelfKit, "remedy.part_hazardous"},
		{"third time", func(f *remedy.Facts) { f.Repeats, f.Statutory, f.UnitMinor = 2, true, 40_000 }, remedy.Swap, remedy.OnSite, "remedy.exchange_owed"},
	} {
		f := covered
		tt.change(&f)
		p := remedy.Propose(f, remedy.Standard)
		if p.Best() != tt.best {
			t.Errorf("%s: %s is best, want %s: %+v", tt.name, p.Best(), tt.best, p.Options[:2])
		}
		if o, _ := p.Find(tt.out); !o.Out || o.Reasons[0].Code != tt.why {
			t.Errorf("%s: %s is %+v, want out by %s", tt.name, tt.out, o, tt.why)
		}
	}
}

// Whatever fails, the next proposal says something else or less of the same: a
// way never gets better odds by failing, what is out after a failure stays out,
// and when nothing is left every way says why. Going on like that comes to an
// end with what is no repair.
func TestTriesLeadOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		repairs := []remedy.Mode{remedy.Remote, remedy.SelfKit, remedy.OnSite, remedy.CarryIn, remedy.MailIn}
		for range 12 {
			p := remedy.Propose(f, remedy.Standard)
			m := p.Best()
			if m == remedy.NoRemedy {
				for _, o := range p.Options {
					if !o.Out || len(o.Reasons) == 0 {
						t.Fatalf("nothing is possible, but %+v", o)
					}
				}
				return
			}
			before, _ := p.Find(m)
			f.Tried = append(slices.Clip(f.Tried), remedy.Try{Mode: m, Outcome: rapid.SampledFrom([]string{"not_fixed", "fixed", "end_of_life"}).Draw(t, "ended")})
			next := remedy.Propose(f, remedy.Standard)
			after, _ := next.Find(m)
			if after.OddsPermille > before.OddsPermille || before.OddsPermille > 1 && after.OddsPermille == before.OddsPermille {
				t.Fatalf("%s failed, and its odds went from %d to %d", m, before.OddsPermille, after.OddsPermille)
			}
			if !after.Out && !slices.ContainsFunc(after.Reasons, func(r remedy.Reason) bool { return r.Code == "remedy.tried_in_vain" }) {
				t.Fatalf("%s failed, and nobody says so: %+v", m, after)
			}
			for _, o := range p.Options {
				if again, _ := next.Find(o.Mode); o.Out && !again.Out && !next.Owed {
					t.Fatalf("%s failed, and %s was out by %v but is no more", m, o.Mode, o.Reasons)
				}
			}
		}
		if m := remedy.Propose(f, remedy.Standard).Best(); f.WorkType == desk.Repair && slices.Contains(repairs, m) {
			t.Fatalf("after 12 failures %s is proposed", m)
		}
	})
}

func TestAfterFailureByExample(t *testing.T) {
	t.Parallel()
	failed := func(modes ...remedy.Mode) (out []remedy.Try) {
		for _, m := range modes {
			out = append(out, remedy.Try{Mode: m, Outcome: "not_fixed"})
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		tried []remedy.Try
		best  remedy.Mode
		out   remedy.Mode
		why   string
	}{
		{"advice", failed(remedy.Remote), remedy.OnSite, remedy.Remote, "remedy.failed_here"},
		{"a visit", failed(remedy.OnSite), remedy.OnSite, remedy.Remote, "remedy.failed_here"},
		{"two visits", failed(remedy.OnSite, remedy.OnSite), remedy.NoRemedy, remedy.OnSite, "remedy.failed_here"},
		{"beyond repair", []remedy.Try{{Mode: remedy.Remote, Outcome: "end_of_life"}}, remedy.NoRemedy, remedy.OnSite, "remedy.beyond_repair"},
	} {
		f := remedy.Facts{WorkType: desk.Repair, Standing: warranty.Covered, LabourPaid: warranty.BrandPays, Served: true, Tried: tt.tried}
		p := remedy.Propose(f, remedy.Standard)
		if o, _ := p.Find(tt.out); p.Best() != tt.best || !o.Out || o.Reasons[0].Code != tt.why {
			t.Errorf("after %s: %s is best, %s is %+v", tt.name, p.Best(), tt.out, o)
		}
		f.Statutory = true
		if owed := remedy.Propose(f, remedy.Standard); tt.best == remedy.NoRemedy && owed.Best() != remedy.Swap && owed.Best() != remedy.Refund {
			t.Errorf("after %s the law owes more than %s", tt.name, owed.Best())
		}
	}
}

// The way ranked first is accepted, or, where none is left, that there is none; every
// other choice overrules.
func TestChoosing(t *testing.T) {
	t.Parallel()
	modes := []remedy.Mode{remedy.Remote, remedy.OnSite, remedy.Swap, remedy.NoRemedy}
	rapid.Check(t, func(t *rapid.T) {
		var p remedy.Proposal
		for _, m := range rapid.SliceOfNDistinct(rapid.SampledFrom(modes[:3]), 0, 3, rapid.ID).Draw(t, "options") {
			p.Options = append(p.Options, remedy.Option{Mode: m, Out: rapid.Bool().Draw(t, "out")})
		}
		for _, m := range modes {
			first := len(p.Options) > 0 && !p.Options[0].Out && p.Options[0].Mode == m
			none := m == remedy.NoRemedy && (len(p.Options) == 0 || p.Options[0].Out)
			if got := p.Choosing(m) == remedy.Accept; got != (first || none) {
				t.Errorf("%s of %+v is accepted: %v", m, p.Options, got)
			}
		}
	})
}

// A plan is decided on once, and once more each time that it stands again.
func TestNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, decided, gaveWay := remedy.Proposed, 0, 0
		for _, c := range rapid.SliceOf(rapid.SampledFrom([]remedy.Command{remedy.Accept, remedy.Overrule, remedy.Supersede})).Draw(t, "commands") {
			to, err := remedy.Next(s, c)
			if !slices.Contains(remedy.States, to) || err != nil && to != s || s == remedy.Superseded && c == remedy.Supersede && err == nil {
				t.Fatalf("%s after %s = %s, %v", s, c, to, err)
			}
			if err == nil && c != remedy.Supersede {
				decided++
			} else if err == nil {
				gaveWay++
			}
			s = to
		}
		if decided > 1+gaveWay {
			t.Fatalf("decided %d times", decided)
		}
	})
}
