package dispatch_test

import (
	"errors"
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
)

// costing are slots of one day, two hours apart, by what they cost in cents.
func costing(c money.Currency, minor ...int64) (out []dispatch.Slot) {
	at := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	for i, m := range minor {
		start := at.Add(time.Duration(i) * dispatch.WindowLength)
		out = append(out, dispatch.Slot{StartAt: start, Reasons: dispatch.Reasons{Cost: money.Of(m, c)}})
	}
	return out
}

func TestSteer(t *testing.T) {
	t.Parallel()
	half := dispatch.Steering{SharePermille: 500, Most: money.Of(1000, "EUR")}
	for _, tt := range []struct {
		name  string
		give  dispatch.Steering
		slots []dispatch.Slot
		want  []int64
	}{
		{"half of twelve euros", half, costing("EUR", 3000, 1800, 3000, 3100), []int64{0, 600, 0, 0}},
		{"no more than most", half, costing("EUR", 5000, 1000), []int64{0, 1000}},
		{"whole euros", half, costing("EUR", 3000, 2601, 2801, 2800), []int64{0, 100, 0, 100}},
		{"a most that is not whole", dispatch.Steering{SharePermille: 500, Most: money.Of(550, "EUR")}, costing("EUR", 5000, 1000), []int64{0, 500}},
		{"yen have no hundredths", dispatch.Steering{SharePermille: 500, Most: money.Of(900, "JPY")}, costing("JPY", 3000, 2399), []int64{0, 300}},
		{"dinars have thousandths", dispatch.Steering{SharePermille: 500, Most: money.Of(9000, "KWD")}, costing("KWD", 9000, 5500), []int64{0, 1000}},
		{"off", dispatch.Steering{Most: money.Of(1000, "EUR")}, costing("EUR", 5000, 1000), []int64{0, 0}},
		{"another currency", half, costing("CNY", 5000, 1000), []int64{0, 0}},
		{"one of them in another currency", half, append(costing("EUR", 5000, 1000), dispatch.Slot{StartAt: time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC), Reasons: dispatch.Reasons{Cost: money.Of(5, "CNY")}}), []int64{0, 1000, 0}},
		{"alone", half, costing("EUR", 5000), []int64{0}},
		{"none", half, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := dispatch.Steer(tt.give, tt.slots)
			if len(got) != len(tt.want) {
				t.Fatalf("%d slots, want %d", len(got), len(tt.want))
			}
			for i, s := range got {
				if s.Reasons.Reward.Minor != tt.want[i] {
					t.Errorf("slot %d is promised %v, want %d", i, s.Reasons.Reward, tt.want[i])
				}
				if r := s.Reasons; r.Reward.IsZero() != r.Saves.IsZero() || r.Reward.IsZero() != (r.Reward == money.Amount{}) {
					t.Errorf("slot %d says %v for %v", i, r.Reward, r.Saves)
				}
			}
		})
	}
}

// drawn are slots in any order, at extremes too, some of them at the same time.
func drawn(t *rapid.T) []dispatch.Slot {
	at := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) dispatch.Slot {
		minor := rapid.OneOf(rapid.Int64Range(-2000, 20_000), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64})).Draw(t, "minor")
		c := rapid.SampledFrom([]money.Currency{"EUR", "EUR", "EUR", "JPY"}).Draw(t, "currency")
		return dispatch.Slot{
			StartAt: at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "window")) * dispatch.WindowLength),
			Reasons: dispatch.Reasons{Cost: money.Of(minor, c), Reward: money.Of(7, "EUR"), Saves: money.Of(7, "EUR")}, // of an older setting
		}
	}), 0, 12).Draw(t, "slots")
}

// What is promised restated in unbounded numbers, and each promise of the rule by itself.
func TestSteerHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := dispatch.Steering{
			SharePermille: rapid.Int64Range(0, 1000).Draw(t, "share"),
			Most:          money.Of(rapid.OneOf(rapid.Int64Range(0, 3000), rapid.Int64()).Draw(t, "most"), rapid.SampledFrom([]money.Currency{"EUR", "JPY"}).Draw(t, "in")),
		}
		slots := drawn(t)
		got := dispatch.Steer(s, slots)
		for i, a := range got {
			r := a.Reasons.Reward
			if want := owed(s, slots, slots[i]); r.Minor != want {
				t.Fatalf("slot %d of %v is promised %v, want %d", i, slots, r, want)
			}
			switch {
			case s.SharePermille == 0 && !r.IsZero():
				t.Fatalf("it is off and promises %v", r)
			case r.Minor > max(s.Most.Minor, 0) || r.Minor < 0:
				t.Fatalf("%v is more than %v, or less than nothing", r, s.Most)
			case r.Minor%s.Most.Currency.Unit() != 0:
				t.Fatalf("%v is no whole unit", r)
			case isFirst(slots, a) && !r.IsZero():
				t.Fatalf("the earliest is promised %v", r)
			}
			for _, b := range got {
				if a.Reasons.Cost.Currency == b.Reasons.Cost.Currency && a.Reasons.Cost.Minor < b.Reasons.Cost.Minor && r.Minor < b.Reasons.Reward.Minor {
					t.Fatalf("the cheaper is promised %v, the dearer %v", r, b.Reasons.Reward)
				}
			}
		}
		swapped := rapid.Permutation(slots).Draw(t, "in another order")
		for i, a := range dispatch.Steer(s, swapped) {
			if want := owed(s, slots, swapped[i]); a.Reasons.Reward.Minor != want {
				t.Fatalf("in another order %v is promised, before %d", a.Reasons.Reward, want)
			}
		}
	})
}

// isFirst reports whether no slot begins before it.
func isFirst(slots []dispatch.Slot, a dispatch.Slot) bool {
	for _, b := range slots {
		if b.StartAt.Before(a.StartAt) {
			return false
		}
	}
	return true
}

// owed is the rule once more.
func owed(s dispatch.Steering, slots []dispatch.Slot, of dispatch.Slot) int64 {
	var first *dispatch.Slot
	for i := range slots {
		a := &slots[i]
		if first == nil || a.StartAt.Before(first.StartAt) || a.StartAt.Equal(first.StartAt) && (a.Reasons.Cost.Minor < first.Reasons.Cost.Minor ||
			a.Reasons.Cost.Minor == first.Reasons.Cost.Minor && a.Reasons.Cost.Currency < first.Reasons.Cost.Currency) {
			first = a
		}
	}
	c := s.Most.Currency
	if first.Reasons.Cost.Currency != c || of.Reasons.Cost.Currency != c {
		return 0
	}
	saved := new(big.Int).Sub(big.NewInt(first.Reasons.Cost.Minor), big.NewInt(of.Reasons.Cost.Minor))
	if saved.Sign() <= 0 || s.Most.Minor <= 0 {
		return 0
	}
	saved.Mul(saved, big.NewInt(s.SharePermille)).Quo(saved, big.NewInt(1000))
	if most := big.NewInt(s.Most.Minor); saved.Cmp(most) > 0 {
		saved = most
	}
	unit := big.NewInt(100)
	if c == "JPY" {
		unit = big.NewInt(1)
	}
	return saved.Quo(saved, unit).Mul(saved, unit).Int64()
}

func TestSteeringCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give dispatch.Steering
		want map[string]string
	}{
		{"off", dispatch.Steering{}, nil},
		{"on", dispatch.Steering{SharePermille: 500, Most: money.Of(1000, "EUR")}, nil},
		{"too much", dispatch.Steering{SharePermille: 1001, Most: money.Of(1000, "EUR")}, map[string]string{"/steering/share_permille": "range"}},
		{"less than nothing", dispatch.Steering{SharePermille: -1}, map[string]string{"/steering/share_permille": "range"}},
		{"without a most", dispatch.Steering{SharePermille: 1}, map[string]string{"/steering/most": "required"}},
		{"no currency", dispatch.Steering{SharePermille: 1, Most: money.Of(1000, "euro")}, map[string]string{"/steering/most/currency": "shape"}},
		{"nobody's currency", dispatch.Steering{SharePermille: 1, Most: money.Of(1000, "CNY")}, map[string]string{"/steering/most/currency": "unknown"}},
		{"less than a euro", dispatch.Steering{SharePermille: 1, Most: money.Of(99, "EUR")}, map[string]string{"/steering/most/minor": "range"}},
		{"beyond all sums", dispatch.Steering{SharePermille: 1, Most: money.Of(math.MaxInt64, "EUR")}, map[string]string{"/steering/most/minor": "range"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.give.Check([]money.Currency{"EUR"})
			if tt.want == nil {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, dispatch.ErrInvalid) {
				t.Fatalf("Check = %v, want %v", err, dispatch.ErrInvalid)
			}
			for _, f := range fault.Of(err).Fields {
				if tt.want[f.Pointer] != f.Code {
					t.Errorf("%s is %s, want %v", f.Pointer, f.Code, tt.want)
				}
			}
		})
	}
}

// A reward stands as long as its appointment may still be carried out, or was; what is ours
// to answer for does not cost the customer the promise.
func TestEarns(t *testing.T) {
	t.Parallel()
	for _, s := range []dispatch.State{dispatch.Scheduled, dispatch.Accepted, dispatch.OnSite, dispatch.Completed} {
		if !s.Earns() || s.Failed() {
			t.Errorf("%s: earns %v, failed %v", s, s.Earns(), s.Failed())
		}
	}
	for s, ours := range map[dispatch.State]bool{
		dispatch.Cancelled: false, dispatch.Absent: false, dispatch.Declined: true, dispatch.TimedOut: true, dispatch.Missed: true, dispatch.Unable: true,
	} {
		if s.Earns() || s.Failed() != ours {
			t.Errorf("%s: earns %v, failed %v, want %v", s, s.Earns(), s.Failed(), ours)
		}
	}
}

// A reward is for whoever was visited by the offer: not for a slot that was only held, nor for
// work that had begun before it was taken.
func TestCameBy(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		undecided, named bool
		began            time.Time
		want             bool
	}{
		{false, true, made.Add(time.Hour), true},
		{false, true, made.Add(-time.Hour), true}, // a wrong clock does not outweigh the name
		{false, false, made.Add(time.Hour), true},
		{false, false, made, true},
		{false, false, made.Add(-time.Second), false},
		{false, false, time.Time{}, true},
		{true, true, made.Add(time.Hour), false},
		{true, false, time.Time{}, false},
	} {
		if got := dispatch.CameBy(tt.undecided, tt.named, tt.began, made); got != tt.want {
			t.Errorf("CameBy(%v, %v, %v) = %v", tt.undecided, tt.named, tt.began.Sub(made), got)
		}
	}
}
