package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"testing"

	"fettle.dev/fettle/platform/httpapi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look at it with -update and git diff", name)
	}
}

func (s *site) page(t *testing.T, query, as string) (httpapi.Page[caseView], *httpapi.ProblemDocument) {
	t.Helper()
	w := s.call("GET", "/v1/cases?"+query, "", "Authorization", as)
	if w.Code != http.StatusOK {
		d := problemOf(t, w)
		return httpapi.Page[caseView]{}, &d
	}
	var p httpapi.Page[caseView]
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p, nil
}

func TestPagesWalkTheWholeList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var seen []int64
	cursor := ""
	for n := 0; ; n++ {
		p, d := s.page(t, "limit=7&cursor="+cursor, "agent")
		if d != nil {
			t.Fatal(d)
		}
		for _, c := range p.Items {
			seen = append(seen, c.Version)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 25 || seen[0] != 1 || seen[24] != 25 {
		t.Errorf("saw %v", seen)
	}
}

func TestCursorsAreBound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, _ := s.page(t, "limit=5&state=new&state=open", "agent")
	if p.Next == "" {
		t.Fatal("no cursor")
	}
	flipped := []byte(p.Next)
	flipped[len(flipped)/2] ^= 1
	for _, tt := range []struct {
		name, query, as string
		good            bool
	}{
		{"as given", "state=new&state=open&cursor=" + p.Next, "agent", true},
		{"another limit", "limit=3&state=new&state=open&cursor=" + p.Next, "agent", true},
		{"another user of the tenant", "state=new&state=open&cursor=" + p.Next, "chinese", true},
		{"another tenant", "state=new&state=open&cursor=" + p.Next, "other", false},
		{"another filter", "state=new&cursor=" + p.Next, "agent", false},
		{"no filter", "cursor=" + p.Next, "agent", false},
		{"changed", "state=new&state=open&cursor=" + url.QueryEscape(string(flipped)), "agent", false},
		{"cut", "state=new&state=open&cursor=" + p.Next[:10], "agent", false},
		{"garbage", "state=new&state=open&cursor=%21%21", "agent", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, d := s.page(t, tt.query, tt.as)
			switch {
			case tt.good && (d != nil || len(got.Items) == 0 || got.Items[0].Version != 6):
				t.Errorf("refused: %+v", d)
			case !tt.good && (d == nil || d.Code != "api.bad_cursor"):
				t.Errorf("taken: %+v %+v", got, d)
			}
		})
	}
}

func TestCursorsOutsideARequest(t *testing.T) {
	t.Parallel()
	next, err := httpapi.Next(t.Context(), map[string]int{"a": 3})
	if err != nil {
		t.Fatal(err)
	}
	key := map[string]int{}
	ok, err := httpapi.PageIn{Cursor: next}.Seek(t.Context(), &key)
	if !ok || err != nil || key["a"] != 3 {
		t.Errorf("Seek = %v, %v, %v", ok, err, key)
	}
	if ok, err := (httpapi.PageIn{}).Seek(t.Context(), &key); ok || err != nil {
		t.Errorf("Seek without cursor = %v, %v", ok, err)
	}
}
