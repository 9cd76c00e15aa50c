package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// step is a block of a guide and what it prints.
type step struct {
	line           int
	script, prints string
}

// steps reads the blocks marked sh, each with the block marked text that follows.
func steps(t *testing.T, path string) (out []step) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```$")
	for _, m := range block.FindAllStringSubmatchIndex(string(b), -1) {
		text := string(b[m[4]:m[5]])
		if string(b[m[2]:m[3]]) == "sh" {
			out = append(out, step{line: 1 + strings.Count(string(b[:m[0]]), "\n"), script: text})
		} else {
			out[len(out)-1].prints = text
		}
	}
	return out
}

// The guide does what it says, on a fresh database, block by block.
func TestGuide(t *testing.T) {
	t.Parallel()
	guide := steps(t, "../../docs/guides/first-case.md")
	if len(guide) < 15 {
		t.Fatalf("only %d blocks", len(guide))
	}
	const mark = "=== end of block ==="
	var script strings.Builder
	for _, s := range guide {
		fmt.Fprintf(&script, "%s\necho %q\n", s.script, mark)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-u")
	cmd.Dir, cmd.Stdin, cmd.WaitDelay = t.TempDir(), strings.NewReader(script.String()), 5*time.Second
	cmd.Env = append(os.Environ(), "PATH="+binary(t)+string(os.PathListSeparator)+os.Getenv("PATH"), "FETTLE_DB="+filepath.Join(cmd.Dir, "house.db"), "FETTLE_ADDR="+free(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // the server that it started too
	said, err := cmd.CombinedOutput()
	blocks := strings.Split(string(said), mark+"\n")
	if err != nil || len(blocks) != len(guide)+1 {
		t.Fatalf("%d blocks of %d were run, %v:\n%s", len(blocks)-1, len(guide), err, said)
	}
	for i, s := range guide {
		if !printed(s.prints, blocks[i]) {
			t.Errorf("the block in line %d prints\n%s\nand not\n%s", s.line, blocks[i], s.prints)
		}
	}
}

// printed holds what a block has printed against what the guide shows; "…"
// stands for any text within a line.
func printed(want, got string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), "…", ".*")
	return regexp.MustCompile(`\A` + pattern + `\z`).MatchString(got)
}

// binary builds the command and returns its folder.
func binary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "no_web", "-o", filepath.Join(dir, "fettle"), ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
