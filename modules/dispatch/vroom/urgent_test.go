package vroom_test

import (
	"os"
	"testing"
)

// Four tasks of nine are urgent. Served one after the other, the urgent ones first, each
// where it costs least, they leave no room for the rest; all nine fit.
func TestUrgentAndTheRest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/urgent.json")
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, text)
	if left := p.Routing().Unserved(solve(t, p, 2000)); len(left) > 0 {
		t.Errorf("leaves %v", left)
	}
}
