package vault

import (
	"time"

	"fettle.dev/fettle/kernel/locale"
)

// Law names the rules on personal data that protect a person.
type Law string

// The laws that are told apart. What Fettle takes from them is the time in which
// a person must be answered; it is not legal advice, and an operator may always
// be quicker.
const (
	GDPR   Law = "gdpr"    // European Economic Area, article 12(3)
	UKGDPR Law = "uk_gdpr" // United Kingdom, the same article
	FADP   Law = "fadp"    // Switzerland, ordinance article 18
	PIPL   Law = "pipl"    // China: "timely"; GB/T 35273 says 30 days
	CCPA   Law = "ccpa"    // United States, as California has it
	LGPD   Law = "lgpd"    // Brazil, article 19
	PIPEDA Law = "pipeda"  // Canada, schedule 1, 4.9.4
	PIPA   Law = "pipa"    // South Korea, decree article 41
	APPs   Law = "apps"    // Australia, principle 12.4
	Other  Law = "other"
)

// term is how long an answer may take.
type term struct{ months, days int }

var terms = map[Law]term{
	GDPR: {months: 1}, UKGDPR: {months: 1},
	FADP: {days: 30}, PIPL: {days: 30}, CCPA: {days: 45}, LGPD: {days: 15},
	PIPEDA: {days: 30}, PIPA: {days: 10}, APPs: {days: 30}, Other: {days: 30},
}

var laws = func() map[locale.Country]Law {
	m := map[locale.Country]Law{
		"GB": UKGDPR, "CH": FADP, "CN": PIPL, "US": CCPA, "BR": LGPD, "CA": PIPEDA, "KR": PIPA, "AU": APPs,
	}
	for _, c := range []locale.Country{
		"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
		"LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
	} {
		m[c] = GDPR
	}
	return m
}()

// LawOf returns the law that protects a person of the country.
func LawOf(c locale.Country) Law {
	if l, ok := laws[c]; ok {
		return l
	}
	return Other
}

// AnswerBy returns when a request received at a moment must be answered. A month
// that has no such day ends on its last one.
func (l Law) AnswerBy(received time.Time) time.Time {
	t, ok := terms[l]
	if !ok {
		t = terms[Other]
	}
	if t.months > 0 {
		return addMonths(received, t.months)
	}
	return received.AddDate(0, 0, t.days)
}

func addMonths(t time.Time, months int) time.Time {
	to := t.AddDate(0, months, 0)
	if to.Day() != t.Day() {
		return to.AddDate(0, 0, -to.Day())
	}
	return to
}
