package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/httpapi"
)

// everyRequest calls fn for each route that can be staged, with a request that
// its caller may send.
func (s *stage) everyRequest(t *testing.T, fn func(op httpapi.Op, name, path string, r request)) {
	t.Helper()
	requests := s.requests()
	for _, op := range s.API.Ops() {
		for _, name := range slices.Sorted(keysOf(requests)) {
			if base, _, _ := strings.Cut(name, "#"); base == op.ID {
				r := requests[name]
				path := r.path
				if r.fresh != nil {
					path = strings.Replace(path, "{fresh}", r.fresh(t), 1)
				}
				fn(op, name, path, r)
			}
		}
	}
}

// Whatever is malformed, unknown, too large or in the wrong form is refused on
// every route, by whoever may do everything, and changes nothing.
func TestEveryRouteRefusesNonsense(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	s := newStage(t, h.Found(t, "one"))
	var sent []struct{ name, method, path, body, kind string }
	send := func(name, method, path, body, kind string) {
		sent = append(sent, struct{ name, method, path, body, kind string }{name, method, path, body, kind})
	}
	s.everyRequest(t, func(op httpapi.Op, name, path string, r request) {
		more := "?"
		if strings.Contains(path, "?") {
			more = "&"
		}
		send(name+" with a query more", op.Method, path+more+"Zz%40zz=1", text(r.body), "")
		if ids.MatchString(path) && op.ID != "hint_stream" { // which names the topics that it refuses
			send(name+" with half an id", op.Method, ids.ReplaceAllStringFunc(path, func(s string) string { return s[:len(s)-1] }), text(r.body), "")
			send(name+" with a NUL", op.Method, ids.ReplaceAllString(path, "%00"), text(r.body), "")
		}
		if r.body == nil || op.Consumes != "" {
			return
		}
		if op.ID != "routing_solve" { // whose format passes over what it does not know
			send(name+" with a member more", op.Method, path, strings.Replace(text(r.body), "{", `{"Zz@zz":1,`, 1), "")
		}
		send(name+" with a list", op.Method, path, "["+text(r.body)+"]", "")
		send(name+" with nothing", op.Method, path, "", "")
		send(name+" with half a body", op.Method, path, text(r.body)[:len(text(r.body))-1], "")
		send(name+" with two bodies", op.Method, path, text(r.body)+text(r.body), "")
		send(name+" as a form", op.Method, path, "a=b", "application/x-www-form-urlencoded")
		send(name+" with a body without end", op.Method, path, strings.Repeat(" ", 17<<20), "")
	})
	before := snapshot(t, s.World)
	for _, n := range sent {
		headers := []string{}
		if n.kind != "" {
			headers = append(headers, "Content-Type", n.kind)
		}
		var body any
		if n.body != "" {
			body = n.body
		}
		got := s.all.Do(t, n.method, n.path, body, headers...)
		if got.Status < 400 || got.Status >= 500 || got.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %.200q", n.name, got.Status, got.Body)
		}
		if strings.Contains(string(got.Body), "zz") {
			t.Errorf("%s repeats what was sent: %s", n.name, got.Body)
		}
	}
	if diff := cmp.Diff(before, snapshot(t, s.World)); diff != "" {
		t.Errorf("nonsense has changed something (-before +after):\n%s", diff)
	}
	t.Logf("%d requests were refused", len(sent))
}

func text(body any) string {
	switch b := body.(type) {
	case nil:
		return ""
	case string:
		return b
	default:
		return string(must(json.Marshal(b)))
	}
}

// Every command may be repeated under its key: the second time it is answered
// like the first, and nothing more is stored; the key is no other command's.
func TestEveryCommandRepeats(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	s := newStage(t, h.Found(t, "one"))
	replayed := 0
	s.everyRequest(t, func(op httpapi.Op, name, path string, r request) {
		if op.Method == http.MethodGet || op.NoIdempotency {
			return
		}
		headers := []string{"Idempotency-Key", "repeat " + name}
		headers[1] = strings.ReplaceAll(headers[1], " ", "-")
		if r.ifMatch != "" {
			headers = append(headers, "If-Match", r.ifMatch)
		}
		first := s.all.Do(t, op.Method, path, r.body, headers...)
		stored := snapshot(t, s.World)
		second := s.all.Do(t, op.Method, path, r.body, headers...)
		if first.Status != second.Status || first.Status < 300 && op.ID != "token_create" && op.ID != "order_submit" && string(first.Body) != string(second.Body) {
			t.Errorf("%s: first %d %s, then %d %s", name, first.Status, first.Body, second.Status, second.Body)
		}
		if diff := cmp.Diff(stored, snapshot(t, s.World)); diff != "" {
			t.Errorf("%s: the repetition has changed something (-first +then):\n%s", name, diff)
		}
		if second.Header.Get("Idempotent-Replayed") == "true" {
			replayed++
			other := s.all.Do(t, op.Method, path+"?Zz=1", r.body, headers...)
			if other.Status < 400 {
				t.Errorf("%s: another request under the key = %d %s", name, other.Status, other.Body)
			}
		}
	})
	if replayed < 20 {
		t.Errorf("only %d commands were replayed", replayed)
	}
}
