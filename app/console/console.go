// Package console carries commands out: where they write, what ends them, and the
// codes that they end with. It knows no command.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Streams is where commands write.
type Streams struct{ Out, Err io.Writer }

// Exit is an error that ends the program with a code of its own.
type Exit struct {
	Code int
	Err  error
}

// Error says what went wrong.
func (e Exit) Error() string { return e.Err.Error() }

// Unwrap returns the error.
func (e Exit) Unwrap() error { return e.Err }

// Carry runs a command, whose context ends with Ctrl-C, and says what went wrong. Its
// result is the exit code: 0 done, 1 it could not be done, or that of an Exit.
func Carry(s Streams, run func(context.Context) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Err, "fettle:", err)
		if e, ok := errors.AsType[Exit](err); ok {
			return e.Code
		}
		return 1
	}
	return 0
}
