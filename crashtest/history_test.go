package crashtest_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// caseState is what a case is, as far as its commands see.
type caseState struct {
	State   string
	Version int64
}

// ask is a request about a case; match is the version in If-Match, 0 for none.
type ask struct {
	verb  string
	match int64
}

// answer is what came back.
type answer struct {
	status int
	caseState
}

// moves is the state machine of a case as its README draws it; "chase" and what
// stays where it is count as a version all the same.
var moves = map[string]map[string]string{
	"new":      {"wait": "waiting", "resolve": "resolved", "chase": "new"},
	"open":     {"wait": "waiting", "resolve": "resolved", "chase": "open"},
	"waiting":  {"wait": "waiting", "resume": "open", "resolve": "resolved", "chase": "waiting"},
	"resolved": {"reopen": "open", "close": "closed", "chase": "resolved"},
	"closed":   {},
}

// cased says how a case behaves when one hand at a time touches it. Whatever many
// hands see must be explained by some order of such touches.
func cased(first caseState) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return first },
		Step: func(state, input, output any) (bool, any) {
			s, in, out := state.(caseState), input.(ask), output.(answer)
			if in.verb == "get" {
				return out.status == http.StatusOK && out.caseState == s, s
			}
			if in.match != 0 && in.match != s.Version {
				return out.status == http.StatusPreconditionFailed, s
			}
			to, ok := moves[s.State][in.verb]
			if !ok {
				return out.status == http.StatusConflict, s
			}
			next := caseState{to, s.Version + 1}
			return out.status == http.StatusOK && out.caseState == next, next
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v → %v", input, output) },
	}
}

// histories has several clients of several servers work on the same cases, and
// looks for an order that explains what each of them saw.
func (s *site) histories(t *testing.T, urls []string, cases, steps int) {
	t.Helper()
	var wg sync.WaitGroup
	room := make(chan struct{}, 3)
	for n := range cases {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			made, err := s.send(urls[0], http.MethodPost, "/v1/cases", intake(10_000_000+n))
			if err != nil || made.status != http.StatusCreated {
				t.Errorf("case %d: %d %s, %v", n, made.status, made.text, err)
				return
			}
			first := s.quiet(t, urls[1], made.ID)
			ops := s.crowd(t, urls, made.ID, steps, uint64(n))
			verdict := porcupine.CheckOperationsTimeout(cased(first), ops, time.Minute)
			if verdict != porcupine.Ok {
				t.Errorf("case %d: no order explains what was seen (%s): from %v %v", n, verdict, first, ops)
			}
		})
	}
	wg.Wait()
}

// quiet waits until what follows from the opening has happened, and returns the
// case's state.
func (s *site) quiet(t *testing.T, url, id string) (seen caseState) {
	t.Helper()
	for since := time.Now(); time.Since(since) < 700*time.Millisecond; time.Sleep(50 * time.Millisecond) {
		r := s.get(t, url, "/v1/cases/"+id)
		if now := (caseState{r.State, r.Version}); now != seen {
			seen, since = now, time.Now()
		}
	}
	return seen
}

// crowd is four clients at one case; it returns what each did and saw, and when.
func (s *site) crowd(t *testing.T, urls []string, id string, steps int, seed uint64) (ops []porcupine.Operation) {
	t.Helper()
	began := time.Now()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range 4 {
		wg.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(c)))
			var seen int64
			for range steps {
				in := ask{verb: []string{"get", "resolve", "reopen", "wait", "resume", "chase", "resolve", "reopen"}[chance.IntN(8)]}
				if chance.IntN(8*steps) == 0 {
					in.verb = "close"
				}
				if in.verb != "get" && in.verb != "chase" && chance.IntN(3) > 0 {
					in.match = seen
				}
				call := time.Since(began)
				out, err := s.touch(urls[(c+chance.IntN(2))%len(urls)], id, in)
				back := time.Since(began)
				if err != nil {
					t.Error(err)
					return
				}
				if out.Version > 0 {
					seen = out.Version
				}
				mu.Lock()
				ops = append(ops, porcupine.Operation{ClientId: c, Input: in, Call: call.Nanoseconds(), Output: out, Return: back.Nanoseconds()})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ops
}

func (s *site) touch(url, id string, in ask) (answer, error) {
	method, path, body := http.MethodPost, "/v1/cases/"+id+"/"+in.verb, ""
	switch in.verb {
	case "get":
		method, path = http.MethodGet, "/v1/cases/"+id
	case "wait":
		body = `{"for":"customer"}`
	}
	var headers []string
	if in.match != 0 {
		headers = []string{"If-Match", strconv.Quote(strconv.FormatInt(in.match, 10))}
	}
	r, err := s.send(url, method, path, body, headers...)
	switch r.status {
	case http.StatusOK:
		return answer{r.status, caseState{r.State, r.Version}}, err
	case http.StatusConflict, http.StatusPreconditionFailed:
		return answer{status: r.status}, err
	}
	if err == nil {
		err = fmt.Errorf("%v of %s = %d %s", in, id, r.status, r.text)
	}
	return answer{}, err
}

// What cannot have been is not explained.
func TestModelBites(t *testing.T) {
	t.Parallel()
	first := caseState{"open", 3}
	op := func(client int, call, back int64, in ask, out answer) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: back}
	}
	ok := func(state string, version int64) answer { return answer{http.StatusOK, caseState{state, version}} }
	for name, tt := range map[string]struct {
		ops  []porcupine.Operation
		want bool
	}{
		"side by side": {[]porcupine.Operation{
			op(0, 0, 9, ask{"resolve", 3}, ok("resolved", 4)), op(1, 1, 8, ask{"chase", 0}, ok("resolved", 5)), op(2, 10, 11, ask{verb: "get"}, ok("resolved", 5)),
		}, true},
		"lost update": {[]porcupine.Operation{
			op(0, 0, 9, ask{"resolve", 3}, ok("resolved", 4)), op(1, 1, 8, ask{"wait", 3}, ok("waiting", 4)),
		}, false},
		"done twice": {[]porcupine.Operation{
			op(0, 0, 9, ask{"chase", 0}, ok("open", 4)), op(1, 10, 11, ask{verb: "get"}, ok("open", 5)),
		}, false},
		"seen and gone": {[]porcupine.Operation{
			op(0, 0, 1, ask{"resolve", 3}, ok("resolved", 4)), op(1, 2, 3, ask{verb: "get"}, ok("open", 3)),
		}, false},
		"stale, but taken": {[]porcupine.Operation{
			op(0, 0, 1, ask{"chase", 2}, ok("open", 4)),
		}, false},
	} {
		if got := porcupine.CheckOperations(cased(first), tt.ops); got != tt.want {
			t.Errorf("%s: explained %v, want %v", name, got, tt.want)
		}
	}
}
