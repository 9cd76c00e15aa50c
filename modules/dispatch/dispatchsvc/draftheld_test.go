package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

// lentOut is a node with one technician, who is away for two days and promised some visits
// on the third of which nobody has heard, and a guest whose days are full at home.
func (k *kit) lentOut(t *testing.T, rng *rand.Rand, home, host int64, snow bool) (guest id.Technician, promised []string) {
	t.Helper()
	mate := k.hire(t, "")
	k.want(t, 200, "PUT", "/v1/technicians/"+mate.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"leave"},{"day":"2026-11-25","reason":"leave"}]}`)
	for n := byte(20); n < 24; n++ {
		a, _ := k.take(t, k.visit(t, n, 30+rng.Int64N(60), near(20*rng.Float64())), thursday(8+2*int(n-20)))
		promised = append(promised, a)
	}
	guest = k.hireAt(t, potsdam, "")
	k.lend(t, guest, 100, "", berlin)
	k.learnt(t, potsdam, home)
	k.learnt(t, berlin, host)
	if snow {
		k.snow(t, potsdam, tuesday(6), tuesday(20))
	}
	k.fullDays(t, guest, rng)
	return guest, promised
}

// wanted are open visits around, two of which are to be at the same moment.
func (k *kit) wanted(t *testing.T, rng *rand.Rand) {
	t.Helper()
	for n := byte(1); n <= 8; n++ {
		k.visit(t, n, 30+rng.Int64N(60), near(5+20*rng.Float64()))
	}
	k.tied(t, 124, with(id.WorkOrder{0: 9, 15: 8}), 30)
}

// Whatever a plan proposes can be booked when it is adopted at once, however different the
// nodes reckon with ways. What a booking would have refused was looked for elsewhere and
// counted, and where it stays open the reason is said.
func TestGuestsPlansCanBeBooked(t *testing.T) {
	t.Parallel()
	var turnedAway, byGuest, open atomic.Int64
	t.Run("plans", func(t *testing.T) {
		for _, tt := range apart {
			for seed := range uint64(2) {
				t.Run(fmt.Sprint(tt.name, seed), func(t *testing.T) {
					each(t, func(t *testing.T, k *kit) {
						rng := rand.New(rand.NewPCG(seed, 8))
						guest, promised := k.lentOut(t, rng, tt.home, tt.host, tt.snow)
						k.wanted(t, rng)
						plan := k.post(t, "plan", `{"try":true,"days":3,"iterations":300,"move":%v}`, seed > 0)
						places, moves, left := list(plan, "places"), list(plan, "moves"), list(plan, "unserved")
						for _, p := range append(append([]map[string]any{}, places...), moves...) {
							if p["technician"] == guest.String() || p["to"] == guest.String() {
								byGuest.Add(1)
							}
						}
						n, _ := plan["turned_away"].(float64)
						turnedAway.Add(int64(n))
						open.Add(int64(len(left)))
						for _, u := range left {
							for _, why := range list(u, "why") {
								if why["rule"] == "" {
									t.Errorf("why %v is open is not said", u)
								}
							}
						}
						if len(places)+len(left) != 9 {
							t.Errorf("%d places and %d left of 9", len(places), len(left))
						}
						results := list(k.post(t, "adopt", `{"places":%s,"moves":%s}`, text(t, append([]map[string]any{}, places...)), text(t, append([]map[string]any{}, moves...))), "results")
						k.settle(t)
						for _, r := range results {
							if r["result"] == "conflict" {
								t.Errorf("planned, and met %v", r)
							}
						}
						for _, a := range promised {
							if s := k.state(t, a); s != "scheduled" {
								t.Errorf("a promise is %s", s)
							}
						}
					})
				})
			}
		}
	})
	if n, by, left := turnedAway.Load(), byGuest.Load(), open.Load(); n < 4 || by < 20 || left == 0 {
		t.Errorf("%d turned away, %d by the guest, %d left: too few to mean anything", n, by, left)
	}
}

// A night carries out all that it has found.
func TestGuestsNightIsCarriedOut(t *testing.T) {
	for _, tt := range apart[2:] {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				rng := rand.New(rand.NewPCG(1, 8))
				k.lentOut(t, rng, tt.home, tt.host, tt.snow)
				k.autonomy(t, dispatch.Planning)
				k.at(t, 16*time.Hour+40*time.Minute) // shortly before the night
				k.wanted(t, rng)
				k.at(t, 16*time.Hour+40*time.Minute+2*time.Second) // they are left to their customers for half an hour
				k.at(t, 17*time.Hour+30*time.Minute)
				nights := list(k.engine(t), "nights")
				if len(nights) != 1 || nights[0]["ended_at"] == nil || nights[0]["refused"] != 0.0 || nights[0]["booked"].(float64)+nights[0]["open"].(float64) != 9 || nights[0]["booked"].(float64) < 4 {
					t.Errorf("the night: %v", nights)
				}
			})
		})
	}
}
