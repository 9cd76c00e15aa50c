package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
)

const today catalog.Day = "2026-11-21"

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

func TestNamesIn(t *testing.T) {
	t.Parallel()
	n := catalog.Names{"en": "fan", "de": "Lüfter", "zh-CN": "风扇"}
	for tag, want := range map[locale.Tag]string{
		"en": "fan", "de-AT": "Lüfter", "zh-CN": "风扇", "zh": "风扇", "zh-Hant-TW": "风扇", "fr": "fan", "": "fan",
	} {
		if got := n.In(tag); got != want {
			t.Errorf("In(%q) = %q, want %q", tag, got, want)
		}
	}
	if got := (catalog.Names{"nl": "b", "de": "a"}).In("fr"); got != "a" {
		t.Errorf("without English In = %q, want the first by the alphabet", got)
	}
	if got := catalog.Names(nil).In("en"); got != "" {
		t.Errorf("no names: In = %q", got)
	}
}

// As long as a thing has any name, everybody is shown one.
func TestNamesInAlwaysAnswers(t *testing.T) {
	t.Parallel()
	tag := rapid.SampledFrom([]locale.Tag{"en", "en-GB", "zh-CN", "zh-TW", "de", "de-CH", "nl", "pt-BR"})
	rapid.Check(t, func(t *rapid.T) {
		n := catalog.Names(rapid.MapOfN(tag, rapid.StringMatching(`[a-z]{1,3}`), 1, 8).Draw(t, "names"))
		want := tag.Draw(t, "want")
		got := n.In(want)
		if exact, ok := n[want]; ok && got != exact {
			t.Errorf("%v.In(%s) = %q, want %q", n, want, got, exact)
		}
		if got == "" {
			t.Errorf("%v.In(%s) is empty", n, want)
		}
	})
}

func TestCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "code")
		once, ok := catalog.Code(s)
		if !ok {
			return
		}
		if twice, ok := catalog.Code(once); !ok || twice != once {
			t.Errorf("Code(%q) = %q, then %q, %v", s, once, twice, ok)
		}
	})
	if got, ok := catalog.Code("  kfr-35gw/n8   b1 "); !ok || got != "KFR-35GW/N8 B1" {
		t.Errorf("Code = %q, %v", got, ok)
	}
	for _, s := range []string{"", " ", "a\x00", "\xff", strings.Repeat("x", 65)} {
		if got, ok := catalog.Code(s); ok {
			t.Errorf("Code(%q) = %q, want a refusal", s, got)
		}
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	names, line, brand := catalog.Names{"en": "x"}, id.New[id.LineKind](), id.New[id.BrandKind]()
	eur := money.Of(100, "EUR")
	check := func(name string, err error, want string) {
		t.Helper()
		if got := pointers(err); got != want {
			t.Errorf("%s finds %q wrong, want %q", name, got, want)
		}
	}
	_, err := catalog.CheckLine(catalog.Line{Brand: brand, Code: "ac", Names: names})
	check("good line", err, "")
	_, err = catalog.CheckLine(catalog.Line{Names: catalog.Names{"en": " "}})
	check("bad line", err, "/brand /code /names")
	_, err = catalog.CheckModel(catalog.Model{Line: line, Code: "m", Names: names, GTIN: "9520123456788", Attributes: map[string]string{"power_w": "2600"}})
	check("good model", err, "")
	_, err = catalog.CheckModel(catalog.Model{Code: "\t", Attributes: map[string]string{"": "x"}})
	check("bad model", err, "/line /code /names /attributes")
	_, err = catalog.CheckModel(catalog.Model{Line: line, Code: "m", Names: names, GTIN: "1"})
	check("model with a wrong number", err, "/gtin")
	_, err = catalog.CheckPart(catalog.Part{Number: "p-1", Names: names, Price: eur, WeightGrams: 3})
	check("good part", err, "")
	_, err = catalog.CheckPart(catalog.Part{Names: catalog.Names{"!!": "x"}, Price: money.Of(-1, "euro"), WeightGrams: -1})
	check("bad part", err, "/number /names /price/minor /price/currency /weight_grams")
	_, err = catalog.CheckSymptom(catalog.Symptom{Code: "e1"})
	check("bad symptom", err, "/names")
	_, err = catalog.CheckFix(catalog.Fix{Code: "f1", Names: names, Minutes: -1})
	check("bad fix", err, "/minutes")
	_, err = catalog.CheckFit(catalog.Fit{Hints: map[string]int{"e1": 1001}})
	check("bad fit", err, "/model /part /quantity /hints")
	fit, err := catalog.CheckFit(catalog.Fit{Model: id.New[id.ModelKind](), Part: id.New[id.PartKind](), Quantity: 1, Hints: map[string]int{" e1": 400}})
	check("good fit", err, "")
	if diff := cmp.Diff(map[string]int{"E1": 400}, fit.Hints); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}

func TestCheckUnit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*catalog.Unit)
		state  catalog.UnitState
		want   string
	}{
		{"made", func(*catalog.Unit) {}, catalog.Made, ""},
		{"sold today", func(u *catalog.Unit) { u.SoldOn = today }, catalog.Sold, ""},
		{"installed", func(u *catalog.Unit) { u.SoldOn, u.InstalledOn = "2024-02-29", "2024-03-02" }, catalog.Installed, ""},
		{"retired", func(u *catalog.Unit) { u.State = catalog.Retired }, catalog.Retired, ""},
		{"sold tomorrow", func(u *catalog.Unit) { u.SoldOn = "2026-11-22" }, catalog.Sold, "/sold_on"},
		{"no such day", func(u *catalog.Unit) { u.SoldOn = "2023-02-29" }, catalog.Sold, "/sold_on"},
		{"installed before sale", func(u *catalog.Unit) { u.SoldOn, u.InstalledOn = "2024-02-29", "2024-02-28" }, catalog.Installed, "/installed_on"},
		{"state against days", func(u *catalog.Unit) { u.SoldOn, u.State = today, catalog.Made }, catalog.Made, "/state"},
		{"no such state", func(u *catalog.Unit) { u.State = "lost" }, "lost", "/state"},
		{"bad serial", func(u *catalog.Unit) { u.Serial = "?" }, "", "/serial"},
		{"of nothing", func(u *catalog.Unit) { u.Brand, u.Model, u.SoldIn = id.Brand{}, id.Model{}, "x" }, catalog.Made, "/brand /model /sold_in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := catalog.Unit{Brand: id.New[id.BrandKind](), Model: id.New[id.ModelKind](), Serial: "sn-1"}
			tt.change(&u)
			got, err := catalog.CheckUnit(u, today)
			if pointers(err) != tt.want || got.State != tt.state {
				t.Errorf("CheckUnit(%+v) = %s, %q wrong, want %s, %q", u, got.State, pointers(err), tt.state, tt.want)
			}
		})
	}
}

func TestNextUnit(t *testing.T) {
	t.Parallel()
	all := []catalog.UnitState{catalog.Made, catalog.Sold, catalog.Installed, catalog.Retired}
	order := map[catalog.UnitState]int{catalog.Made: 0, catalog.Sold: 1, catalog.Installed: 2, catalog.Retired: 3}
	for _, s := range all {
		for _, c := range []catalog.UnitCommand{catalog.Sell, catalog.Install, catalog.Retire, "melt"} {
			got, err := catalog.NextUnit(s, c)
			if order[got] < order[s] {
				t.Errorf("NextUnit(%s, %s) = %s goes back", s, c, got)
			}
			if (s == catalog.Retired || c == "melt") != errors.Is(err, catalog.ErrUnitTransition) {
				t.Errorf("NextUnit(%s, %s) = %s, %v", s, c, got, err)
			}
		}
	}
}

// Learning fills gaps, never overwrites, and learning the same twice is
// learning it once.
func TestLearn(t *testing.T) {
	t.Parallel()
	day := rapid.SampledFrom([]catalog.Day{"", "2024-01-01", "2024-06-01", "2025-01-01"})
	country := rapid.SampledFrom([]locale.Country{"", "DE", "CN"})
	rapid.Check(t, func(t *rapid.T) {
		u, err := catalog.CheckUnit(catalog.Unit{
			Brand: id.Brand{1}, Model: id.Model{1}, Serial: "1",
			SoldOn: day.Draw(t, "sold"), SoldIn: country.Draw(t, "in"), InstalledOn: day.Draw(t, "installed"),
		}, today)
		if err != nil {
			return
		}
		r := catalog.Reported{SoldOn: day.Draw(t, "r sold"), SoldIn: country.Draw(t, "r in"), InstalledOn: day.Draw(t, "r installed")}
		got, changed := catalog.Learn(u, r)
		if changed != (got != u) {
			t.Errorf("Learn says changed=%v for %+v → %+v", changed, u, got)
		}
		if u.SoldOn != "" && got.SoldOn != u.SoldOn || u.SoldIn != "" && got.SoldIn != u.SoldIn || u.InstalledOn != "" && got.InstalledOn != u.InstalledOn {
			t.Errorf("Learn(%+v, %+v) overwrote: %+v", u, r, got)
		}
		if again, changed := catalog.Learn(got, r); changed {
			t.Errorf("Learn twice: %+v then %+v", got, again)
		}
		if got.State == catalog.Made && (got.SoldOn != "" || got.InstalledOn != "") {
			t.Errorf("Learn left the state behind: %+v", got)
		}
	})
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give   catalog.Day
		months int
		want   catalog.Day
	}{
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-11-30", 3, "2025-02-28"},
		{"2024-12-31", 0, "2024-12-31"},
		{"", 12, ""},
		{"soon", 12, ""},
	} {
		if got := tt.give.AddMonths(tt.months); got != tt.want {
			t.Errorf("%q.AddMonths(%d) = %q, want %q", tt.give, tt.months, got, tt.want)
		}
	}
}

// A longer period never ends earlier, and a month is 28 to 31 days.
func TestAddMonthsIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := catalog.Day("2000-01-01").AddDays(rapid.IntRange(0, 20_000).Draw(t, "day"))
		n := rapid.IntRange(0, 240).Draw(t, "months")
		a, b := d.AddMonths(n), d.AddMonths(n+1)
		if !a.Valid() || b < a.AddDays(28) || b > a.AddDays(34) {
			t.Errorf("%s + %d months = %s, + one more = %s", d, n, a, b)
		}
		if e := d.AddDays(1).AddMonths(n); e < a {
			t.Errorf("a day later ends earlier: %s before %s", e, a)
		}
	})
}

func TestDayOf(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)
	if got := catalog.DayOf(at); got != today {
		t.Errorf("DayOf(%v) = %s", at, got)
	}
	if got := catalog.DayOf(at.In(time.FixedZone("CST", 8*3600))); got != "2026-11-22" {
		t.Errorf("DayOf in China = %s", got)
	}
	for _, d := range []catalog.Day{"1949-12-31", "2200-01-01", "2026-13-01", "2026-1-1", "", "x"} {
		if d.Valid() {
			t.Errorf("%q is valid", d)
		}
	}
}

// Importing a unit again fills in and corrects, never forgets, and never takes
// its state back.
func TestMerge(t *testing.T) {
	t.Parallel()
	states := []catalog.UnitState{catalog.Made, catalog.Sold, catalog.Installed, catalog.Retired}
	day := rapid.SampledFrom([]catalog.Day{"", "2024-01-01", "2024-06-01"})
	unit := rapid.Custom(func(t *rapid.T) catalog.Unit {
		return catalog.Unit{
			ID: id.Unit{byte(rapid.IntRange(1, 9).Draw(t, "id"))}, SoldOn: day.Draw(t, "sold"), InstalledOn: day.Draw(t, "installed"),
			SoldIn: rapid.SampledFrom([]locale.Country{"", "DE"}).Draw(t, "in"), State: rapid.SampledFrom(states).Draw(t, "state"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		old, next := unit.Draw(t, "old"), unit.Draw(t, "next")
		got := catalog.Merge(old, next)
		if got.ID != old.ID || got != catalog.Merge(got, next) {
			t.Errorf("Merge(%+v, %+v) = %+v, then %+v", old, next, got, catalog.Merge(got, next))
		}
		if next.SoldOn != "" && got.SoldOn != next.SoldOn || next.SoldOn == "" && got.SoldOn != old.SoldOn {
			t.Errorf("sold on %s over %s gave %s", next.SoldOn, old.SoldOn, got.SoldOn)
		}
		if at := func(s catalog.UnitState) int { return slices.Index(states, s) }; at(got.State) != max(at(old.State), at(next.State)) {
			t.Errorf("%s over %s gave %s", next.State, old.State, got.State)
		}
	})
}
