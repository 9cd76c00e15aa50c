package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"

	"fettle.dev/fettle/app/apptest"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"fettle": main}) }

// The command as people use it, one file of testdata/script for each subject.
func TestScripts(t *testing.T) {
	files := proofs(t)
	api, err := filepath.Abs("../../api")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireUniqueNames: true, RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("API", api)
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// exits runs a command that must end with the code: exits 2 fettle nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arguments]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = strings.TrimPrefix(exit.Error(), "exit status ")
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("%s exits with %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// proofs are downloaded ones: a good one, one of an erased person, the log's
// key, and another log's.
func proofs(t *testing.T) map[string]string {
	t.Helper()
	h := apptest.SQLite(t)
	out := map[string]string{}
	for _, name := range []string{"one", "two"} {
		w := h.Found(t, name)
		agent := w.Agent(t)
		c := agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		h.Settle(t)
		get := func() string {
			leaf := agent.Get(t, "/v1/cases/"+c+"/proofs").Text(t, "items.0.leaf")
			return string(agent.Get(t, "/v1/cases/"+c+"/proofs/"+leaf).Body)
		}
		out[name+".json"], out[name+".key"] = get(), agent.Get(t, "/v1/public/log").Text(t, "key")
		if name == "two" {
			person := agent.Get(t, "/v1/cases/"+c).Text(t, "customer.person")
			w.As(t, "admin", apptest.Everywhere).Post(t, "/v1/persons/"+person+"/erase", nil)
			h.Settle(t)
			out["erased.json"] = get()
		}
	}
	out["changed.json"] = strings.Replace(out["one.json"], `repair`, `refund`, 1)
	out["more.json"] = strings.Replace(out["one.json"], `{`, `{"note":"believe me",`, 1)
	if out["changed.json"] == out["one.json"] {
		t.Fatal("there is nothing to change in the proof")
	}
	return out
}

// Every command, flag and argument says what it is for.
func TestHelpIsComplete(t *testing.T) {
	t.Parallel()
	p, err := kong.New(&cli{}, kong.Name("fettle"))
	if err != nil {
		t.Fatal(err)
	}
	said := func(what, help string) {
		if len(strings.Fields(help)) < 2 || !strings.HasSuffix(help, ".") && !strings.Contains(help, ": ") {
			t.Errorf("%s says %q of itself", what, help)
		}
	}
	leaves := p.Model.Leaves(false)
	if len(leaves) < 10 {
		t.Fatalf("only %d commands", len(leaves))
	}
	for _, n := range leaves {
		said(n.FullPath(), n.Help)
		for _, group := range n.AllFlags(false) {
			for _, f := range group {
				if f.Name != "help" {
					said(n.FullPath()+" --"+f.Name, f.Help)
				}
			}
		}
		for _, a := range n.Positional {
			said(n.FullPath()+" <"+a.Name+">", a.Help)
		}
		args := append(strings.Fields(strings.TrimPrefix(n.FullPath(), "fettle ")), "--help")
		var out, bad strings.Builder
		if code := run(args, &out, &bad); code != 0 || !strings.Contains(out.String(), n.Help[:min(20, len(n.Help))]) {
			t.Errorf("%v = %d %s%s", args, code, out.String(), bad.String())
		}
	}
}
