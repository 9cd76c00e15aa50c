package insight_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/insight"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestComputeByExample(t *testing.T) {
	t.Parallel()
	f := insight.Compute([]insight.Fact{
		{Opened: now, Responded: now.Add(10 * time.Minute), Resolved: now.Add(2 * time.Hour), Visits: 1, Fixed: true, Done: true, Met: 2, Stars: 5, Cost: money.Of(1000, "EUR")},
		{Opened: now, Responded: now.Add(30 * time.Minute), Resolved: now.Add(4 * time.Hour), Visits: 2, Fixed: true, Done: true, Met: 1, Breached: 1, Stars: 2, Cost: money.Of(500, "CNY")},
		{Opened: now, Active: true},
	})
	want := insight.Figures{
		Opened: 3, Resolved: 2, Backlog: 1, RespondMinutesP50: 10, RespondMinutesP90: 30, ResolveMinutesP50: 120, ResolveMinutesP90: 240,
		FirstFixPermille: 500, KeptPermille: 750, Rated: 2, StarsHundredths: 350,
	}
	if f.Cost["EUR"] != 1000 || f.Cost["CNY"] != 500 || f.CostCases["EUR"] != 1 {
		t.Errorf("cost %v of %v", f.Cost, f.CostCases)
	}
	f.Cost, f.CostCases = nil, nil
	if f.Opened != want.Opened || f.RespondMinutesP90 != want.RespondMinutesP90 || f.FirstFixPermille != want.FirstFixPermille ||
		f.KeptPermille != want.KeptPermille || f.StarsHundredths != want.StarsHundredths || f.ResolveMinutesP50 != want.ResolveMinutesP50 {
		t.Errorf("Compute = %+v, want %+v", f, want)
	}
	if empty := insight.Compute(nil); empty.FirstFixPermille != -1 || empty.RespondMinutesP50 != -1 || empty.StarsHundredths != -1 {
		t.Errorf("figures of nothing are %+v", empty)
	}
}

// Whatever the facts, rates stay in their bounds and the order of cases does
// not matter.
func TestFiguresStayInBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) insight.Fact {
			f := insight.Fact{
				Opened: now, Active: rapid.Bool().Draw(t, "active"), Visits: rapid.Int64Range(0, 3).Draw(t, "visits"), Fixed: rapid.Bool().Draw(t, "fixed"), Done: rapid.Bool().Draw(t, "done"),
				Met: rapid.Int64Range(0, 3).Draw(t, "met"), Breached: rapid.Int64Range(0, 3).Draw(t, "breached"), Stars: rapid.Int64Range(0, 5).Draw(t, "stars"),
			}
			if rapid.Bool().Draw(t, "resolved") {
				f.Resolved = now.Add(time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "minutes")) * time.Minute)
			}
			return f
		})).Draw(t, "facts")
		f := insight.Compute(facts)
		for name, r := range map[string]int64{"first fix": f.FirstFixPermille, "kept": f.KeptPermille} {
			if r < -1 || r > 1000 {
				t.Fatalf("%s is %d", name, r)
			}
		}
		if f.StarsHundredths != -1 && (f.StarsHundredths < 100 || f.StarsHundredths > 500) || f.ResolveMinutesP50 > f.ResolveMinutesP90 {
			t.Fatalf("%+v", f)
		}
		for i, j := 0, len(facts)-1; i < j; i, j = i+1, j-1 {
			facts[i], facts[j] = facts[j], facts[i]
		}
		if g := insight.Compute(facts); g.ResolveMinutesP50 != f.ResolveMinutesP50 || g.KeptPermille != f.KeptPermille {
			t.Fatal("the order of the cases matters")
		}
	})
}

func TestCheckPeriod(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, until time.Time
		want        error
	}{
		{now, now.AddDate(0, 1, 0), nil},
		{now, now, insight.ErrPeriod},
		{now, now.Add(-1), insight.ErrPeriod},
		{now, now.AddDate(3, 0, 0), insight.ErrPeriod},
	} {
		if err := insight.CheckPeriod(tt.from, tt.until); !errors.Is(err, tt.want) {
			t.Errorf("CheckPeriod(%v, %v) = %v", tt.from, tt.until, err)
		}
	}
}
