package command

import (
	"context"
	"os"

	"fettle.dev/fettle/app/console"
)

// init runs solve before the packages behind it in the alphabet are initialised: their
// tables of telephone numbers, patterns and metrics, which it never looks at, take
// longer than to read a day of 100 jobs and to make a first plan of it, and who calls
// the solver for each such day would wait for them each time. Packages are initialised
// in the order of their paths, as far as their imports allow (Go specification,
// "Program initialization"), so this one imports little; in another order it would be
// slower, and nothing else. What is not understood here, such as --help, and what
// cannot be solved are left to the whole program, which has the words.
func init() {
	var solve Solve
	if len(os.Args) < 2 || os.Args[1] != "solve" || !console.Quick(os.Args[2:], &solve) {
		return
	}
	s := console.Streams{Out: os.Stdout, Err: os.Stderr}
	exit := console.Carry(s, func(ctx context.Context) error { return solve.Do(ctx, s, nil) })
	if held == nil {
		os.Exit(exit)
	}
}
