package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fettle.dev/fettle/platform/httpapi/internal/strict"
)

// OpenAPI returns the OpenAPI 3.1 document of all routes, indented and in a
// stable order.
func (a *API) OpenAPI() ([]byte, error) {
	a.doc.Do(func() { a.doc.bytes, a.doc.err = a.describe() })
	return a.doc.bytes, a.doc.err
}

func (a *API) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	doc, err := a.OpenAPI()
	if err != nil {
		Problem(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"] = headerJSON
	h.Set("Content-Length", strconv.Itoa(len(doc)))
	_, _ = w.Write(doc) // the client has gone; nothing to do
}

func (a *API) describe() ([]byte, error) {
	problem, err := compileReply(problemReply)
	if err != nil {
		return nil, err
	}
	requests, replies := []*strict.Type{}, []*strict.Type{problem.body}
	for _, r := range a.routes {
		if !r.raw {
			requests = append(requests, r.in.Body)
		}
		if r.out != nil {
			replies = append(replies, r.out.body)
		}
	}
	d := describer{schemas: strict.NewSchemas(requests, replies)}
	d.problem = d.schemas.Of(problem.body)
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Fettle", Version: a.o.Version,
			Description: "After-sales service networks. Errors are problem documents (RFC 9457); commands take an Idempotency-Key; " +
				"what is read carries an ETag, and what is changed wants it in If-Match where it says so.",
			License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Paths:    map[string]*huma.PathItem{},
		Security: []map[string][]string{{"session": {}}, {"token": {}}},
		Extensions: map[string]any{"components": map[string]any{
			"schemas": d.schemas.Components(),
			"securitySchemes": map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: "fettle_session", Description: "The cookie that signing in sets."},
				"token":   {Type: "http", Scheme: "bearer", Description: "An API token."},
			},
		}},
	}
	for _, r := range a.routes {
		item := doc.Paths[r.op.Path]
		if item == nil {
			item = &huma.PathItem{}
			doc.Paths[r.op.Path] = item
		}
		place(item, d.operation(r))
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write OpenAPI document: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func place(item *huma.PathItem, op *huma.Operation) {
	switch op.Method {
	case http.MethodGet:
		item.Get = op
	case http.MethodPost:
		item.Post = op
	case http.MethodPut:
		item.Put = op
	case http.MethodPatch:
		item.Patch = op
	case http.MethodDelete:
		item.Delete = op
	}
}

type describer struct {
	schemas *strict.Schemas
	problem *huma.Schema
}

func (d describer) operation(r *route) *huma.Operation {
	op := &huma.Operation{
		OperationID: r.op.ID, Method: r.op.Method, Path: r.op.Path, Summary: r.op.Summary, Description: r.op.Doc,
		Tags: r.op.Tags, Responses: map[string]*huma.Response{},
		Extensions: map[string]any{"x-action": r.op.Action},
	}
	if r.op.Public {
		op.Security = []map[string][]string{{}}
	}
	if r.unsafe && !r.op.NoIdempotency {
		op.Parameters = append(op.Parameters, header("Idempotency-Key", "Makes repeating the request safe for 72 hours.", false, 255))
	}
	op.Responses["default"] = &huma.Response{
		Description: "A problem.",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: d.problem}},
	}
	if r.raw {
		d.raw(op, r)
		return op
	}
	d.typed(op, r)
	return op
}

func header(name, doc string, required bool, maxLength int) *huma.Param {
	return &huma.Param{
		Name: name, In: "header", Description: doc, Required: required,
		Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &maxLength},
	}
}

func (d describer) typed(op *huma.Operation, r *route) {
	for i := range r.in.Params {
		p := &r.in.Params[i]
		schema, doc, required := d.schemas.OfParam(p)
		required = required || (r.op.IfMatch && strings.EqualFold(p.Name, "If-Match"))
		schema.Description = ""
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: p.Name, In: string(p.Place), Description: doc, Required: required, Schema: schema,
		})
	}
	if r.in.Body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: jsonOf(d.schemas.Of(r.in.Body))}
	}
	if r.out == nil {
		op.Responses[strconv.Itoa(http.StatusOK)] = d.produced(r)
		return
	}
	status := r.op.Status
	if status == 0 {
		status = http.StatusOK
		if r.out.body == nil {
			status = http.StatusNoContent
		}
	}
	good := &huma.Response{Description: http.StatusText(status)}
	if r.out.body != nil {
		good.Content = jsonOf(d.schemas.Of(r.out.body))
	}
	op.Responses[strconv.Itoa(status)] = good
}

func jsonOf(s *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"application/json": {Schema: s}}
}

func (d describer) raw(op *huma.Operation, r *route) {
	for _, m := range wildcard.FindAllStringSubmatch(r.op.Path, -1) {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: m[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	if r.op.Consumes != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{r.op.Consumes: {Schema: &huma.Schema{}}}}
	}
	op.Responses[strconv.Itoa(max(r.op.Status, http.StatusOK))] = d.produced(r)
}

// produced is a reply that is no JSON of ours.
func (describer) produced(r *route) *huma.Response {
	good := &huma.Response{Description: http.StatusText(http.StatusOK)}
	if r.op.Produces != "" {
		good.Content = map[string]*huma.MediaType{r.op.Produces: {Schema: &huma.Schema{}}}
	}
	return good
}
