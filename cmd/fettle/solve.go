package main

import (
	"context"

	"fettle.dev/fettle/app/solver/command"
	"fettle.dev/fettle/app/solver/refusal"
)

// solveCmd is run by its package before main where nothing goes wrong.
type solveCmd struct{ command.Solve }

// Run solves the problem and says in words why it cannot be solved.
func (v solveCmd) Run(ctx context.Context, s streams) error { return v.Do(ctx, s, refusal.Of) }
