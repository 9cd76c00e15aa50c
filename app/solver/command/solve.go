// Package command has those commands of the command line that need the solver alone.
package command

import (
	"context"
	"errors"
	"fmt"

	"fettle.dev/fettle/app/console"
	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/refusal"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// Solve is the command that solves one problem.
type Solve struct {
	In         string   `name:"input" short:"i" default:"-" placeholder:"FILE" help:"The problem, in the JSON format of VROOM; - for standard input."`
	Out        string   `name:"output" short:"o" default:"-" placeholder:"FILE" help:"Where the solution goes; - for standard output."`
	Limit      *float64 `short:"l" placeholder:"SECONDS" help:"Read and search for so many seconds; 10 unless --iterations are given. 0: make a first plan, however long that takes."`
	Threads    int      `short:"t" default:"1" help:"Run so many independent searches, with random numbers of their own, and take the best plan: one search uses one processor."`
	Seed       uint64   `default:"1" help:"Begin the random numbers here."`
	Iterations int      `placeholder:"N" help:"End each search after so many iterations. Without --limit the same problem and seed then give the same bytes, and computing_times are zero."`
	Geometry   bool     `short:"g" help:"Write each route's geometry: the straight lines between its stops as an encoded polyline (precision 5), for there is no map."`
}

// wrong is the code with which VROOM ends when something is wrong with what it is given.
const wrong = 2

// Run solves the problem. Ctrl-C ends the search, not the writing of what it has
// found. What cannot be solved is answered in the format, too.
func (v *Solve) Run(ctx context.Context, s console.Streams) error {
	if v.Limit != nil && !(*v.Limit >= 0) || v.Iterations < 0 || v.Threads < 1 {
		return console.Exit{Code: wrong, Err: errors.New("limits are not negative, and there is at least one thread")}
	}
	to, err := v.open(s)
	if err != nil {
		return console.Exit{Code: wrong, Err: err}
	}
	out, err := v.solution(ctx, s)
	if out != nil {
		_, broken := to.Write(out)
		err = errors.Join(err, broken)
	}
	return errors.Join(err, to.Close())
}

// solution is what is written: a solution or a refusal, which is an error, too.
func (v *Solve) solution(ctx context.Context, s console.Streams) ([]byte, error) {
	problem, err := v.read(ctx)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, errors.New("given up before the problem was read")
	default:
		return refuse(vroom.ErrInput.Because(err), err)
	}
	out, err := solver.Solve(ctx, problem, v.options(s))
	switch {
	case err == nil:
		return out, nil
	case fault.Of(err).Kind == fault.Internal:
		return nil, err
	default:
		return refuse(err, refusal.Of(err))
	}
}

// refuse answers in the format, and in words.
func refuse(err, words error) ([]byte, error) {
	return vroom.Refuse(err, words.Error()), console.Exit{Code: wrong, Err: words}
}

func (v *Solve) options(s console.Streams) solver.Options {
	o := solver.Options{
		Iterations: v.Iterations, Threads: v.Threads, Seed: v.Seed, Geometry: v.Geometry, Tell: func(t solver.Tick) {
			fmt.Fprintf(s.Err, "%.0f s, %d iterations\n", t.Spent.Seconds(), t.Iterations)
		},
	}
	switch {
	case v.Limit == nil:
	case *v.Limit == 0:
		o.Iterations = 1
	default:
		o.Limit = max(1, solver.Seconds(*v.Limit))
	}
	return o
}
