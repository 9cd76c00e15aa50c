package remedy

import "slices"

// Check reports what of a policy cannot be meant: a weight below nothing, a
// share above the whole, or a way that is none.
func (p Policy) Check() error {
	bad := ErrPolicy
	for _, w := range []struct {
		name       string
		value, max int64
	}{
		{"hour_minor", p.HourMinor, 1e9},
		{"urgent_times", p.UrgentTimes, 1000},
		{"wish_minor", p.WishMinor, 1e12},
		{"exchange_from", p.ExchangeFrom, 100},
		{"kit_permille", p.KitPermille, 1000},
		{"loss_percent", p.LossPercent, 1000},
		{"auto_percent", p.AutoPercent, 1000},
		{"visit_minutes", p.VisitMinutes, 24 * 60},
	} {
		if w.value < 0 || w.value > w.max {
			bad = bad.At("/"+w.name, "range")
		}
	}
	for name, table := range map[string]map[Mode]int64{"direct": p.Direct, "hours": p.Hours} {
		for _, m := range Modes {
			if v := table[m]; v < 0 || v > 1e12 {
				bad = bad.At("/"+name, "range")
			}
		}
		for m := range table {
			if !slices.Contains(Modes, m) {
				bad = bad.At("/"+name, "unknown")
			}
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
