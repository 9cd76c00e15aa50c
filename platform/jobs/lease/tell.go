package lease

import (
	"context"
	"errors"
	"log/slog"
)

// Tell logs that work under a lease has failed, and the second error when that could not
// be stored: codes, and of a panic where it came from, never what an error says. args
// name the work.
func Tell(ctx context.Context, log *slog.Logger, what string, parked bool, cause, storing error, args ...any) {
	args = append(args, "code", Code(cause), "parked", parked)
	var p *Panic
	if errors.As(cause, &p) {
		args = append(args, "stack", string(p.Stack))
	}
	if storing != nil {
		args = append(args, "not_stored", Code(storing))
	}
	level := slog.LevelWarn
	if parked {
		level = slog.LevelError
	}
	log.Log(ctx, level, what, args...)
}
