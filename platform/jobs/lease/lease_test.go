package lease_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/platform/jobs/lease"
)

var errNo = fault.New(fault.Conflict, "leasetest.no")

// The rest grows, stays within its bounds and follows from the seed.
func TestBackoff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "base"))
		most := base * time.Duration(rapid.Int64Range(1, 1000).Draw(t, "most"))
		seed := rapid.Uint64().Draw(t, "seed")
		a, b := lease.NewBackoff(base, most, seed), lease.NewBackoff(base, most, seed)
		for n := range int64(80) {
			want := base
			for range max(n, 1) - 1 {
				want = min(want*2, most)
			}
			got := a.After(n)
			if got < want/2-1 || got > want {
				t.Fatalf("After(%d) = %v, want %v to %v", n, got, want/2, want)
			}
			if again := b.After(n); again != got {
				t.Fatalf("After(%d) = %v and %v from one seed", n, got, again)
			}
		}
	})
}

func TestCodeTellsNothing(t *testing.T) {
	t.Parallel()
	const secret = "Jane Example, +49 151 12345678"
	for _, tt := range []struct {
		name string
		give error
		want string
	}{
		{"fault", fmt.Errorf("write to %s: %w", secret, errNo.With("to", secret)), "leasetest.no"},
		{"wrapped", fmt.Errorf("write to %s: %w", secret, context.Canceled), "*errors.errorString"},
		{"joined", errors.Join(&odd{secret}, errors.New(secret)), "*lease_test.odd"},
		{"panic", fmt.Errorf("%s: %w", secret, &lease.Panic{Value: secret}), "panic of type string"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := lease.Code(tt.give)
			if got != tt.want || strings.Contains(got, "Jane") {
				t.Errorf("Code(%v) = %q, want %q", tt.give, got, tt.want)
			}
		})
	}
}

type odd struct{ text string }

func (o *odd) Error() string { return o.text }

func TestHeld(t *testing.T) {
	t.Parallel()
	var h lease.Held[string]
	start := time.Unix(0, 0)
	ctx, cancel := context.WithCancelCause(t.Context())
	h.Add("slow", start.Add(10*time.Second), cancel)
	h.Add("quick", start.Add(20*time.Second), func(error) { t.Error("a lease that was given back was lost") })
	h.Drop("quick")
	h.Lose("quick")
	if got := h.Ending(start.Add(15 * time.Second)); len(got) != 1 || got[0] != "slow" {
		t.Errorf("Ending = %v, want [slow]", got)
	}
	h.Extend("slow", start.Add(30*time.Second))
	if got := h.Ending(start.Add(15 * time.Second)); len(got) != 0 {
		t.Errorf("Ending = %v after Extend, want none", got)
	}
	h.Lose("slow")
	if !errors.Is(context.Cause(ctx), lease.ErrLost) || h.Len() != 0 {
		t.Errorf("the work goes on (%v) with %d leases held", context.Cause(ctx), h.Len())
	}
}

func TestFencesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[int64]bool{lease.Free: true}
	for range 100_000 {
		f := lease.NewFence()
		if seen[f] || f < 0 {
			t.Fatalf("fence %d was drawn twice or is negative", f)
		}
		seen[f] = true
	}
}
