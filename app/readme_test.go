package app_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
)

// arrows lists the moves of a state machine as a diagram draws them: where a
// command changes nothing there is no arrow.
func arrows[S, C ~string](states []S, commands []C, next func(S, C) (S, error)) (out []string) {
	for _, s := range states {
		for _, c := range commands {
			if to, err := next(s, c); err == nil && to != s {
				out = append(out, fmt.Sprintf("%s --> %s: %s", s, to, c))
			}
		}
	}
	slices.Sort(out)
	return out
}

// The diagram of each module shows its state machine, no more and no less.
func TestDiagrams(t *testing.T) {
	t.Parallel()
	arrow := regexp.MustCompile(`(?m)^\s*(\w+) --> (\w+): (\w+)$`)
	for module, want := range map[string][]string{
		"desk":       arrows(desk.States, []desk.Command{desk.Begin, desk.Wait, desk.Resume, desk.Resolve, desk.Reopen, desk.Close, desk.Cancel}, desk.Next),
		"orders":     arrows(orders.States, []orders.Command{orders.Accept, orders.Refuse, orders.Start, orders.Finish, orders.Redo, orders.Confirm, orders.DoCancel}, orders.Next),
		"work":       arrows(work.States, []work.Command{work.MakeReady, work.Schedule, work.Unschedule, work.Start, work.Hold, work.Release, work.Complete, work.Retry, work.Check, work.Post, work.Reverse, work.Cancel}, work.Next),
		"settlement": arrows(settlement.States, []settlement.Command{settlement.Close, settlement.Send, settlement.Dispute, settlement.Correct, settlement.Agree, settlement.Invoice, settlement.PayPart, settlement.Pay, settlement.TakeBackPart, settlement.TakeBack}, settlement.Next),
	} {
		text, err := os.ReadFile("../modules/" + module + "/README.md")
		if err != nil {
			t.Error(err)
			continue
		}
		var drawn []string
		for _, m := range arrow.FindAllStringSubmatch(string(text), -1) {
			drawn = append(drawn, m[1]+" --> "+m[2]+": "+m[3])
		}
		slices.Sort(drawn)
		if diff := cmp.Diff(want, drawn); diff != "" {
			t.Errorf("the diagram of %s (-code +drawn):\n%s\n%s", module, diff, strings.Join(want, "\n"))
		}
	}
}
