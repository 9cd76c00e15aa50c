// Command withpg runs a command beside a throw-away PostgreSQL server, whose
// address the command finds in FETTLE_TEST_PG.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"fettle.dev/fettle/platform/db/pgtemp"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "use: withpg COMMAND [ARG …]")
		os.Exit(2)
	}
	code, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
		code = 1
	}
	os.Exit(code)
}

func run(name string, args []string) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := pgtemp.Start(ctx, os.Getenv("FETTLE_TEST_PG_FSYNC") != "")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, c.Stop(context.WithoutCancel(ctx))) }()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "FETTLE_TEST_PG="+c.URL(""))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	} else if err != nil {
		return 1, err
	}
	return 0, nil
}
