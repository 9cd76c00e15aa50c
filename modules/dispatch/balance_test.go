package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch"
)

// Balance prices every further hour of a day no lower than the one before it, and a
// stronger one never less.
func TestBalanceSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := time.Duration(rapid.IntRange(1, 24*60).Draw(t, "minutes")) * time.Minute
		at := func(b dispatch.Balance, hour time.Duration) (permille int64) {
			for _, s := range b.Steps(day) {
				if s.After <= hour {
					permille = s.Permille
				}
			}
			return permille
		}
		for _, b := range []dispatch.Balance{dispatch.BalanceOff, dispatch.BalanceSome, dispatch.BalanceMost} {
			last := dispatch.Step{After: -1}
			for _, s := range b.Steps(day) {
				if s.After <= last.After || s.Permille <= last.Permille {
					t.Fatalf("%s: %v after %v", b, s, last)
				}
				last = s
			}
		}
		hour := time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "hour"))
		if off, some, most := at(dispatch.BalanceOff, hour), at(dispatch.BalanceSome, hour), at(dispatch.BalanceMost, hour); off != 0 || some > most {
			t.Fatalf("after %v of %v: %d, %d, %d", hour, day, off, some, most)
		}
	})
}
