package dispatch_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
)

// A technician serves their own node always and for nothing, a node to which they are lent
// before the lend's day at its price, and no other.
func TestServes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := []id.Node{{1}, {2}, {3}, {4}}
		tech := dispatch.Technician{Node: nodes[0]}
		first := calendar.Day(20_000)
		until, over := map[id.Node]int{}, map[id.Node]bool{}
		for i, n := range nodes[1:3] {
			l := dispatch.Lend{Node: n, Price: money.Of(int64(100*(i+1)), "EUR"), Over: rapid.Bool().Draw(t, "over")}
			until[n], over[n] = rapid.IntRange(-1, 9).Draw(t, "until"), l.Over
			if until[n] >= 0 {
				l.Until = (first + calendar.Day(until[n])).String()
			}
			tech.Lends = append(tech.Lends, l)
		}
		for d := range 10 {
			for i, n := range nodes {
				want := i == 0 || i < 3 && !over[n] && (until[n] < 0 || d < until[n])
				if got := tech.Serves(n, first+calendar.Day(d)); got != want {
					t.Fatalf("Serves(node %d, day %d) = %v with %+v", i, d, got, tech.Lends)
				}
			}
		}
		for i, want := range []int64{0, 100, 200, 0} {
			if got := tech.Crossing(nodes[i]); got != want {
				t.Fatalf("Crossing(node %d) = %d, want %d", i, got, want)
			}
		}
	})
}

// Whatever list is given, what is let through keeps every rule, and what is refused is
// named by its place in the list.
func TestCheckLends(t *testing.T) {
	t.Parallel()
	home, near, partners, abroad, shut := id.Node{1}, id.Node{2}, id.Node{3}, id.Node{4}, id.Node{5}
	known := map[id.Node]dispatch.Outlet{
		home: {Country: "DE"}, near: {Country: "DE"}, partners: {Partner: id.Partner{7}, Country: "DE"}, abroad: {Country: "AT"}, shut: {Country: "DE", Closed: true},
	}
	rapid.Check(t, func(t *rapid.T) {
		tech := dispatch.Technician{Node: home, Country: "DE", Hour: money.Of(6000, "EUR")}
		fine, seen := true, map[id.Node]bool{}
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			l := dispatch.Lend{
				Node:  rapid.SampledFrom([]id.Node{near, near, near, home, partners, abroad, shut, {99}}).Draw(t, "node"),
				Price: money.Of(rapid.SampledFrom([]int64{0, 1, 1_000_000_000, -1, 1_000_000_001, -1 << 63}).Draw(t, "price"), rapid.SampledFrom([]money.Currency{"EUR", "EUR", "CHF", ""}).Draw(t, "currency")),
				Until: rapid.SampledFrom([]string{"", "2026-12-01", "2026-13-01", "soon"}).Draw(t, "until"),
			}
			fine = fine && l.Node == near && !seen[near] && l.Price.Minor >= 0 && l.Price.Minor <= 1_000_000_000 && l.Price.Currency == "EUR" && (l.Until == "" || l.Until == "2026-12-01")
			seen[l.Node] = true
			tech.Lends = append(tech.Lends, l)
		}
		err := dispatch.CheckLends(tech, known)
		if fine != (err == nil) || err != nil && (!errors.Is(err, dispatch.ErrInvalid) || len(fault.Of(err).Fields) == 0) {
			t.Fatalf("CheckLends(%+v) = %v", tech.Lends, err)
		}
	})
}
