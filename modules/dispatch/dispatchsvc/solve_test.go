package dispatchsvc_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/platform/access"
)

// A problem in the format of VROOM is planned for whoever may solve, wherever they
// may otherwise act, and what is wrong with it is named.
func TestSolve(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		const problem = `{"vehicles":[{"id":1,"start":[13.4,52.5],"end":[13.4,52.5],"max_tasks":2,"description":"ours"}],
			"jobs":[{"id":1,"location":[13.41,52.5],"priority":5},{"id":2,"location":[13.42,52.5]},{"id":3,"location":[13.43,52.5],"priority":9,"data":{"x":1}}]}`
		k.as(access.Integrator, access.OfBrand, cool.Raw())
		out := k.want(t, 200, "POST", "/v1/routing/solve?iterations=200", problem)
		routes, left := list(out, "routes"), list(out, "unassigned")
		if out["code"] != 0.0 || len(routes) != 1 || len(list(routes[0], "steps")) != 4 || len(left) != 1 || left[0]["id"] != 2.0 {
			t.Fatalf("solved %v", out)
		}
		again := k.want(t, 200, "POST", "/v1/routing/solve?iterations=200", problem)
		if fmt.Sprint(again["routes"]) != fmt.Sprint(out["routes"]) {
			t.Errorf("the same problem, seed and iterations: %v, then %v", out["routes"], again["routes"])
		}
		many := strings.TrimSuffix(strings.Repeat(`{"id":1,"location":[0,0]},`, 2001), ",")
		for n := range 2001 {
			many = strings.Replace(many, `"id":1,`, fmt.Sprintf(`"id": %d,`, n+2), 1)
		}
		refills := strings.TrimSuffix(strings.Repeat(`{"id":1,"location":[0,0]},`, 2001), ",") // whose places count as well
		for _, tt := range []struct {
			query, body, want string
			status            int
		}{
			{"", `{"vehicles":[{"id":1}],"jobs":[]}`, "routing.invalid_input", 422},
			{"", `[]`, "routing.invalid_input", 422},
			{"", `{"vehicles":[{"id":1,"start":[0,0]}],"jobs":[` + many + `]}`, "routing.too_large", 413},
			{"", `{"vehicles":[{"id":1,"start":[0,0],"refills":[` + refills + `]}],"jobs":[]}`, "routing.too_large", 413},
			{"?seconds=31", problem, "api.invalid_input", 422},
			{"?iterations=-1", problem, "api.invalid_input", 422},
			{"", `{`, "api.malformed", 400},
		} {
			status, got := k.call(t, "POST", "/v1/routing/solve"+tt.query, tt.body)
			if got["code"] != tt.want || status != tt.status {
				t.Errorf("%.60s: %d %v, want %d %s", tt.body, status, got, tt.status, tt.want)
			}
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 200, "POST", "/v1/routing/solve?iterations=1", problem)
		k.as(access.Agent, access.Tenant, id.Raw{})
		k.want(t, 404, "POST", "/v1/routing/solve?iterations=1", problem)
	})
}

// As many searches as may be run at once; who comes then hears so at once.
func TestSolveIsBounded(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		release := k.HoldSolvers()
		status, out := k.call(t, "POST", "/v1/routing/solve?iterations=1", `{"vehicles":[{"id":1,"start":[0,0]}],"jobs":[]}`)
		if status != 503 || out["code"] != "routing.busy" {
			t.Errorf("while all are searching: %d %v", status, out)
		}
		release()
		k.want(t, 200, "POST", "/v1/routing/solve?iterations=1", `{"vehicles":[{"id":1,"start":[0,0]}],"jobs":[]}`)
	})
}

// Who hangs up while their problem is searched leaves the place to others, long before
// the search would have ended, whatever it is busy with.
func TestSolveIsGivenUp(t *testing.T) {
	var jobs []string
	for n := range 2000 {
		jobs = append(jobs, fmt.Sprintf(`{"id":%d,"location":[%.3f,52.5]}`, n+1, 13+float64(n%7)/100))
	}
	large := `{"vehicles":[{"id":1,"start":[13.4,52.5]},{"id":2,"start":[13.4,52.5]}],"jobs":[` + strings.Join(jobs, ",") + `]}`
	const small = `{"vehicles":[{"id":1,"start":[13.4,52.5]}],"jobs":[{"id":1,"location":[13.41,52.5]}]}`
	each(t, func(t *testing.T, k *kit) {
		k.as(access.Integrator, access.OfBrand, cool.Raw())
		for _, problem := range []string{large, small} {
			ctx, hangUp := context.WithCancel(t.Context())
			var callers sync.WaitGroup
			for range dispatchsvc.SolveAtOnce {
				callers.Go(func() {
					r := httptest.NewRequestWithContext(ctx, "POST", "/v1/routing/solve?seconds=30", strings.NewReader(problem))
					r.Header.Set("Content-Type", "application/json")
					k.api.ServeHTTP(httptest.NewRecorder(), r)
				})
			}
			for k.Solving() < dispatchsvc.SolveAtOnce {
				time.Sleep(time.Millisecond)
			}
			begin := time.Now()
			hangUp()
			callers.Wait()
			if d := time.Since(begin); d > 20*time.Second {
				t.Errorf("the searches went on for %v", d)
			}
			k.want(t, 200, "POST", "/v1/routing/solve?iterations=1", small)
		}
	})
}
