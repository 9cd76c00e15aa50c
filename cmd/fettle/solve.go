package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"fettle.dev/fettle/app/solver"
)

type solveCmd struct {
	In         string  `name:"input" short:"i" default:"-" placeholder:"FILE" help:"The problem, in the JSON format of VROOM; - for standard input."`
	Out        string  `name:"output" short:"o" default:"-" placeholder:"FILE" help:"Where the solution goes; - for standard output."`
	Limit      float64 `short:"l" placeholder:"SECONDS" help:"Search for so many seconds; 10 unless --iterations are given."`
	Threads    int     `short:"t" default:"1" help:"Run so many independent searches, with random numbers of their own, and take the best plan: one search uses one processor."`
	Seed       uint64  `default:"1" help:"Begin the random numbers here."`
	Iterations int     `placeholder:"N" help:"End each search after so many iterations. Without --limit the same problem and seed then give the same bytes, and computing_times are zero."`
	Geometry   bool    `short:"g" help:"Write each route's geometry: the straight lines between its stops as an encoded polyline (precision 5), for there is no map."`
}

// maxProblem bounds what is read: 10,000 places have a matrix of some 600 MB.
const maxProblem = 2 << 30

// Run solves the problem. Ctrl-C ends the search, not the writing of what it has
// found. What cannot be solved is answered in the format, too.
func (v solveCmd) Run(ctx context.Context, s streams) error {
	if v.Limit < 0 || v.Iterations < 0 || v.Threads < 1 {
		return errors.New("limits are not negative, and there is at least one thread")
	}
	in, err := v.read()
	if err != nil {
		return err
	}
	out, refused := solver.Solve(ctx, in, solver.Options{
		Limit: seconds(v.Limit), Iterations: v.Iterations, Threads: v.Threads, Seed: v.Seed,
		Geometry: v.Geometry, Tell: func(t solver.Tick) {
			fmt.Fprintf(s.err, "%.0f s, %d iterations\n", t.Spent.Seconds(), t.Iterations)
		},
	})
	if out == nil {
		return refused
	}
	return errors.Join(refused, v.write(s, out))
}

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

func (v solveCmd) read() ([]byte, error) {
	in := io.Reader(os.Stdin)
	if v.In != "-" {
		f, err := os.Open(v.In)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, maxProblem))
}

func (v solveCmd) write(s streams, out []byte) error {
	if v.Out == "-" {
		_, err := s.out.Write(out)
		return err
	}
	return writeFile(v.Out, func(w io.Writer) error {
		_, err := w.Write(out)
		return err
	})
}
