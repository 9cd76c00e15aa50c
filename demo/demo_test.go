package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/db/dbtest"
)

// open opens a demo that stands at the instant.
func open(t *testing.T, path string, now clock.Clock) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{
		Database: path, Clock: now, Quick: true, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// as returns how somebody sees the demo, logged in over the API.
func as(t *testing.T, a *app.App, login string) func(path string, out any) {
	t.Helper()
	send := func(method, path, body string, cookie *http.Cookie) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w
	}
	cookies := send(http.MethodPost, "/v1/login", `{"login":"`+login+`","password":"`+world.Password+`"}`, nil).Result().Cookies()
	return func(path string, out any) {
		t.Helper()
		if err := json.Unmarshal(send(http.MethodGet, path, "", cookies[0]).Body.Bytes(), out); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}

type line struct {
	ID         string       `json:"id"`
	State      desk.State   `json:"state"`
	WaitingFor desk.WaitFor `json:"waiting_for"`
	Node       string       `json:"node"`
	Chased     int64        `json:"chased"`
	DueAt      time.Time    `json:"due_at"`
}

// all reads a list to its end.
func all[T any](get func(string, any), path string) (out []T) {
	for cursor := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		get(path+"&limit=200&cursor="+url.QueryEscape(cursor), &page)
		out = append(out, page.Items...)
		if cursor = page.Next; cursor == "" {
			return out
		}
	}
}

// A few days played leave every state that the screens are to show, nothing that
// could not be done, and a key store that belongs to its database; and a demo
// that was away catches up.
func TestBuildAndCatchUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fettle.db")
	now := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC) // a Wednesday
	began := clock.System()
	last := ""
	err := demo.Build(t.Context(), path, demo.Options{Now: now, Days: days(t), Progress: func(_, _ int, what string) { last = what }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("built %s in %v", last, clock.System().Sub(began))
	if !demo.Exists(t.Context(), path, demo.Options{}) {
		t.Error("what was built is not there")
	}
	if err := demo.Build(t.Context(), path, demo.Options{Now: now}); !errors.Is(err, demo.ErrExists) {
		t.Errorf("it is built over what is there: %v", err)
	}
	if left, _ := filepath.Glob(path + ".building*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, more := range []string{"", ".keys", ".root.key"} {
		if info, err := os.Stat(path + more); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", more, info, err)
		}
	}

	c := &demo.Clock{}
	a := open(t, path, c.Now)
	lookAround(t, a, now)
	before := len(all[line](as(t, a, "agent-en"), "/v1/cases?state=active"))

	missed, err := demo.ResumeAt(c, t.Context(), a, now.Add(26*time.Hour))
	if err != nil || !missed {
		t.Fatalf("nothing was missed: %v", err)
	}
	if got := c.Now().Sub(now); got < 0 || got > time.Hour {
		t.Errorf("the clock resumes %v after the play has ended", got)
	}
	if err := demo.CatchUpTo(c, t.Context(), a, now.Add(26*time.Hour), func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	if off := clock.System().Sub(c.Now()); off > time.Minute {
		t.Errorf("the clock stands %v back after catching up", off)
	}
	after := all[line](as(t, a, "agent-en"), "/v1/cases?state=active")
	t.Logf("%d cases before, %d after a day", before, len(after))
	if len(after) == 0 || len(after) == before {
		t.Error("nothing happened on the day that was missed")
	}
	noLetters(t, a)
	if missed, err := demo.ResumeAt(c, t.Context(), a, now.Add(26*time.Hour)); missed || err != nil {
		t.Errorf("something is missed after catching up: %v", err)
	}
}

// days is how many are played: three, or FETTLE_DEMO_DAYS for a closer look.
func days(t *testing.T) int {
	if os.Getenv("FETTLE_DEMO_DAYS") == "30" {
		return 30
	}
	return 3
}

func noLetters(t *testing.T, a *app.App) {
	t.Helper()
	var letters struct{ Events, Jobs []any }
	as(t, a, "admin")("/v1/dead-letters", &letters)
	if len(letters.Events)+len(letters.Jobs) > 0 {
		t.Errorf("dead letters: %v %v", letters.Events, letters.Jobs)
	}
}

// lookAround asks the API for every state that the screens are to show.
func lookAround(t *testing.T, a *app.App, now time.Time) {
	t.Helper()
	noLetters(t, a)
	agent, dispatcher := as(t, a, "agent-en"), map[string]func(string, any){}
	for _, d := range []string{"dispatcher-wuhan", "dispatcher-europe", "dispatcher-americas"} {
		dispatcher[d] = as(t, a, d)
	}
	seen := map[string]int{}
	for _, c := range all[line](agent, "/v1/cases?state=active") {
		seen["running"]++
		if !c.DueAt.IsZero() && c.DueAt.Before(now) {
			seen["late"]++
		}
		if c.WaitingFor == desk.ForPart {
			seen["waiting for a part"]++
		}
		if c.Chased > 0 {
			seen["chased"]++
		}
		if c.Node == "" {
			seen["nobody serves the place"]++
		}
	}
	for _, state := range []string{"resolved", "closed", "cancelled"} {
		seen[state] = len(all[line](agent, "/v1/cases?state="+state))
	}
	visits(t, a, dispatcher, now, seen)
	for _, what := range []string{
		"running", "late", "waiting for a part", "chased", "nobody serves the place", "resolved", "closed", "unassigned with a reason",
		"scheduled today", "scheduled tomorrow", "with late parts", "for two", "guest", "taken with a reward",
	} {
		if seen[what] == 0 {
			t.Errorf("there is nothing %s", what)
		}
	}
	t.Log(seen)
}

// visits counts what stands on the boards of the local nodes.
func visits(t *testing.T, a *app.App, dispatcher map[string]func(string, any), now time.Time, seen map[string]int) {
	t.Helper()
	region := map[string]string{"CN": "dispatcher-wuhan", "SG": "dispatcher-wuhan", "US": "dispatcher-americas", "CA": "dispatcher-americas"}
	tenants, err := a.Login.Tenants(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range world.Make(world.Seed, now).Nodes {
		who := region[string(n.Country)]
		if who == "" {
			who = "dispatcher-europe"
		}
		node, err := a.Network.NodeByCode(t.Context(), tenants[0].ID, n.Code)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(n.Zone)
		if err != nil || n.Kind != "local_node" {
			continue
		}
		var engine struct{ Steered []struct{ Taken int } }
		dispatcher[who]("/v1/board/"+node.ID.String()+"/engine", &engine)
		for _, s := range engine.Steered {
			seen["taken with a reward"] += s.Taken
		}
		for i, what := range []string{"scheduled today", "scheduled tomorrow"} {
			var board struct {
				Technicians []struct {
					Home         string
					Appointments []struct{ State, Parts string }
				}
				Unassigned []struct {
					State string
					Why   []any
					Tied  []any
				}
			}
			dispatcher[who]("/v1/board/"+node.ID.String()+"?day="+now.In(zone).AddDate(0, 0, i).Format(time.DateOnly), &board)
			for _, lane := range board.Technicians {
				seen[what] += len(lane.Appointments)
				if lane.Home != "" {
					seen["guest"]++
				}
				for _, visit := range lane.Appointments {
					if visit.Parts == "late" {
						seen["with late parts"]++
					}
				}
			}
			for _, o := range board.Unassigned {
				if i == 0 && len(o.Why) > 0 {
					seen["unassigned with a reason"]++
				}
				seen["for two"] += len(o.Tied)
			}
		}
	}
}

// On PostgreSQL the demo is made in place, in an empty database alone.
func TestBuildOnPostgres(t *testing.T) {
	t.Parallel()
	path := dbtest.Postgres(t).URL
	now := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)
	o := demo.Options{Now: now, Days: 1, Home: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	if demo.Exists(t.Context(), path, o) {
		t.Fatal("there is a demo in an empty database")
	}
	if err := demo.Build(t.Context(), path, o); err != nil {
		t.Fatal(err)
	}
	if err := demo.Build(t.Context(), path, o); !errors.Is(err, demo.ErrExists) {
		t.Errorf("it is built over what is there: %v", err)
	}
	if err := demo.Reset(path); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("reset: %v", err)
	}
}

// Whatever day it is, a month of play reaches into the month before.
func TestPlayReachesIntoLastMonth(t *testing.T) {
	t.Parallel()
	for day := range 60 {
		now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		start := demo.Options{Now: now, Days: 30}.Start()
		first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
		if first.Sub(start) < 5*24*time.Hour || now.Sub(start) < 30*24*time.Hour || now.Sub(start) > 36*24*time.Hour {
			t.Errorf("on %s the play begins on %s", now.Format(time.DateOnly), start.Format(time.DateOnly))
		}
	}
}

func TestLoginsCoverTheRoles(t *testing.T) {
	t.Parallel()
	roles := map[string]bool{}
	for _, l := range demo.Logins() {
		roles[l.Role] = true
		if l.Login == "" || l.Name == "" || len(l.Password) < 8 {
			t.Errorf("%+v cannot log in", l)
		}
	}
	for _, r := range []string{
		"admin", "agent", "dispatcher", "technician", "depot", "parts", "partner", "brand", "finance", "planner", "quality", "integrator", "auditor",
	} {
		if !roles[r] {
			t.Errorf("nobody is %s", r)
		}
	}
}
