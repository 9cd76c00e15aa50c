package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

var update = flag.Bool("update", false, "rewrite testdata/matrix.txt")

// public lists the routes that visitors may call, and why.
var public = map[string]string{
	"api_describe":      "how the API is used is no secret",
	"health_live":       "whoever watches the process has no account",
	"health_ready":      "whoever watches the process has no account",
	"login_end":         "whoever has no session any more has none to end",
	"login_start":       "nobody is logged in before",
	"proof_log":         "anybody may check a proof, and pin the log's key",
	"public_ask":        "customers ask without an account",
	"public_brand_list": "they choose their brand from it",
	"public_chase":      "by the secret link of the case",
	"public_follow":     "by the secret link of the case",
	"public_rate":       "by the secret link of the case",
	"warranty_check":    "by the serial on the label; tells nothing of the owner",
}

// unstaged lists the routes of which no request can be staged; what access says
// about the action stands for them.
var unstaged = map[string]string{
	"deadletter_replay": "nothing is parked unless something is broken",
	"deadletter_skip":   "nothing is parked unless something is broken",
	"job_replay":        "nothing is parked unless something is broken",
}

const matrixLegend = `# What each role hears from each route. Written by "go test ./app -run Matrix -update" from
# requests that were really sent; reviewed like code. For each role the six scopes around the
# thing that the request is about: tenant region node brand partner self.
#   .  as if it were not there
#   +  within the scope
#   *  outside the scope too
# A role that is not named hears the same from the route as from an address that does not exist.

`

// Every route × role × scope, by asking.
func TestMatrix(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	s := newStage(t, h.Found(t, "one"))
	m := &matrix{stage: s, clients: map[string]*apptest.Client{}}
	requests := s.requests()
	var lines []string
	for _, op := range h.API.Ops() {
		if why, free := public[op.ID]; op.Public != free || free && why == "" {
			t.Errorf("%s is public: %v; on the list with its reason: %v", op.ID, op.Public, free)
		}
		if op.Public {
			lines = append(lines, fmt.Sprintf("%-24s %-6s %-44s everybody", op.ID, op.Method, op.Path))
			continue
		}
		found := false
		for _, name := range slices.Sorted(keysOf(requests)) {
			if base, _, _ := strings.Cut(name, "#"); base == op.ID {
				found = true
				lines = append(lines, m.line(t, name, op, requests[name]))
			}
		}
		switch _, excused := unstaged[op.ID]; {
		case excused:
			lines = append(lines, m.unstaged(t, op))
		case !found:
			t.Errorf("%s is a new route: say in requests_test.go how it is asked, run with -update and review what changes", op.ID)
		}
	}
	slices.Sort(lines)
	got := matrixLegend + strings.Join(lines, "\n") + "\n"
	const golden = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the matrix differs from %s (-want +got):\n%s", golden, diff)
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

type matrix struct {
	*stage
	clients map[string]*apptest.Client
}

// as returns the client with one grant.
func (m *matrix) as(t *testing.T, role access.Role, scope access.Scope) *apptest.Client {
	t.Helper()
	key := fmt.Sprint(role, scope.Kind, scope.ID)
	if m.clients[key] == nil {
		m.clients[key] = m.As(t, role, scope)
	}
	return m.clients[key]
}

// line asks one route as everybody.
func (m *matrix) line(t *testing.T, name string, op httpapi.Op, r request) string {
	t.Helper()
	m.Visitor().Do(t, op.Method, m.pathOf(t, r), r.body).Refused(t, 401, "login.required")
	var cells []string
	for _, role := range access.Roles {
		row := ""
		for _, kind := range access.ScopeKinds {
			row += m.cell(t, name, op, r, role, kind)
		}
		if strings.Trim(row, ".") != "" {
			cells = append(cells, string(role)+" "+row)
		}
	}
	if len(cells) == 0 {
		t.Errorf("%s: nobody is heard, so that nothing is tested", name)
	}
	return fmt.Sprintf("%-24s %-6s %-44s %s", name, op.Method, op.Path, strings.Join(cells, " "))
}

func (m *matrix) cell(t *testing.T, name string, op httpapi.Op, r request, role access.Role, kind access.ScopeKind) string {
	t.Helper()
	if !role.Fits(kind) {
		return "."
	}
	in, out := m.scopes(r.at, role, kind)
	inside := m.reached(t, name, op, r, m.as(t, role, in))
	if kind == access.Tenant {
		return map[bool]string{true: "+", false: "."}[inside]
	}
	outside := m.reached(t, name, op, r, m.as(t, role, out))
	switch {
	case inside && outside:
		return "*"
	case inside:
		return "+"
	case outside:
		t.Errorf("%s: %s is heard from outside the %s only", name, role, kind)
		return "!"
	default:
		return "."
	}
}

// scopes returns the scope of a kind around the thing, and one elsewhere.
func (m *matrix) scopes(at where, role access.Role, kind access.ScopeKind) (in, out access.Scope) {
	scope := func(raw id.Raw) access.Scope { return apptest.At(kind, raw) }
	switch kind {
	case access.Tenant:
		return apptest.Everywhere, apptest.Everywhere
	case access.Region:
		return scope(m.HQ.Raw()), scope(m.Region.Raw())
	case access.Node:
		return scope(either(at.node, m.Munich).Raw()), scope(m.Berlin.Raw())
	case access.OfBrand:
		return scope(either(at.brand, m.Kuhlmann).Raw()), scope(m.Polar.Raw())
	case access.OfPartner:
		return scope(either(at.partner, m.Partner).Raw()), scope(id.New[id.PartnerKind]().Raw())
	case access.Self:
		if role == access.Technician {
			return scope(either(at.tech, m.Bernd).Raw()), scope(m.Anna.Raw())
		}
		return scope(either(at.person, must(id.Parse[id.PersonKind](m.person))).Raw()), scope(must(id.Parse[id.PersonKind](m.stranger)).Raw())
	default:
		panic("a kind of scope without a place")
	}
}

func either[K id.Kind](a, b id.ID[K]) id.ID[K] {
	if a.IsZero() {
		return b
	}
	return a
}

func (m *matrix) pathOf(t *testing.T, r request) string {
	t.Helper()
	if r.fresh == nil {
		return r.path
	}
	return strings.Replace(r.path, "{fresh}", r.fresh(t), 1)
}

// reached reports whether the client's request gets through to the thing: it is
// answered otherwise than one about a thing that does not exist.
func (m *matrix) reached(t *testing.T, name string, op httpapi.Op, r request, c *apptest.Client) bool {
	t.Helper()
	path := m.pathOf(t, r)
	got := m.send(t, op, path, r.body, r.ifMatch, c)
	if got.Status >= 500 || got.Status == 401 {
		t.Errorf("%s: %d %s", name, got.Status, got.Body)
	}
	if got.Status < 300 && r.shows != "" {
		return regexp.MustCompile(r.shows).Match(got.Body)
	}
	if got.Status < 300 && (op.Method != "GET" || !ids.MatchString(path)) {
		return true
	}
	none := m.missing(t, op, path, r, c)
	if got.Status == 404 {
		if a, b := essence(t, got), essence(t, none); a != b {
			t.Errorf("%s: what is hidden says %s, what is not there %s", name, a, b)
		}
		return false
	}
	return essence(t, got) != essence(t, none) || !ids.MatchString(path) && !ids.Match(must(json.Marshal(r.body)))
}

// missing sends the request about something that does not exist.
func (m *matrix) missing(t *testing.T, op httpapi.Op, path string, r request, c *apptest.Client) apptest.Reply {
	t.Helper()
	if ids.MatchString(path) || r.body == nil {
		return m.send(t, op, nowhere(t, path).(string), r.body, r.ifMatch, c)
	}
	return m.send(t, op, path, nowhere(t, r.body), r.ifMatch, c)
}

func (m *matrix) send(t *testing.T, op httpapi.Op, path string, body any, ifMatch string, c *apptest.Client) apptest.Reply {
	t.Helper()
	if ifMatch == "" {
		return c.Do(t, op.Method, path, body)
	}
	return c.Do(t, op.Method, path, body, "If-Match", ifMatch)
}

var ids = regexp.MustCompile(`\b([a-z]{2,5})_[0-9a-hjkmnp-tv-z]{26}\b`)

// nowhere puts ids that nothing has in the place of all ids.
func nowhere(t *testing.T, v any) any {
	t.Helper()
	another := func(was string) string {
		kind, _, _ := strings.Cut(was, "_")
		_, fresh, _ := strings.Cut(id.New[id.CaseKind]().String(), "_")
		return kind + "_" + fresh
	}
	if s, ok := v.(string); ok {
		return ids.ReplaceAllStringFunc(s, another)
	}
	return json.RawMessage(ids.ReplaceAllFunc(must(json.Marshal(v)), func(b []byte) []byte { return []byte(another(string(b))) }))
}

// essence is what a refusal tells, without what differs from request to request.
func essence(t *testing.T, r apptest.Reply) string {
	t.Helper()
	if r.Status < 300 {
		return string(r.Body)
	}
	var p httpapi.ProblemDocument
	r.Into(t, &p)
	p.RequestID = ""
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unstaged asks access alone.
func (m *matrix) unstaged(t *testing.T, op httpapi.Op) string {
	t.Helper()
	var cells []string
	for _, role := range access.Roles {
		row := ""
		for _, kind := range access.ScopeKinds {
			cell := "."
			if role.Fits(kind) {
				in, _ := m.scopes(where{}, role, kind)
				ctx := access.With(t.Context(), access.Caller{Tenant: m.Tenant, User: id.New[id.UserKind](), Grants: []access.Grant{{Role: role, Scope: in}}})
				if m.Guard.Can(ctx, op.Action, access.Resource{Kind: op.Kind}) == nil {
					cell = "+"
				}
			}
			row += cell
		}
		if strings.Trim(row, ".") != "" {
			cells = append(cells, string(role)+" "+row)
		}
	}
	return fmt.Sprintf("%-24s %-6s %-44s %s", op.ID, op.Method, op.Path, strings.Join(cells, " "))
}
