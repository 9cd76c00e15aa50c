//go:build unix

package resident_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// computed is what this process has computed so far, collecting garbage included: unlike
// the clock on the wall, it says the same on a busy machine.
func computed() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// spread sums up durations.
func spread(b *testing.B, name string, list []time.Duration) {
	b.Helper()
	if len(list) == 0 {
		return
	}
	slices.Sort(list)
	ms := func(share float64) float64 {
		return float64(list[min(len(list)-1, int(share*float64(len(list))))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), name+"-p50-ms")
	b.ReportMetric(ms(0.99), name+"-p99-ms")
	b.ReportMetric(ms(1), name+"-max-ms")
}

// BenchmarkDisturbance plays single disturbances on a day of 1,000 tasks and 160
// technicians with breaks that was planned well: how long the first answer takes, what
// half a second of looking around it gains, and how many other tasks change hands.
func BenchmarkDisturbance(b *testing.B) {
	w := newWorld(5, 1, 80_000)
	board := w.morning(b)
	b.Logf("%+v", board.Figures())
	var first, improved []time.Duration
	var other, others, unkept, gained int
	for i := 0; b.Loop(); i++ {
		if i%60 == 59 {
			w = newWorld(5, 1, 80_000)
			board = w.morning(b)
		}
		d, focus := w.strike(board, i)
		begin := computed()
		next, a, err := board.Apply(d)
		first = append(first, computed()-begin)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range a.Changes {
			focus = append(focus, c.Job)
		}
		unkept += len(a.Unkept)
		was := board
		if board = next; i%5 > 0 {
			continue
		}
		begin = computed()
		limit := func() float64 { return float64(computed()-begin) / float64(450*time.Millisecond) }
		better, err := next.Improve(context.Background(), resident.Focus{Jobs: focus}, routing.Budget{Progress: limit}, rand.New(rand.NewPCG(1, uint64(i))))
		if err != nil {
			b.Fatal(err)
		}
		best, _, err := next.Adopt(better)
		improved = append(improved, computed()-begin)
		if err != nil {
			b.Fatal(err)
		}
		if better.Gain() {
			gained++
		}
		board = best
		c := resident.Compare(was, best)
		others += was.Figures().Visits
		for _, v := range c.Changes {
			if v.Hands() && !slices.Contains(focus, v.Job) {
				other++
			}
		}
	}
	spread(b, "first", first)
	spread(b, "improved", improved)
	b.ReportMetric(float64(unkept)/float64(len(first)), "without-a-place")
	b.ReportMetric(float64(gained)/float64(len(improved)), "gained")
	b.ReportMetric(100*float64(other)/float64(max(1, others)), "other-hands-%")
}

// morning is ten o'clock on a day that was planned well.
func (w *world) morning(b *testing.B) *resident.Board {
	b.Helper()
	board := w.board(b, 160, 1000)
	better, err := board.Improve(context.Background(), resident.Focus{Whole: true}, routing.Budget{Iterations: 20_000}, w.r)
	if err != nil {
		b.Fatal(err)
	}
	if board, _, err = board.Adopt(better); err != nil {
		b.Fatal(err)
	}
	board, _ = must(b, board, resident.Tick{Now: 10 * hour})
	return w.promised(b, board)
}

// promised promises every third visit for two hours around its start.
func (w *world) promised(tb testing.TB, b *resident.Board) *resident.Board {
	tb.Helper()
	var list []resident.Disturbance
	for n := 0; n < b.Problem().Jobs(); n += 3 {
		if v, ok := b.Visit(b.Job(n)); ok {
			list = append(list, resident.Promise{Key: b.Job(n), Window: routing.Window{Open: v.Start - hour, Close: v.Start + hour}})
		}
	}
	b, _ = must(tb, b, list...)
	return b
}

// strike draws what happens, and the jobs that it is about.
func (w *world) strike(b *resident.Board, i int) (d resident.Disturbance, about []string) {
	key := ""
	for v, ok := (resident.Visit{}), false; !ok; v, ok = b.Visit(key) {
		_ = v
		key = b.Job(w.r.IntN(b.Problem().Jobs()))
	}
	n, _ := b.Number(key)
	switch i % 6 {
	case 0, 1:
		j := w.job()
		j.Priority, j.Windows, j.Due = 3, nil, 12*hour
		return resident.Add{Key: fmt.Sprint("urgent-", i), Place: w.place(b, w.spot()), Job: j}, []string{fmt.Sprint("urgent-", i)}
	case 2:
		return resident.Cancel{Key: key}, nil
	case 3:
		return resident.Overrun{Key: key, Service: b.Problem().Job(n).Service * 2}, []string{key}
	case 4:
		return resident.Part{Key: key, From: 13 * hour}, []string{key}
	default:
		v, _ := b.Visit(key)
		return resident.Away{Technician: v.Technician, From: b.Now(), Until: day}, nil
	}
}

// BenchmarkOffers asks for fourteen days of five windows each, among 1,000 and among
// 50,000 tasks.
func BenchmarkOffers(b *testing.B) {
	for _, size := range []struct{ technicians, jobs, width, raster int }{{160, 1000, 80_000, 500}, {2500, 50_000, 80_000, 1000}} {
		b.Run(fmt.Sprint(size.jobs), func(b *testing.B) {
			w := newWorld(6, 14, size.width)
			w.raster = size.raster
			begin := time.Now()
			board := w.spread(b, size.technicians, size.jobs)
			b.Logf("a first plan in %s; %d places; %+v", time.Since(begin).Round(time.Millisecond), len(board.Places()), board.Figures())
			var windows []routing.Window
			for d := range int64(14) {
				for k := range int64(5) {
					open := d*day + (8+2*k)*hour
					windows = append(windows, routing.Window{Open: open, Close: open + 2*hour})
				}
			}
			var took []time.Duration
			offered := 0
			runtime.GC() // what the first plan has left is not the offers'
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				ask := resident.Ask{Job: w.job(), Place: w.place(board, w.spot()), Windows: windows}
				begin := computed()
				offers, err := board.Offers(ask)
				took = append(took, computed()-begin)
				if err != nil {
					b.Fatal(err)
				}
				offered += len(offers)
			}
			spread(b, "offers", took)
			b.ReportMetric(float64(offered)/float64(len(took)), "windows")
		})
	}
}

// spread is a territory with a plan in which every job is with somebody who lives near.
func (w *world) spread(b *testing.B, technicians, jobs int) *resident.Board {
	b.Helper()
	setup := w.setup(technicians, jobs)
	who := setup.Spec.Technicians
	homes := make([]point, technicians)
	for t := range homes {
		homes[t] = w.points[setup.Places[who[t].Shifts[0].Start]]
	}
	work := make([][]string, technicians*w.days)
	for n, j := range setup.Spec.Jobs {
		at, d := w.points[setup.Places[j.Site]], int(j.Windows[0].Open/day)
		best, least := 0, 1<<40
		for t := range homes {
			apart := homes[t].distance(at) + 8000*len(work[t*w.days+d])
			if apart < least && able(&who[t], &j) {
				best, least = t, apart
			}
		}
		work[best*w.days+d] = append(work[best*w.days+d], setup.Jobs[n])
	}
	var saved resident.Saved
	for i, list := range work {
		if s := who[i/w.days].Shifts[i%w.days]; len(list) > 0 {
			saved.Routes = append(saved.Routes, resident.SavedWork{Technician: setup.Technicians[i/w.days], Open: s.Open, Close: s.Close, Jobs: list})
		}
	}
	board, _, err := resident.Restore(setup, saved)
	if err != nil {
		b.Fatal(err)
	}
	return board
}
