package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
)

// A small API, close to what a module declares.

type severity string

func (severity) Values() []severity { return []severity{"low", "high"} }

type person struct {
	Name   string         `json:"name" maxLength:"40"`
	Email  string         `json:"email,omitempty" format:"email"`
	Locale locale.Tag     `json:"locale,omitempty"`
	From   locale.Country `json:"country"`
}

type reading struct {
	Code  string  `json:"code" pattern:"^[a-z_]+$"`
	Value float64 `json:"value" minimum:"-50" maximum:"150"`
}

type openIn struct {
	Body struct {
		Model    id.Model          `json:"model"`
		Unit     id.Unit           `json:"unit,omitempty"`
		Person   person            `json:"person"`
		Problem  string            `json:"problem" minLength:"3" maxLength:"2000"`
		Severity severity          `json:"severity"`
		BoughtOn string            `json:"bought_on,omitempty" format:"date"`
		SeenAt   time.Time         `json:"seen_at"`
		Paid     *money.Amount     `json:"paid,omitempty"`
		Count    int               `json:"count,omitempty" minimum:"1" maximum:"99"`
		Small    int8              `json:"small,omitempty"`
		Readings []reading         `json:"readings,omitempty" maxItems:"3"`
		Tags     []string          `json:"tags,omitempty" maxItems:"4" maxLength:"8" uniqueItems:"true"`
		Answers  map[string]string `json:"answers,omitempty"`
		Note     *string           `json:"note"`
		Urgent   bool              `json:"urgent,omitempty"`
		Photo    []byte            `json:"photo,omitempty" maxLength:"16"`
		Extra    json.RawMessage   `json:"extra,omitempty"`
	}
}

type caseView struct {
	ID      id.Case  `json:"id"`
	State   string   `json:"state"`
	Version int64    `json:"version"`
	Tags    []string `json:"tags"`
	Long    string   `json:"long,omitempty"`
}

type openOut struct {
	Location string `header:"Location"`
	Body     caseView
}

type getIn struct {
	ID id.Case `path:"id"`
}

type getOut struct{ Body caseView }

type listIn struct {
	httpapi.PageIn
	State  []string  `query:"state" enum:"new,open,closed"`
	Since  time.Time `query:"since"`
	Node   id.Node   `query:"node"`
	Mine   bool      `query:"mine"`
	Ranges []int     `query:"range" maximum:"9"`
}

type listOut struct{ Body httpapi.Page[caseView] }

type changeIn struct {
	ID      id.Case `path:"id"`
	IfMatch string  `header:"If-Match"`
	Body    struct {
		State *string `json:"state,omitempty" enum:"open,closed"`
	}
}

type checkIn struct {
	Serial string `path:"serial" maxLength:"20"`
}

var errTaken = fault.New(fault.Conflict, "test.taken")

var caseID = id.Case{0: 1, 15: 7}

// who is an authenticator of tests: the Authorization header names the caller.
type who struct{}

func (who) Authenticate(r *http.Request) (access.Caller, error) {
	c := access.Caller{Tenant: dbtest.Tenant}
	switch r.Header.Get("Authorization") {
	case "":
	case "agent":
		c.User, c.Grants = id.User{0: 1}, []access.Grant{{Role: access.Agent, Scope: access.Scope{Kind: access.Tenant}}}
	case "chinese":
		c.User, c.Locale = id.User{0: 2}, locale.Chinese
	case "other":
		c.User, c.Tenant = id.User{0: 3}, dbtest.Other
	case "brand":
		c.User = id.User{0: 4}
	default:
		return c, access.ErrNobody
	}
	return c, nil
}

// may lets everybody in but "brand".
type may struct{}

func (may) May(ctx context.Context, _ string) error {
	if c, _ := access.From(ctx); c.User == (id.User{0: 4}) {
		return access.ErrHidden
	}
	return nil
}

type site struct {
	*httpapi.API
	log  *bytes.Buffer
	last *openIn
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{log: &bytes.Buffer{}}
	s.API = httpapi.New(httpapi.Options{
		Auth: who{}, Guard: may{}, Secret: []byte("of tests"), MaxBody: 8 << 10,
		Log: slog.New(slog.NewJSONHandler(s.log, nil)),
		Web: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }),
	})
	declare(s.API, s)
	return s
}

func declare(a *httpapi.API, s *site) {
	httpapi.Post(a, httpapi.Op{
		ID: "case_open", Path: "/v1/cases", Action: "case.create", Kind: "case", Summary: "Open a case", Status: http.StatusCreated,
	}, func(_ context.Context, in *openIn) (*openOut, error) {
		s.last = in
		return &openOut{Location: "/v1/cases/" + caseID.String(), Body: caseView{ID: caseID, State: "new", Version: 1}}, nil
	})
	httpapi.Get(a, httpapi.Op{ID: "case_get", Path: "/v1/cases/{id}", Action: "case.read", Kind: "case"}, s.get)
	httpapi.Get(a, httpapi.Op{ID: "case_list", Path: "/v1/cases", Action: "case.read", Kind: "case"}, s.list)
	httpapi.Patch(a, httpapi.Op{ID: "case_change", Path: "/v1/cases/{id}", Action: "case.write", Kind: "case", IfMatch: true},
		func(_ context.Context, in *changeIn) (*getOut, error) {
			if err := httpapi.Match(in.IfMatch, 5); err != nil {
				return nil, err
			}
			return &getOut{Body: caseView{ID: in.ID, Version: 6}}, nil
		})
	httpapi.Delete(a, httpapi.Op{ID: "case_drop", Path: "/v1/cases/{id}", Action: "case.write", Kind: "case"},
		func(context.Context, *getIn) (*struct{}, error) { return &struct{}{}, nil })
	httpapi.Get(a, httpapi.Op{ID: "warranty_check", Path: "/v1/check/{serial}", Action: "warranty.check", Kind: "warranty", Public: true},
		func(context.Context, *checkIn) (*getOut, error) { return nil, errTaken.With("max", 3) })
	httpapi.Raw(a, httpapi.Op{ID: "case_panic", Method: http.MethodPost, Path: "/v1/panic", Action: "case.read", Kind: "case", MaxBody: 16},
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			panic("canary " + string(b))
		}))
}

func (s *site) get(_ context.Context, in *getIn) (*getOut, error) {
	switch in.ID {
	case caseID:
		return &getOut{Body: caseView{ID: in.ID, State: "open", Version: 5, Long: strings.Repeat("x", 2000)}}, nil
	case id.Case{0: 9}:
		return nil, io.ErrUnexpectedEOF // an internal error
	}
	return nil, access.ErrHidden
}

func (s *site) list(ctx context.Context, in *listIn) (*listOut, error) {
	var after int
	if _, err := in.Seek(ctx, &after); err != nil {
		return nil, err
	}
	var all []caseView
	for n := after + 1; n <= 25 && len(all) <= in.Limit; n++ {
		all = append(all, caseView{ID: id.Case{15: byte(n)}, Version: int64(n)})
	}
	page, err := httpapi.PageOf(ctx, in.PageIn, all, func(c caseView) any { return c.Version })
	return &listOut{Body: page}, err
}

// call sends a request as the agent, unless the headers say otherwise.
func (s *site) call(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "agent")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) httpapi.ProblemDocument {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("content type %q, want a problem; body %s", got, w.Body)
	}
	var d httpapi.ProblemDocument
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Status != w.Code || d.Type != httpapi.ProblemType+d.Code || d.Title == "" || d.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("the document does not fit its reply (%d): %s", w.Code, w.Body)
	}
	return d
}
