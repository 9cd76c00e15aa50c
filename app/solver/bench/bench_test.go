package bench_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/bench"
	"fettle.dev/fettle/app/solver/solvertest"
)

func TestBench(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	line := "VEHICLE\nNUMBER CAPACITY\n2 20\nCUSTOMER\n0 0 0 0 0 100 0\n1 3 4 10 0 100 1\n2 3 4 10 0 100 1\n3 0 9 1 0 0 1\n"
	for name, text := range map[string]string{"a.txt": line, "b.json": string(solvertest.Town(5)), "c.md": "no instance"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	best, err := bench.BestKnown(strings.NewReader("instance,cost\na,8\nz,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []bench.Row
	if err := (bench.Set{Dir: dir, Best: best}).Run(t.Context(), solver.Options{Iterations: 50}, func(r bench.Row) { rows = append(rows, r) }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Name != "A" || rows[0].Cost != 10 || rows[0].Gap != 25 || rows[0].Unserved != 1 || rows[0].Vehicles != 1 || rows[0].Moves == 0 || rows[1].Known || rows[1].Unserved != 0 {
		t.Errorf("rows are %+v", rows)
	}
	if m := bench.Mean(rows); m.Gap != 25 || m.Unserved != 0.5 || m.Moves == 0 || !m.Known {
		t.Errorf("the mean is %+v", m)
	}
}

// Only so many vehicles as the table knows, only the files that are asked for, and
// only so much computing time.
func TestBenchFleet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json", "c.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), solvertest.Town(60), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fleet, err := bench.BestFleet(strings.NewReader("instance,cost,most_vehicles\na,8,1\nb,1,9\nc,1,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	set := bench.Set{Dir: dir, Fleet: fleet, Only: func(name string) bool { return name != "c.json" }}
	var rows []bench.Row
	o := solver.Options{Limit: 50 * time.Millisecond, Computing: true, Threads: 2}
	if err := set.Run(t.Context(), o, func(r bench.Row) { rows = append(rows, r) }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Vehicles != 1 || rows[0].Unserved == 0 || rows[1].Vehicles < 2 || rows[1].Unserved != 0 {
		t.Errorf("rows are %+v", rows)
	}
	for _, r := range rows {
		if r.Seconds < 0.05 || r.Seconds > 5 {
			t.Errorf("computed for %v s", r.Seconds)
		}
	}
}
