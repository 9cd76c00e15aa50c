package httpapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
)

const canary = "canary7731"

var modelID = id.Model{0: 2, 15: 9}.String()

// goodBody is a body that is right; replace gives one that is not.
var goodBody = fmt.Sprintf(`{
	"model": %q, "person": {"name": "Li Wei", "country": "CN", "email": "li@example.org"},
	"problem": "does not cool \u6e29", "severity": "high", "bought_on": "2025-06-01",
	"seen_at": "2026-11-23T17:00:00+08:00", "paid": {"minor": 12300, "currency": "CNY"}, "count": 2,
	"readings": [{"code": "temp", "value": 31.5}], "tags": ["a", "b"], "answers": {"q1": "yes"}, "note": null,
	"photo": "aGVsbG8=", "extra": {"a": [1, 2]}}`, modelID)

func TestGoodBodyIsRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.call("POST", "/v1/cases", goodBody)
	if w.Code != http.StatusCreated {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if got, want := w.Header().Get("Location"), "/v1/cases/"+caseID.String(); got != want {
		t.Errorf("Location %q, want %q", got, want)
	}
	if got := w.Header().Get("Etag"); got != `"1"` {
		t.Errorf("ETag %s, want the version", got)
	}
	if !strings.Contains(w.Body.String(), `"tags":[]`) {
		t.Errorf("a list that is empty is not []: %s", w.Body)
	}
	b := s.last.Body
	switch {
	case b.Problem != "does not cool 温", b.Person.Name != "Li Wei", b.Severity != "high", b.Paid.Minor != 12300,
		b.Readings[0].Value != 31.5, b.Tags[1] != "b", b.Answers["q1"] != "yes", b.Note != nil, string(b.Photo) != "hello",
		string(b.Extra) != `{"a": [1, 2]}`, !b.SeenAt.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)):
		t.Errorf("read wrongly: %+v", b)
	}
}

// bad is one way to send a request wrongly.
type bad struct {
	name, old, new string // of goodBody
	status         int
	pointer, code  string
}

var badBodies = []bad{
	{"unknown member", `"count": 2`, `"count": 2, "colour": "canary7731"`, 422, "/colour", "unknown"},
	{"unknown member whose name is data", `"count": 2`, `"canary7731": 1`, 422, "", "unknown_member"},
	{"unknown member inside", `"country": "CN"`, `"country": "CN", "nick": "canary7731"`, 422, "/person/nick", "unknown"},
	{"member twice", `"count": 2`, `"count": 2, "count": 3`, 400, "", "duplicate"},
	{"unknown member twice", `"count": 2`, `"canary7731": 2, "canary7731": 3`, 400, "", "duplicate"},
	{"member of another case", `"count": 2`, `"Count": 2`, 422, "", "unknown_member"},
	{"missing", `"problem": "does not cool \u6e29",`, ``, 422, "/problem", "required"},
	{"missing inside", `"name": "Li Wei", `, ``, 422, "/person/name", "required"},
	{"missing nullable", `, "note": null`, ``, 422, "/note", "required"},
	{"empty where required", `"Li Wei"`, `""`, 422, "/person/name", "required"},
	{"null", `"high"`, `null`, 422, "/severity", "null"},
	{"null for an optional pointer", `{"minor": 12300, "currency": "CNY"}`, `null`, 422, "/paid", "null"},
	{"string for object", `{"minor": 12300, "currency": "CNY"}`, `"canary7731"`, 422, "/paid", "type"},
	{"number for string", `"Li Wei"`, `7731077310`, 422, "/person/name", "type"},
	{"string for number", `"count": 2`, `"count": "canary7731"`, 422, "/count", "type"},
	{"fraction for integer", `"count": 2`, `"count": 2.5`, 422, "/count", "type"},
	{"exponent for integer", `"count": 2`, `"count": 2e1`, 422, "/count", "type"},
	{"integer out of int64", `12300`, `99999999999999999999`, 422, "/paid/minor", "out_of_range"},
	{"integer out of its size", `"count": 2`, `"small": 128`, 422, "/small", "out_of_range"},
	{"below minimum", `"count": 2`, `"count": 0`, 422, "/count", "too_small"},
	{"above maximum", `"count": 2`, `"count": 100`, 422, "/count", "too_large"},
	{"float beyond", `31.5`, `1e999`, 422, "/readings/0/value", "type"},
	{"float too large", `31.5`, `151`, 422, "/readings/0/value", "too_large"},
	{"pattern", `"temp"`, `"canary7731"`, 422, "/readings/0/code", "pattern"},
	{"too many", `[{"code": "temp", "value": 31.5}]`, `[1,2,3,4]`, 422, "/readings/0", "type"},
	{"too many good ones", `["a", "b"]`, `["a","b","c","d","e"]`, 422, "/tags", "too_many"},
	{"repeated", `["a", "b"]`, `["a","b","a"]`, 422, "/tags", "repeated"},
	{"element too long", `["a", "b"]`, `["a","canary7731"]`, 422, "/tags/1", "too_long"},
	{"not in the enum", `"high"`, `"canary7731"`, 422, "/severity", "not_allowed"},
	{"too short", `"does not cool \u6e29"`, `"no"`, 422, "/problem", "too_short"},
	{"too long", `"Li Wei"`, `"canary7731` + strings.Repeat("温", 40) + `"`, 422, "/person/name", "too_long"},
	{"id of another kind", modelID, id.Unit{0: 2}.String(), 422, "/model", "id"},
	{"no id", modelID, `canary7731`, 422, "/model", "id"},
	{"empty id", modelID, ``, 422, "/model", "required"},
	{"instant without zone", `17:00:00+08:00`, `17:00:00`, 422, "/seen_at", "instant"},
	{"instant without time", `2026-11-23T17:00:00+08:00`, `2026-11-23`, 422, "/seen_at", "instant"},
	{"instant with a blank", `2026-11-23T17:00:00+08:00`, `2026-11-23 17:00:00+08:00`, 422, "/seen_at", "instant"},
	{"instant as number", `"2026-11-23T17:00:00+08:00"`, `1795424400`, 422, "/seen_at", "type"},
	{"no such day", `2025-06-01`, `2025-6-1`, 422, "/bought_on", "format"},
	{"no such month", `2025-06-01`, `2025-13-01`, 422, "/bought_on", "format"},
	{"no such day of the month", `2025-06-01`, `2025-02-30`, 422, "/bought_on", "format"},
	{"mail address", `li@example.org`, `canary7731`, 422, "/person/email", "format"},
	{"country", `"CN"`, `"canary7731"`, 422, "/person/country", "invalid"},
	{"currency", `"CNY"`, `"can"`, 422, "/paid/currency", "invalid"},
	{"base64", `aGVsbG8=`, `canary7731`, 422, "/photo", "base64"},
	{"too many bytes", `aGVsbG8=`, `aGVsbG8gaGVsbG8gaGVsbG8=`, 422, "/photo", "too_long"},
	{"map value", `"q1": "yes"`, `"canary7731": 1`, 422, "/answers/0", "type"},
	{"U+0000", `Li Wei`, `canary7731\u0000`, 422, "/person/name", "control_character"},
	{"U+0000 in a key", `"q1"`, `"canary7731\u0000"`, 422, "/answers/0", "control_character"},
	{"boolean", `"count": 2`, `"urgent": "canary7731"`, 422, "/urgent", "type"},
	{"trailing text", `[1, 2]}}`, `[1, 2]}} {"canary7731":1}`, 400, "", "trailing"},
	{"trailing garbage", `[1, 2]}}`, `[1, 2]}} canary7731`, 400, "", "trailing"},
	{"cut off", `, 2]}}`, `, 2]`, 400, "", "syntax"},
	{"cut off in a string", `"aGVsbG8=", "extra": {"a": [1, 2]}}`, `"canary7731`, 400, "", "syntax"},
	{"invalid UTF-8", `Li Wei`, "canary7731\xff", 400, "", "syntax"},
	{"invalid escape", `Li Wei`, `canary7731\x`, 400, "", "syntax"},
	{"lone surrogate", `\u6e29`, `\ud800`, 400, "", "syntax"},
	{"control character", `Li Wei`, "canary7731\n", 400, "", "syntax"},
	{"single quotes", `"high"`, `'canary7731'`, 400, "", "syntax"},
	{"comment", `"count": 2`, `/* canary7731 */ "count": 2`, 400, "", "syntax"},
	{"comma at the end", `[1, 2]}}`, `[1, 2]},}`, 400, "", "syntax"},
	{"leading zero", `"count": 2`, `"count": 02`, 400, "", "syntax"},
	{"NaN", `31.5`, `NaN`, 400, "", "syntax"},
	{"byte order mark", "{\n\t\"model\"", "\ufeff{\n\t\"model\"", 400, "", "syntax"},
	{"a list", goodBody, `[` + goodBody + `]`, 422, "", "type"},
	{"a string", goodBody, `"canary7731"`, 422, "", "type"},
	{"null alone", goodBody, `null`, 422, "", "null"},
	{"nothing", goodBody, ` `, 400, "", "syntax"},
	{"nested without end", goodBody, `{"extra":` + strings.Repeat("[", 4000), 400, "", "syntax"},
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	for _, tt := range badBodies {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			body := strings.Replace(goodBody, tt.old, tt.new, 1)
			if body == goodBody {
				t.Fatal("the body is still good")
			}
			w := s.call("POST", "/v1/cases", body)
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			d := problemOf(t, w)
			if s.last != nil {
				t.Error("the use case was called")
			}
			found := false
			for _, e := range d.Errors {
				found = found || (strings.HasPrefix(e.Pointer, tt.pointer) && e.Code == tt.code && e.Title != "" && e.Title != "field."+e.Code)
			}
			if !found {
				t.Errorf("errors %+v, want %s at %q", d.Errors, tt.code, tt.pointer)
			}
			noLeak(t, s.log, w.Body)
		})
	}
}

// noLeak looks for what was sent in all that was said.
func noLeak(t *testing.T, said ...*bytes.Buffer) {
	t.Helper()
	for _, b := range said {
		for _, secret := range []string{canary, "Li Wei", "does not cool", "7731077310"} {
			if strings.Contains(b.String(), secret) {
				t.Errorf("%q is told: %s", secret, b)
			}
		}
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	d := problemOf(t, s.call("POST", "/v1/cases", `{"problem":"x","count":0,"colour":1}`))
	var got []string
	for _, e := range d.Errors {
		got = append(got, e.Pointer+" "+e.Code)
	}
	want := "/problem too_short,/count too_small,/colour unknown,/model required,/person required,/severity required,/seen_at required,/note required"
	if strings.Join(got, ",") != want {
		t.Errorf("errors %v, want %s", got, want)
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	cases := "/v1/cases"
	one := cases + "/" + caseID.String()
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
		pointer                  string
	}{
		{"too large", "POST", cases, `{"problem":"` + strings.Repeat("x", 9000) + `"}`, nil, 413, "api.body_too_large", ""},
		{"no content type", "POST", cases, goodBody, []string{"Content-Type", ""}, 415, "api.unsupported_media_type", ""},
		{"form", "POST", cases, "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "api.unsupported_media_type", ""},
		{"text", "POST", cases, goodBody, []string{"Content-Type", "text/plain"}, 415, "api.unsupported_media_type", ""},
		{"latin", "POST", cases, goodBody, []string{"Content-Type", "application/json; charset=iso-8859-1"}, 415, "api.unsupported_media_type", ""},
		{"compressed", "POST", cases, goodBody, []string{"Content-Encoding", "gzip"}, 415, "api.unsupported_media_type", ""},
		{"no body", "POST", cases, "", nil, 400, "api.malformed", ""},
		{"body where none is", "DELETE", one, `{"a":1}`, nil, 422, "api.invalid_input", ""},
		{"unknown query", "GET", one + "?canary7731=1", "", nil, 422, "api.invalid_input", "query"},
		{"unknown query, a name", "GET", one + "?verbose=canary7731", "", nil, 422, "api.invalid_input", "query/verbose"},
		{"query twice", "GET", cases + "?limit=1&limit=2", "", nil, 422, "api.invalid_input", "query/limit"},
		{"limit too large", "GET", cases + "?limit=201", "", nil, 422, "api.invalid_input", "query/limit"},
		{"limit none", "GET", cases + "?limit=0", "", nil, 422, "api.invalid_input", "query/limit"},
		{"limit in hex", "GET", cases + "?limit=0x10", "", nil, 422, "api.invalid_input", "query/limit"},
		{"limit with plus", "GET", cases + "?limit=%2B5", "", nil, 422, "api.invalid_input", "query/limit"},
		{"list element", "GET", cases + "?state=new,canary7731", "", nil, 422, "api.invalid_input", "query/state"},
		{"list of numbers", "GET", cases + "?range=1,10", "", nil, 422, "api.invalid_input", "query/range"},
		{"query instant without zone", "GET", cases + "?since=2026-11-23T09:00:00", "", nil, 422, "api.invalid_input", "query/since"},
		{"query id of another kind", "GET", cases + "?node=" + caseID.String(), "", nil, 422, "api.invalid_input", "query/node"},
		{"query boolean", "GET", cases + "?mine=1", "", nil, 422, "api.invalid_input", "query/mine"},
		{"query not UTF-8", "GET", "/v1/check/%ff", "", nil, 422, "api.invalid_input", "path/serial"},
		{"query broken", "GET", cases + "?limit=%zz", "", nil, 400, "api.malformed", "query"},
		{"query with semicolon", "GET", cases + "?limit=1;canary7731", "", nil, 400, "api.malformed", "query"},
		{"path id of another kind", "GET", cases + "/" + id.Node{0: 1}.String(), "", nil, 422, "api.invalid_input", "path/id"},
		{"path no id", "GET", cases + "/canary7731", "", nil, 422, "api.invalid_input", "path/id"},
		{"no such route", "GET", "/v1/canary7731", "", nil, 404, "not_found", ""},
		{"no such method", "PUT", cases, "", nil, 405, "api.method_not_allowed", ""},
		{"odd method", "BREW", cases, "", nil, 405, "api.method_not_allowed", ""},
		{"odd method nowhere", "BREW", "/nowhere", "", nil, 404, "not_found", ""},
		{"wants XML", "GET", one, "", []string{"Accept", "text/xml"}, 406, "api.not_acceptable", ""},
		{"nobody", "GET", one, "", []string{"Authorization", ""}, 401, "login.required", ""},
		{"bad credential", "GET", "/v1/check/1", "", []string{"Authorization", "canary7731"}, 401, "login.required", ""},
		{"may not", "GET", one, "", []string{"Authorization", "brand"}, 404, "not_found", ""},
		{"may not is asked before the body is read", "POST", cases, "canary7731", []string{"Authorization", "brand"}, 404, "not_found", ""},
		{"not there", "GET", cases + "/" + id.Case{0: 8}.String(), "", nil, 404, "not_found", ""},
		{"another site", "POST", cases, goodBody, []string{"Sec-Fetch-Site", "cross-site"}, 403, "api.cross_origin", ""},
		{"another origin", "POST", cases, goodBody, []string{"Origin", "https://canary7731.example"}, 403, "api.cross_origin", ""},
		{"key too long", "POST", cases, goodBody, []string{"Idempotency-Key", strings.Repeat("k", 256)}, 400, "api.bad_idempotency_key", ""},
		{"key not visible", "POST", cases, goodBody, []string{"Idempotency-Key", "canary7731 x"}, 400, "api.bad_idempotency_key", ""},
		{"no version", "PATCH", one, `{}`, nil, 428, "api.version_required", ""},
		{"old version", "PATCH", one, `{}`, []string{"If-Match", `"4"`}, 412, "api.stale_version", ""},
		{"bad cursor", "GET", cases + "?cursor=canary7731", "", nil, 422, "api.bad_cursor", ""},
		{"internal", "GET", cases + "/" + id.Case{0: 9}.String(), "", nil, 500, "internal", ""},
		{"fault of the use case", "GET", "/v1/check/1", "", nil, 409, "test.taken", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			w := s.call(tt.method, tt.path, tt.body, tt.headers...)
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			d := problemOf(t, w)
			if d.Code != tt.code {
				t.Errorf("code %s, want %s", d.Code, tt.code)
			}
			if tt.pointer != "" && (len(d.Errors) != 1 || d.Errors[0].Pointer != tt.pointer) {
				t.Errorf("errors %+v, want one at %s", d.Errors, tt.pointer)
			}
			if s.last != nil {
				t.Error("the use case was called")
			}
			noLeak(t, s.log, w.Body)
		})
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(goodBody))
	for _, b := range badBodies {
		f.Add([]byte(strings.Replace(goodBody, b.old, b.new, 1)))
	}
	s := newSite(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		s.log.Reset()
		w := s.call("POST", "/v1/cases", string(body))
		switch w.Code {
		case http.StatusCreated, http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		default:
			t.Errorf("status %d for %q: %s", w.Code, body, w.Body)
		}
	})
}

// broken is a body that ends with an error after some text.
type broken struct {
	text io.Reader
	err  error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.text.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

func TestBodiesOfUnknownLength(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		body io.Reader
		want int
	}{
		{"good", broken{strings.NewReader(goodBody), io.EOF}, http.StatusCreated},
		{"as long as allowed", broken{strings.NewReader(goodBody + strings.Repeat(" ", 8<<10-len(goodBody))), io.EOF}, http.StatusCreated},
		{"one byte more", broken{strings.NewReader(goodBody + strings.Repeat(" ", 8<<10-len(goodBody)+1)), io.EOF}, http.StatusRequestEntityTooLarge},
		{"broken off", broken{strings.NewReader(goodBody[:100]), io.ErrUnexpectedEOF}, 499},
		{"badly chunked", broken{strings.NewReader(goodBody[:100]), errors.New("malformed chunked encoding")}, http.StatusBadRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			r := httptest.NewRequest(http.MethodPost, "/v1/cases", tt.body)
			r.Header.Set("Authorization", "agent")
			r.Header.Set("Content-Type", "application/json; charset=UTF-8")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != tt.want || (s.last != nil) != (tt.want == http.StatusCreated) {
				t.Errorf("status %d, want %d: %s", w.Code, tt.want, w.Body)
			}
		})
	}
}
