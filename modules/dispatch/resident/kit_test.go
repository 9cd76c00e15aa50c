package resident_test

import (
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

const (
	hour = int64(3600)
	day  = 24 * hour
)

func must(t testing.TB, b *resident.Board, list ...resident.Disturbance) (*resident.Board, resident.Answer) {
	t.Helper()
	next, a, err := b.Apply(list...)
	if err != nil {
		t.Fatalf("Apply(%+v) = %v", list, err)
	}
	if breaches := routing.Check(next.Problem(), next.Plan()); breaches != nil {
		t.Fatalf("Apply(%+v): Check() = %v", list, breaches)
	}
	return next, a
}
