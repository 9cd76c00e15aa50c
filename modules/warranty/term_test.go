package warranty_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
)

// pointers lists what the fault finds wrong.
func pointers(err error) string {
	var f *fault.Fault
	var out []string
	if errors.As(err, &f) {
		for _, field := range f.Fields {
			out = append(out, field.Pointer)
		}
	}
	return strings.Join(out, " ")
}

func TestCheckTerm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*warranty.Term)
		want   string
	}{
		{"good", func(*warranty.Term) {}, ""},
		{"everywhere, every line", func(t *warranty.Term) { t.Line, t.SoldIn = id.Line{}, "" }, ""},
		{"nothing", func(t *warranty.Term) { *t = warranty.Term{} }, "/code /brand /kind /start /covers"},
		{"country", func(t *warranty.Term) { t.SoldIn = "Germany" }, "/sold_in"},
		{"window", func(t *warranty.Term) { t.ValidFrom, t.ValidUntil = "2025-01-01", "2025-01-01" }, "/valid_until"},
		{"no such day", func(t *warranty.Term) { t.ValidFrom = "2025-02-30" }, "/valid_from"},
		{"months", func(t *warranty.Term) { t.Covers[0].Months, t.Covers[1].Months = 0, 601 }, "/covers/0/months /covers/1/months"},
		{"twice", func(t *warranty.Term) { t.Covers[1].Cost = warranty.Labour }, "/covers/1/cost"},
		{"no such cost", func(t *warranty.Term) { t.Covers[1].Cost = "beer" }, "/covers/1/cost"},
		{"the customer pays", func(t *warranty.Term) { t.Covers[0].Payer = warranty.CustomerPays }, "/covers/0/payer"},
		{"limit", func(t *warranty.Term) { t.Covers[0].Limit = money.Of(0, "EUR") }, "/covers/0/limit"},
		{"cause", func(t *warranty.Term) {
			t.Excludes = []warranty.Exclusion{{Cause: "Äh", Costs: []warranty.CostKind{"beer"}}}
		}, "/excludes/0/cause /excludes/0/costs"},
		{"work", func(t *warranty.Term) { t.Work = []string{""} }, "/work"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			term := promise(1)
			tt.change(&term)
			_, err := warranty.CheckTerm(term)
			if got := pointers(err); got != tt.want {
				t.Errorf("CheckTerm finds %q wrong, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckBound(t *testing.T) {
	t.Parallel()
	law := promise(9, func(t *warranty.Term) { t.Kind, t.Line = warranty.Statutory, id.Line{} })
	for _, tt := range []struct {
		name   string
		change func(*warranty.Term)
		want   error
	}{
		{"as long", func(*warranty.Term) {}, nil},
		{"shorter", func(t *warranty.Term) { t.Covers[2].Months = 23 }, warranty.ErrBelowMinimum},
		{"shorter on top", func(t *warranty.Term) { t.Covers[2].Months, t.Kind = 23, warranty.Extended }, nil},
		{"shorter elsewhere", func(t *warranty.Term) { t.Covers[2].Months, t.SoldIn = 23, "US" }, nil},
		{"says nothing of it", func(t *warranty.Term) { t.Covers = t.Covers[:1] }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			term := promise(1)
			tt.change(&term)
			if err := warranty.CheckBound(term, []warranty.Term{promise(3), law}); !errors.Is(err, tt.want) {
				t.Errorf("CheckBound = %v, want %v", err, tt.want)
			}
		})
	}
}

// The hash names the set: order does not matter, every change does.
func TestPolicyHash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := append(drawTerms(t), promise(200))
		want := warranty.PolicyHash(terms)
		turned := slices.Clone(terms)
		slices.Reverse(turned)
		if got := warranty.PolicyHash(turned); got != want {
			t.Errorf("turned round the hash is %s, was %s", got, want)
		}
		i := rapid.IntRange(0, len(terms)-1).Draw(t, "changed")
		turned = slices.Clone(terms)
		turned[i].International = !turned[i].International
		if warranty.PolicyHash(turned) == want || warranty.PolicyHash(terms[1:]) == want {
			t.Error("a change leaves the hash as it was")
		}
	})
}

const today catalog.Day = "2026-11-21"

func TestCheckRegistration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*warranty.Registration, *catalog.Unit)
		want   string
		err    error
	}{
		{"good", func(*warranty.Registration, *catalog.Unit) {}, "", nil},
		{"retired", func(_ *warranty.Registration, u *catalog.Unit) { u.State = catalog.Retired }, "", warranty.ErrUnitRetired},
		{"tomorrow", func(r *warranty.Registration, _ *catalog.Unit) { r.SoldOn = "2026-11-22" }, "/sold_on", warranty.ErrInvalid},
		{"empty", func(r *warranty.Registration, _ *catalog.Unit) { *r = warranty.Registration{} }, "/sold_on /sold_in", warranty.ErrInvalid},
		{"installed first", func(r *warranty.Registration, _ *catalog.Unit) { r.InstalledOn = "2024-12-31" }, "/installed_on", warranty.ErrInvalid},
		{"odd proof", func(r *warranty.Registration, _ *catalog.Unit) { r.Proof = "sworn" }, "/proof", warranty.ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := sold("")
			r := warranty.Registration{Unit: u.ID, SoldOn: "2025-01-01", SoldIn: "DE", Proof: warranty.Claimed}
			tt.change(&r, &u)
			err := warranty.CheckRegistration(r, u, today)
			if pointers(err) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("CheckRegistration(%+v) = %v (%s), want %v (%s)", r, err, pointers(err), tt.err, tt.want)
			}
		})
	}
}

func TestCheckEvidence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give warranty.Evidence
		want string
	}{
		{"nothing new", warranty.Evidence{}, ""},
		{"receipt", warranty.Evidence{Proof: warranty.Seen, SoldOn: "2025-01-01", SoldIn: "DE"}, ""},
		{"receipt without day", warranty.Evidence{Proof: warranty.Seen}, "/sold_on"},
		{"odd", warranty.Evidence{Proof: "sworn", SoldOn: "x", SoldIn: "x", InstalledOn: "2027-01-01", Causes: []warranty.Cause{"!"}}, "/sold_on /installed_on /sold_in /causes /proof"},
		{"too many causes", warranty.Evidence{Causes: slices.Repeat([]warranty.Cause{warranty.Misuse}, 21)}, "/causes"},
	} {
		if got := pointers(warranty.CheckEvidence(tt.give, today)); got != tt.want {
			t.Errorf("%s: CheckEvidence finds %q wrong, want %q", tt.name, got, tt.want)
		}
	}
}

// Applying what is known twice is applying it once, silence erases nothing, and
// a proof that was seen is never weakened by a registration.
func TestApply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		r := warranty.Registration{
			SoldOn: someDay().Draw(t, "r sold"), SoldIn: someCountry().Draw(t, "r in"), InstalledOn: someDay().Draw(t, "r installed"),
			Proof: rapid.SampledFrom([]warranty.Proof{"", warranty.Claimed, warranty.Seen}).Draw(t, "r proof"),
		}
		once := r.Apply(f)
		same(t, once, r.Apply(once))
		if f.Proof == warranty.Seen && (once.Proof != warranty.Seen || f.SoldOn != "" && once.SoldOn != f.SoldOn) {
			t.Errorf("registration %+v weakened %+v to %+v", r, f, once)
		}
		e := warranty.Evidence{Causes: f.Causes, Proof: r.Proof, SoldOn: r.SoldOn, SoldIn: r.SoldIn, InstalledOn: r.InstalledOn}
		same(t, e.Apply(f, unitID), e.Apply(e.Apply(f, unitID), unitID))
		other := warranty.Evidence{Unit: id.Unit{9}}.Apply(f, unitID)
		if other.Proof != warranty.NoProof || other.SoldOn != "" || other.Country != f.Country {
			t.Errorf("the sale of one unit is taken for that of another: %+v", other)
		}
		same(t, f, warranty.Evidence{}.Apply(f, unitID))
	})
}

func same(t *rapid.T, a, b warranty.Facts) {
	t.Helper()
	if !slices.Equal(a.Causes, b.Causes) {
		t.Errorf("causes %v and %v", a.Causes, b.Causes)
	}
	a.Causes, b.Causes = nil, nil
	if diff := a.SoldOn != b.SoldOn || a.SoldIn != b.SoldIn || a.InstalledOn != b.InstalledOn || a.Proof != b.Proof || a.Country != b.Country; diff {
		t.Errorf("%+v and %+v differ", a, b)
	}
}

func TestRegistrationSame(t *testing.T) {
	t.Parallel()
	a := warranty.Registration{Unit: unitID, SoldOn: "2025-01-01", SoldIn: "DE", Version: 3}
	b := a
	b.Version = 1
	if !a.Same(b) {
		t.Error("a repeat is not recognised")
	}
	if a.YieldsTo(b) {
		t.Error("a repeat overrules")
	}
	b.Proof = warranty.Seen
	if !a.YieldsTo(b) || b.YieldsTo(a) || b.YieldsTo(b) {
		t.Error("a proof that was seen overrules, once")
	}
	b = a
	b.SoldIn = "FR"
	if a.Same(b) {
		t.Error("a change is not recognised")
	}
}
