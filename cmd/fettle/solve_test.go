package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Who gives up before the problem is there is not kept waiting; who gives up the search
// gets the best so far.
func TestSolveIsGivenUp(t *testing.T) {
	t.Parallel()
	fettle := filepath.Join(binary(t), "fettle")
	for _, tt := range []struct {
		name, problem, want string
		code                int
	}{
		{"reading", "", "given up before the problem was read", 1},
		{"searching", `{"jobs":[{"id":1,"location":[8,49]},{"id":2,"location":[8.1,49]}],"vehicles":[{"id":1,"start":[8,49]}]}`, `{"code":0,`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			file := filepath.Join(t.TempDir(), "out.json")
			cmd := exec.CommandContext(ctx, fettle, "solve", "-l", "3600", "-o", file)
			var said strings.Builder
			cmd.Stdout, cmd.Stderr = &said, &said
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if tt.problem != "" {
				if _, err := in.Write([]byte(tt.problem)); err != nil {
					t.Fatal(err)
				}
				_ = in.Close()
			}
			time.Sleep(500 * time.Millisecond) // for it to begin; the outcome is the same earlier or later
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			out, err := os.ReadFile(file)
			if cmd.ProcessState.ExitCode() != tt.code || !strings.Contains(said.String()+string(out), tt.want) || (err == nil) != (tt.code == 0) {
				t.Errorf("exits with %d: %s%s, %v", cmd.ProcessState.ExitCode(), said.String(), out, err)
			}
		})
	}
}
