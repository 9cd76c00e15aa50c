package geodata_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/demo/geo"
	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/sla"
)

func TestCitiesAndCountriesFit(t *testing.T) {
	t.Parallel()
	codes, served := map[locale.Country]bool{}, map[locale.Country]bool{}
	for _, c := range geodata.Countries() {
		codes[c.Code] = true
		if !c.Code.Valid() || !c.Currency.Valid() || c.Name == "" || c.NameZH == "" || c.Native == "" || c.Phone == "" || len(c.Languages) == 0 {
			t.Errorf("%+v is not whole", c)
		}
		if n := len(geodata.Holidays(c.Code)); n < 3*5 {
			t.Errorf("%s has %d holidays in three years", c.Code, n)
		}
	}
	seen := map[int64]bool{}
	for _, c := range geodata.Cities() {
		served[c.Country] = true
		if _, err := time.LoadLocation(c.Zone); err != nil || !codes[c.Country] || !c.Valid() || c.IsZero() || c.Population < 80_000 || c.NameZH == "" || seen[c.GeoNames] {
			t.Errorf("%+v does not fit: %v", c, err)
		}
		seen[c.GeoNames] = true
		if again, ok := geodata.CityOf(c.Country, c.Name); !ok || again != c {
			t.Errorf("CityOf(%s, %s) = %+v", c.Country, c.Name, again)
		}
	}
	if len(seen) < 60 || len(served) < 12 || len(served) != len(codes) {
		t.Errorf("%d cities in %d of %d countries", len(seen), len(served), len(codes))
	}
	if _, ok := geodata.CityOf("CN", "Atlantis"); ok {
		t.Error("Atlantis was found")
	}
}

// The days are a valid calendar; in China the golden week is closed and the
// Saturday after it is worked.
func TestSpecialDays(t *testing.T) {
	t.Parallel()
	week, err := calendar.ParseWeek("Mo-Fr 09:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range geodata.Countries() {
		days := geodata.SpecialDays(c.Code)
		if err := sla.CheckDays(c.Code, days); err != nil {
			t.Errorf("%s: %v", c.Code, err)
		}
		if !slices.IsSortedFunc(days, func(a, b sla.SpecialDay) int { return int(a.On - b.On) }) {
			t.Errorf("%s: the days are in no order", c.Code)
		}
	}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := sla.Hours{Week: week}.Calendar(shanghai, geodata.SpecialDays("CN"))
	if err != nil {
		t.Fatal(err)
	}
	for on, works := range map[string]bool{"2026-10-07": false, "2026-10-10": true, "2026-10-17": false, "2025-10-08": false, "2027-10-01": false, "2026-06-01": true} {
		noon, err := time.ParseInLocation("2006-01-02 15", on+" 12", shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if cal.Working(noon) != works {
			t.Errorf("%s is worked: %v, want %v", on, !works, works)
		}
	}
}
