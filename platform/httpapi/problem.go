package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/i18n"
)

// ProblemType is what the types of problems begin with; the code follows.
const ProblemType = "https://fettle.dev/problems/"

// ProblemDocument is a problem document (RFC 9457) with the members of ours.
type ProblemDocument struct {
	Type      string         `json:"type" format:"uri" doc:"Names the problem; ends in its code."`
	Title     string         `json:"title" doc:"The problem in the caller's language."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Detail    string         `json:"detail,omitempty" doc:"More about the problem in the caller's language."`
	Code      string         `json:"code" doc:"The stable code of the problem."`
	Args      map[string]any `json:"args,omitempty" doc:"Values that the title is made from."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"What is wrong where."`
	RequestID string         `json:"request_id,omitempty" doc:"Under which the request stands in our log."`
}

// ProblemField says what is wrong with one member of a request.
type ProblemField struct {
	Pointer string         `json:"pointer" doc:"A JSON pointer into the body, or query/name, path/name, header/name."`
	Code    string         `json:"code" doc:"What is wrong, such as required or too_long."`
	Title   string         `json:"title" doc:"The same in the caller's language."`
	Args    map[string]any `json:"args,omitempty" doc:"Values that the title is made from, such as a limit."`
}

// Problem answers err as a problem document, and logs it once if it is internal.
// Raw handlers call it; everywhere else an error is returned.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	x := from(r.Context())
	if x == nil {
		f := fault.Of(err)
		writeProblem(w, document(i18n.Standard(), locale.English, f, ""))
		return
	}
	x.problem(x.translate(err))
}

// translate finds the fault in an error of a use case. A deadline and a client
// that has gone are no faults of ours. Whoever has logged in hears of all that
// is not found in the same words, so that what they may not know of cannot be
// told from what is not there; a visitor holds a link, which has no such secret.
func (x *exchange) translate(err error) *fault.Fault {
	f := fault.Of(err)
	if f.Kind == fault.NotFound && x.route != nil && x.route.auth && ownStatus[f.Code] == 0 {
		return access.ErrHidden
	}
	if f.Kind != fault.Internal {
		return f
	}
	switch {
	case x.r.Context().Err() != nil && errors.Is(err, context.Canceled):
		return errGone
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	}
	x.api.o.Log.LogAttrs(x.r.Context(), slog.LevelError, "request failed",
		slog.String("request_id", x.id), slog.String("route", x.name()), slog.Any("err", err))
	return f
}

func (x *exchange) problem(f *fault.Fault) {
	x.err = f
	if x.status != 0 {
		return // the reply has begun; the log knows
	}
	h := x.Header()
	switch f.Kind { //nolint:exhaustive // only these have a header of their own
	case fault.Unknown:
		h.Set("WWW-Authenticate", `Bearer realm="fettle"`)
	case fault.TooMany, fault.Unavailable:
		if s, ok := f.Args["retry_after"].(int); ok {
			h.Set("Retry-After", strconv.Itoa(s))
		} else {
			h.Set("Retry-After", "1")
		}
	}
	writeProblem(x, document(x.api.o.Texts, x.language(), f, x.id))
}

func document(c *i18n.Catalogue, lang locale.Tag, f *fault.Fault, requestID string) ProblemDocument {
	d := ProblemDocument{
		Type: ProblemType + f.Code, Status: StatusOf(f), Code: f.Code, Args: f.Args, RequestID: requestID,
	}
	var ok bool
	if d.Title, ok = c.Find(lang, "problem."+f.Code+".title", f.Args); !ok {
		d.Title = c.Text(lang, "kind."+string(f.Kind), f.Args)
	}
	d.Detail, _ = c.Find(lang, "problem."+f.Code+".detail", f.Args)
	for _, e := range f.Fields {
		title, ok := c.Find(lang, "field."+e.Code, e.Args)
		if !ok {
			title = c.Text(lang, "field.invalid", e.Args)
		}
		d.Errors = append(d.Errors, ProblemField{Pointer: e.Pointer, Code: e.Code, Title: title, Args: e.Args})
	}
	return d
}

func writeProblem(w http.ResponseWriter, d ProblemDocument) {
	body, err := json.Marshal(d)
	if err != nil { // an argument that is no JSON: the code alone still tells
		d.Args, d.Errors = nil, nil
		body, _ = json.Marshal(d) //nolint:errchkjson // holds strings and a number only
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Del("Etag")
	w.WriteHeader(d.Status)
	_, _ = w.Write(body) // the client has gone; nothing to do
}

// problemReply is what a problem looks like to the OpenAPI document.
var problemReply = reflect.TypeFor[struct{ Body ProblemDocument }]()
