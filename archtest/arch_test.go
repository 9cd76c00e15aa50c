// Package archtest holds the plan of the house: which room may import which.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "fettle.dev/fettle/"

type pkg struct {
	ImportPath, Dir, Doc string
	GoFiles, Imports     []string
}

// room names the layer that a package lives in.
func room(path string) string {
	if !strings.HasPrefix(path, root) {
		return "outside"
	}
	parts := strings.Split(strings.TrimPrefix(path, root), "/")
	switch {
	case parts[0] != "modules":
		return parts[0]
	case len(parts) == 2:
		return "contract"
	case parts[2] == parts[1]+"svc":
		return "service"
	default:
		return "core"
	}
}

func module(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, root), "/")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// may says which rooms a package of each room may import. Contracts and
// platform packages have tables of their own below.
var may = map[string][]string{
	"kernel":    {"kernel"},
	"core":      {"kernel", "core"},
	"contract":  {"kernel", "contract"},
	"platform":  {"kernel", "platform"},
	"service":   {"kernel", "platform", "contract", "core"},
	"app":       {"kernel", "platform", "contract", "core", "service", "web", "api", "app"}, // app/apptest opens an app
	"demo":      {"kernel", "platform", "contract", "core", "app", "demo"},
	"cmd":       {"kernel", "platform", "contract", "app", "demo"},
	"crashtest": {"kernel", "platform"}, // and of platform only the database: it meets the program from outside
	"web":       {},
	"api":       {},
}

// borrows lists which contracts use another contract's words. It has no cycles.
var borrows = map[string][]string{
	"desk":       {"vault"},
	"dispatch":   {"remedy"},
	"field":      {"remedy", "work"},
	"orders":     {"desk"},
	"parts":      {"remedy"},
	"remedy":     {"desk", "warranty"},
	"settlement": {"remedy", "warranty", "work"},
	"sla":        {"desk"},
	"warranty":   {"catalog"},
	"work":       {"remedy"},
}

// impure lists what contracts, cores and the kernel may not use.
var impure = regexp.MustCompile(`^(database/sql|net/http|net|os|os/exec|log/slog|log)$`)

func load(t *testing.T) (out []pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags=no_web", "-json=ImportPath,Dir,Doc,GoFiles,Imports", "./...")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(b))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

// wrong says why a package in one room may not import another, or "".
func wrong(from, to string) string {
	f, t := room(from), room(to)
	pure := f == "kernel" || f == "contract" || f == "core"
	switch {
	case t == "outside":
		if pure && impure.MatchString(to) {
			return "it is pure (" + f + ")"
		}
	case !slices.Contains(may[f], t):
		return f + " may not import " + t
	case f == "contract" && t == "contract" && !slices.Contains(borrows[module(from)], module(to)):
		return "the table of borrowed contracts does not name it"
	case f == "core" && t == "core" && module(from) != module(to):
		return "a core knows no other module's core"
	}
	return ""
}

func TestImports(t *testing.T) {
	for _, p := range load(t) {
		if room(p.ImportPath) == "archtest" {
			continue
		}
		if _, known := may[room(p.ImportPath)]; !known {
			t.Errorf("%s is in no known room", p.ImportPath)
		}
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		for _, imp := range p.Imports {
			if why := wrong(p.ImportPath, imp); why != "" {
				t.Errorf("%s may not import %s: %s", p.ImportPath, imp, why)
			}
		}
	}
}

// The rules themselves catch what they are there for.
func TestRulesBite(t *testing.T) {
	for _, tt := range []struct{ from, to string }{
		{"modules/desk/desksvc", "modules/sla/slasvc"},
		{"modules/desk", "platform/db"},
		{"modules/desk", "database/sql"},
		{"modules/desk", "modules/settlement"},
		{"modules/dispatch/routing", "modules/proof/tlog"},
		{"modules/dispatch/routing", "modules/dispatch"},
		{"platform/db", "modules/desk"},
		{"kernel/id", "platform/db"},
		{"kernel/id", "os"},
		{"cmd/fettle", "modules/desk/desksvc"},
	} {
		to := tt.to
		if strings.Contains(to, "/") && !strings.HasPrefix(to, "database/") {
			to = root + to
		}
		if wrong(root+tt.from, to) == "" {
			t.Errorf("%s may import %s", tt.from, tt.to)
		}
	}
}

func TestBorrowsHaveNoCycle(t *testing.T) {
	var visit func(m string, path []string)
	visit = func(m string, path []string) {
		if slices.Contains(path, m) {
			t.Fatalf("contracts borrow in a circle: %s", strings.Join(append(path, m), " → "))
		}
		for _, b := range borrows[m] {
			visit(b, append(path, m))
		}
	}
	for m := range borrows {
		visit(m, nil)
	}
}

// A module's tables are named by that module alone.
func TestTablesStayAtHome(t *testing.T) {
	table := regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TABLE IF NOT EXISTS)\s+([a-z]+)_[a-z_]+\b`)
	modules, err := os.ReadDir("../modules")
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]bool{}
	for _, m := range modules {
		owner[m.Name()] = true
	}
	err = filepath.WalkDir("../modules", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".sql") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		home := strings.Split(filepath.ToSlash(path), "/")[2]
		for _, m := range table.FindAllStringSubmatch(string(b), -1) {
			if owner[m[1]] && m[1] != home {
				t.Errorf("%s names a table of %s: %s", path, m[1], m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every module says what it promises, and has a page that says how.
func TestEveryModuleHasAReadme(t *testing.T) {
	for _, p := range load(t) {
		if room(p.ImportPath) != "contract" {
			continue
		}
		if _, err := os.Stat(filepath.Join(p.Dir, "README.md")); err != nil {
			t.Errorf("%s has no README.md", p.ImportPath)
		}
	}
}

// What a service exports is New, Deps, Schema, Module and its methods.
func TestServicesKeepToThemselves(t *testing.T) {
	exported := regexp.MustCompile(`(?m)^(?:func|type|var|const) ([A-Z]\w*)`)
	for _, p := range load(t) {
		if room(p.ImportPath) != "service" {
			continue
		}
		for _, f := range p.GoFiles {
			b, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range exported.FindAllStringSubmatch(string(b), -1) {
				if !slices.Contains([]string{"New", "Deps", "Schema", "Module"}, m[1]) {
					t.Errorf("%s/%s exports %s", p.ImportPath, f, m[1])
				}
			}
		}
	}
}
