//go:build unix

package routing_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// benchData is where the published instances lie, seen from this package.
const benchData = "../../../../shared/data/routing"

// FETTLE_ROUTING_SECONDS is the computing time per instance, FETTLE_ROUTING_SET a glob of
// instance names such as R1*.
func benchSeconds() float64 {
	if v, err := strconv.ParseFloat(os.Getenv("FETTLE_ROUTING_SECONDS"), 64); err == nil {
		return v
	}
	return 10
}

func BenchmarkSolomon(b *testing.B)       { benchSet(b, "solomon") }
func BenchmarkHomberger200(b *testing.B)  { benchSet(b, "gh200") }
func BenchmarkHomberger400(b *testing.B)  { benchSet(b, "gh400") }
func BenchmarkHomberger1000(b *testing.B) { benchSet(b, "gh1000") }

func benchSet(b *testing.B, set string) {
	files, _ := filepath.Glob(filepath.Join(benchData, set, "*.txt"))
	if len(files) == 0 {
		b.Skip("skipped: no instances at " + benchData)
	}
	known := bestKnown(b)
	pattern := os.Getenv("FETTLE_ROUTING_SET")
	var sum, worst float64
	count, hits := 0, 0
	for _, f := range files {
		name := strings.ToUpper(strings.TrimSuffix(filepath.Base(f), ".txt"))
		best := known[name]
		if ok, _ := filepath.Match(pattern, name); pattern != "" && !ok || best == 0 {
			continue
		}
		b.Run(name, func(b *testing.B) {
			p := readVRPTW(b, f)
			for b.Loop() {
				plan, stats := timed(b, p, benchSeconds())
				got := float64(routing.Cost(p, plan).Distance) / 18 / 10
				gap := 100 * (got - best) / best
				if n := len(routing.Check(p, plan)) + len(p.Unserved(plan)); n > 0 {
					b.Fatalf("%s: %d breaches or unserved jobs", name, n)
				}
				b.ReportMetric(gap, "gap%")
				b.ReportMetric(got, "distance")
				b.ReportMetric(float64(stats.Iterations)/benchSeconds(), "iter/s")
				sum, worst, count, hits = sum+gap, max(worst, gap), count+1, hits+b2i(gap < 1e-6)
			}
		})
	}
	if count > 0 {
		b.Logf("%s: %d runs, mean gap %.3f %%, worst %.2f %%, best known found %d times", set, count, sum/float64(count), worst, hits)
	}
}

func b2i(v bool) int {
	if v {
		return 1
	}
	return 0
}

// cpuSeconds is what this process has computed so far: unlike the clock on the
// wall, it says the same on a busy machine.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// timed solves within so many seconds of computing time.
func timed(tb testing.TB, p *routing.Problem, seconds float64) (routing.Plan, routing.Stats) {
	tb.Helper()
	begin := cpuSeconds()
	progress := func() float64 { return (cpuSeconds() - begin) / seconds }
	rng := rand.New(rand.NewPCG(1, 2))
	plan, stats, err := routing.Solve(context.Background(), p, routing.Plan{}, routing.Budget{Progress: progress}, rng)
	if err != nil {
		tb.Fatal(err)
	}
	return plan, stats
}

// bestKnown reads the distances of the DIMACS convention.
func bestKnown(tb testing.TB) map[string]float64 {
	tb.Helper()
	f, err := os.Open(filepath.Join(benchData, "best-known.csv"))
	if err != nil {
		tb.Skip("skipped: no best known values at " + benchData)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]float64{}
	for _, r := range rows[1:] {
		out[r[0]], _ = strconv.ParseFloat(r[1], 64)
	}
	return out
}

// readVRPTW reads a Solomon or Gehring-Homberger instance with the DIMACS
// convention: distances truncated to one decimal, everything times ten; the
// objective is distance alone.
func readVRPTW(tb testing.TB, path string) *routing.Problem {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var rows [][7]float64
	var fleet, load int
	for line := range strings.Lines(string(text)) {
		w := strings.Fields(line)
		if len(w) == 2 {
			_, _ = fmt.Sscan(line, &fleet, &load)
		}
		var row [7]float64
		if n, _ := fmt.Sscan(line, &row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6]); n == 7 {
			rows = append(rows, row)
		}
	}
	spec := routing.Spec{Travel: routing.Matrix(len(rows), func(i, j int) (int32, int32) {
		d := int32(10*math.Hypot(rows[i][1]-rows[j][1], rows[i][2]-rows[j][2]) + 1e-9)
		return d, d
	})}
	for i, r := range rows[1:] {
		spec.Jobs = append(spec.Jobs, routing.Job{
			Site: i + 1, Service: int64(r[6] * 10), Priority: 1, Load: []int32{int32(r[3])},
			Windows: []routing.Window{{Open: int64(r[4] * 10), Close: int64(r[5] * 10)}},
		})
	}
	for range fleet {
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates:  routing.Rates{Kilometre: 1},
			Shifts: []routing.Shift{{Open: int64(rows[0][4] * 10), Close: int64(rows[0][5] * 10), Capacity: []int32{int32(load)}}},
		})
	}
	p, err := routing.New(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
