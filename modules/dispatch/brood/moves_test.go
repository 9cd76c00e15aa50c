//go:build unix

package brood

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// computed is how many seconds this process has computed so far.
func computed(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// BenchmarkPairs counts the pairs of stops that are looked at in a second of computing where nothing
// helps any more; each is some eight moves, most of which the ways alone rule out. The
// matrices of ways and their costs take eight bytes for each two stops.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{100, 200, 400, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			l := newLocal(draw(rng, n, n/8), rng)
			l.scatter()
			l.improve()
			pairs, begin := 0, computed(b)
			for b.Loop() {
				for v := range l.seen {
					l.seen[v] = -1
				}
				for _, u := range l.order {
					if l.visit(u) {
						b.Fatal("something helped")
					}
					pairs += len(l.near[u])
				}
			}
			b.ReportMetric(float64(pairs)/(computed(b)-begin), "pairs/s")
		})
	}
}
