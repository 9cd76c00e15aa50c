package real_test

import (
	"strings"
	"testing"

	"fettle.dev/fettle/demo/real"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

func TestResult(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		status  real.Status
		barrier string
		mode    remedy.Mode
		want    work.Outcome
		cause   string
		told    bool
	}{
		{"mended", real.Fixed, "", remedy.CarryIn, work.Fixed, "", true},
		{"another sitting", real.Repairable, "", remedy.OnSite, work.NotFixed, "", true},
		{"advice in vain", real.EndOfLife, "Item too worn out", remedy.Remote, work.EndOfLife, "worn_out", true},
		{"no way in", real.EndOfLife, "No way to open the product", remedy.MailIn, work.EndOfLife, "cannot_be_opened", true},
		{"nobody said why", real.EndOfLife, "", remedy.CarryIn, work.EndOfLife, "not_told", true},
		{"a barrier nobody knows", real.EndOfLife, "something new", remedy.CarryIn, work.EndOfLife, "other", true},
		{"nobody knows", real.NotKnown, "", remedy.CarryIn, "", "", false},
		{"nobody knows of an exchange", real.NotKnown, "", remedy.Swap, "", "", false},
		{"exchanged all the same", real.Fixed, "", remedy.Swap, work.WorkFinished, "", true},
		{"paid back", real.EndOfLife, "Item too worn out", remedy.TradeIn, work.WorkFinished, "", true},
		{"a status nobody knows", "Exploded", "", remedy.CarryIn, "", "", false},
	} {
		got, cause, told := real.Record{Status: tt.status, Barrier: tt.barrier}.Result(tt.mode)
		if got != tt.want || cause != tt.cause || told != tt.told {
			t.Errorf("%s: Result(%s) = %s, %q, %t, want %s, %q, %t", tt.name, tt.mode, got, cause, told, tt.want, tt.cause, tt.told)
		}
	}
}

func TestSoldOn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, age, year string
		want            catalog.Day
	}{
		{"two years", "2", "2020", "2020-05-17"},
		{"half years", "2.5", "", "2019-11-17"},
		{"new", "0", "2022", "2022-05-17"},
		{"the year alone", "", "2019", "2019-07-01"},
		{"the year of the repair", "", "2022", "2022-05-17"},
		{"not known", "", "", ""},
		{"older than the register", "90", "1932", ""},
		{"no number", "old", "", ""},
		{"beyond belief", "1e9", "", ""},
		{"below nothing", "-3", "", ""},
	} {
		if got := (real.Record{On: "2022-05-17", Age: tt.age, Year: tt.year}).SoldOn(); got != tt.want {
			t.Errorf("%s: SoldOn() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Every category either can be served, in ways that there are and at a price, or
// says why not.
func TestCategories(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, m := range remedy.Modes {
		known[string(m)] = true
	}
	seen := map[string]bool{}
	for _, c := range real.Categories {
		if seen[c.Name] {
			t.Errorf("%s stands there twice", c.Name)
		}
		seen[c.Name] = true
		if !c.Served() {
			if c.Out.Why() == "" || c.Modes != "" {
				t.Errorf("%s is out and does not say why, or can be served all the same", c.Name)
			}
			continue
		}
		for _, m := range strings.Fields(c.Modes) {
			if !known[m] {
				t.Errorf("%s is served by %s", c.Name, m)
			}
		}
		if c.Modes == "" || c.PriceMinor <= 0 || c.Minutes <= 0 {
			t.Errorf("%s has no ways, no price or no time", c.Name)
		}
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range real.Countries {
		if seen[c.Alpha3] || !c.Code.Valid() || !c.Currency.Valid() || !c.Point.Valid() || c.Point.IsZero() || c.Months < 12 || c.Level <= 0 || c.Crew < 1 {
			t.Errorf("%s is there twice, or lacks something: %+v", c.Alpha3, c)
		}
		seen[c.Alpha3] = true
	}
}
