package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"fettle.dev/fettle/app/console"
	"fettle.dev/fettle/app/solver/command"
)

// What is understood quickly is understood as the whole command line has it.
func TestQuickIsKong(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{
		"-i", "-o", "-l", "-t", "-g", "--input", "--output=b", "--limit", "--limit=0.5", "--threads=2", "--seed", "--iterations=9", "--geometry", "--geometry=false", "--geometry=1",
		"--help", "-h", "--db=x", "--nonsense", "-ia", "-gt", "-t=2", "-i=a", "--input=", "a.json", "-", "--", "", "7", "0x10", "1_0", "1.5", "1e2", "-1", "+3", "nan", "99999999999999999999",
	})
	understood := 0
	rapid.Check(t, func(r *rapid.T) {
		args := rapid.SliceOfN(word, 0, 5).Draw(r, "args")
		var quick command.Solve
		if !console.Quick(args, &quick) {
			return
		}
		understood++
		var all cli
		exited := false
		p, err := kong.New(&all, kong.Exit(func(int) { exited = true }), kong.Writers(&strings.Builder{}, &strings.Builder{}))
		if err != nil {
			r.Fatal(err)
		}
		if _, err := p.Parse(append([]string{"solve"}, args...)); err != nil || exited {
			r.Fatalf("%q is understood quickly, and not at all: %v", args, err)
		}
		if !cmp.Equal(quick, all.Solve.Solve, cmpopts.EquateNaNs()) {
			r.Fatalf("%q is %+v, and was %+v quickly", args, all.Solve.Solve, quick)
		}
	})
	if understood == 0 {
		t.Error("nothing was understood")
	}
}

// What people write each day is understood.
func TestQuickKnowsTheUsual(t *testing.T) {
	t.Parallel()
	var got command.Solve
	ok := console.Quick(strings.Fields("-i a.json -o - --limit=0.5 -t 2 --seed 7 --iterations=9 -g"), &got)
	limit := 0.5
	want := command.Solve{In: "a.json", Out: "-", Limit: &limit, Threads: 2, Seed: 7, Iterations: 9, Geometry: true}
	if !ok || !cmp.Equal(got, want) {
		t.Errorf("read %+v, %v", got, ok)
	}
}
