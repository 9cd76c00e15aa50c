package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/week"
	"fettle.dev/fettle/kernel/clock"
)

type benchWeekCmd struct {
	Tasks       int     `default:"20000" help:"So many tasks."`
	Technicians int     `default:"2500" help:"So many technicians."`
	Days        int     `default:"7" help:"Over so many days; of seven each technician works five."`
	Load        float64 `default:"0.33" help:"Services fill this share of the time on duty."`
	Seed        uint64  `default:"1" help:"Begin the random numbers of the week and of the search here."`
	Time        float64 `default:"75" placeholder:"SECONDS" help:"Search for so many seconds."`
	Threads     int     `default:"2" help:"Search with so many threads."`
	Computing   bool    `help:"Count the seconds that the process computes, for each thread, instead of those on the clock."`
	Problem     string  `placeholder:"FILE" help:"Write the week there, in the format of VROOM."`
	Plan        string  `placeholder:"FILE" help:"Write the plan there."`
}

// Run makes a week up, plans it, has the plan judged and prints one line.
func (v benchWeekCmd) Run(ctx context.Context, s streams) error {
	if v.Tasks < 1 || v.Technicians < 1 || v.Days < 1 || v.Load < 0 || v.Time <= 0 || v.Threads < 1 {
		return errors.New("there are tasks, technicians, days, some time and at least one thread")
	}
	asked := week.Make(week.Size{Tasks: v.Tasks, Technicians: v.Technicians, Days: v.Days, Load: v.Load, Seed: v.Seed})
	if err := kept(v.Problem, asked); err != nil {
		return err
	}
	begin := clock.System()
	solved, err := solver.Solve(ctx, asked, solver.Options{Limit: solver.Seconds(v.Time), Threads: v.Threads, Seed: v.Seed, Computing: v.Computing})
	if err != nil {
		return err
	}
	took := clock.System().Sub(begin)
	if err := kept(v.Plan, solved); err != nil {
		return err
	}
	verdict, err := week.Judge(asked, solved)
	if err != nil {
		return fmt.Errorf("the plan breaks a rule: %w", err)
	}
	fmt.Fprintf(s.Out, "%d tasks, %d technicians, %d days: %d tasks left (priorities %d), %d routes, %.1f hours on the road; %v on the clock, %.2f GB at most; judged\n",
		v.Tasks, v.Technicians, v.Days, verdict.Left, verdict.Lost, verdict.Routes, float64(verdict.Road)/3600, took.Round(100*time.Millisecond), gigabytes())
	return nil
}

// kept writes a file where one is asked for.
func kept(path string, data []byte) error {
	if path == "" {
		return nil
	}
	return os.WriteFile(path, data, 0o600)
}

// gigabytes is all memory that the program has had from the system so far, of which it
// may have used less at any time.
func gigabytes() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / 1e9
}
