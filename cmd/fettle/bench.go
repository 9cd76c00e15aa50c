package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/bench"
)

type benchCmd struct {
	Routing benchRoutingCmd `cmd:"" help:"Solve every instance of a folder and print how far it is from the best known, and in the mean."`
	Week    benchWeekCmd    `cmd:"" help:"Make up a week of field service, plan it, judge the plan, and print how it went."`
}

type benchRoutingCmd struct {
	Set       string  `required:"" type:"existingdir" placeholder:"DIR" help:"The folder of the instances: *.json in the format of VROOM, *.txt in that of Solomon, or of the technician routing and scheduling problem."`
	Plans     string  `type:"existingdir" placeholder:"DIR" help:"Write the plan of each instance there, as NAME.json."`
	Time      float64 `default:"10" placeholder:"SECONDS" help:"Search each for so many seconds."`
	Threads   int     `default:"1" help:"Run so many independent searches side by side."`
	Seed      uint64  `default:"1" help:"Begin the random numbers here."`
	Best      string  `type:"existingfile" placeholder:"CSV" help:"The best known costs: a table whose first column is the instance and whose second is its cost."`
	Fleet     bool    `help:"Give each instance only as many vehicles as are known to do: the column of the table whose name ends with vehicles."`
	Only      string  `placeholder:"PATTERN" help:"Solve only the files whose names match this: R1*."`
	Computing bool    `help:"Count the seconds that the process computes, for each thread, instead of those on the clock: for machines that are busy otherwise."`
	Scale     float64 `default:"1" help:"Divide the cost of a JSON instance by this before it is compared: 10 where distances were multiplied by ten. Texts of Solomon are always."`
}

// Run prints a line for each instance, as soon as it is solved, and the means.
func (v benchRoutingCmd) Run(ctx context.Context, s streams) error {
	if v.Time <= 0 || v.Threads < 1 {
		return errors.New("there is some time and at least one thread")
	}
	set, err := v.set()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "%-20s %12s %8s %8s %8s %10s %8s %10s\n", "instance", "cost", "gap %", "unserved", "vehicles", "iter/s", "seconds", "Mmoves/s")
	var rows []bench.Row
	err = set.Run(ctx, solver.Options{Limit: solver.Seconds(v.Time), Threads: v.Threads, Seed: v.Seed, Computing: v.Computing}, func(r bench.Row) {
		rows = append(rows, r)
		printRow(s, r)
	})
	if len(rows) > 0 {
		printRow(s, bench.Mean(rows))
	}
	return err
}

// set is the folder with what is known of it.
func (v benchRoutingCmd) set() (bench.Set, error) {
	set := bench.Set{Dir: v.Set, Scale: v.Scale, Plans: v.Plans}
	if _, err := filepath.Match(v.Only, ""); err != nil {
		return set, err
	}
	if v.Only != "" {
		set.Only = func(name string) bool {
			ok, _ := filepath.Match(v.Only, name) // the pattern has been tried
			return ok
		}
	}
	if v.Best == "" {
		return set, nil
	}
	table, err := os.ReadFile(v.Best)
	if err != nil {
		return set, err
	}
	if set.Best, err = bench.BestKnown(bytes.NewReader(table)); err != nil || !v.Fleet {
		return set, err
	}
	set.Fleet, err = bench.BestFleet(bytes.NewReader(table))
	return set, err
}

func printRow(s streams, r bench.Row) {
	gap := "-"
	if r.Known {
		gap = fmt.Sprintf("%.3f", r.Gap)
	}
	fmt.Fprintf(s.Out, "%-20s %12.1f %8s %8.4g %8.4g %10.0f %8.2f %10.1f\n", r.Name, r.Cost, gap, r.Unserved, r.Vehicles, r.Rate, r.Seconds, r.Moves/1e6)
}
