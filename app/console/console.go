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

// Carry runs a command, whose context ends with Ctrl-C, and says what went wrong. Its
// result is the exit code: 0 done, 1 it could not be done.
func Carry(s Streams, run func(context.Context) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Err, "fettle:", err)
		return 1
	}
	return 0
}
