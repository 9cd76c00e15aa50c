package routing_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestGlance asks every operator for gains alone and for whatever comes: what gains is
// never passed over, and what is passed over never gains.
func TestGlance(t *testing.T) {
	t.Parallel()
	gains, passed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.Bool()
		f := features{windows: true, unpaid: true, skills: b.Draw(t, "skills"), breaks: b.Draw(t, "breaks"), loads: b.Draw(t, "loads"), people: b.Draw(t, "people"), frozen: b.Draw(t, "frozen"),
			several: b.Draw(t, "several"), partners: b.Draw(t, "partners"), ways: b.Draw(t, "ways"), setups: b.Draw(t, "setups"), pairs: b.Draw(t, "pairs")}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p, err := routing.New(generate(r, rapid.IntRange(2, 25).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f))
		if err != nil {
			t.Fatal(err)
		}
		s := routing.NewProbe(p, p.Empty(), r)
		s.Construct()
		for range 400 {
			op, u, v := r.IntN(s.Operators()), r.Int32N(int32(p.Jobs())), r.Int32N(int32(p.Jobs()))
			hasty, full := s.Glance(op, u, v)
			if (hasty < 0 || full < 0) && hasty != full {
				t.Fatalf("operator %d: %d when it looks for gains, else %d", op, hasty, full)
			}
			if full < 0 {
				gains++
			}
			if hasty != full {
				passed++
			}
			if r.IntN(8) == 0 {
				s.Try(op, u, v)
			}
		}
	})
	if least := 20; gains < least || passed < least {
		t.Errorf("%d moves gained and %d were passed over, too few to show anything", gains, passed)
	}
}
