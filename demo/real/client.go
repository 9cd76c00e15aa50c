package real

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"fettle.dev/fettle/platform/httpapi"
)

// client uses the API as any customer's system does.
type client struct {
	url, token string
	http       *http.Client
}

// refused is what the API says when it refuses.
type refused struct {
	httpapi.ProblemDocument
	what string
}

// Error names the problem and where it lies.
func (r *refused) Error() string {
	out := fmt.Sprintf("%s: %d %s", r.what, r.Status, r.Code)
	for _, e := range r.Errors {
		out += " " + e.Pointer + " " + e.Code
	}
	return out
}

// get reads into out.
func (c client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, nil, out)
}

// post sends a command and reads the reply into out, unless out is nil.
func (c client) post(ctx context.Context, path string, in, out any) error {
	return c.do(ctx, http.MethodPost, path, in, out)
}

func (c client) do(ctx context.Context, method, path string, in, out any, headers ...string) error {
	var body io.Reader = http.NoBody
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = got.Body.Close() }()
	if got.StatusCode >= http.StatusBadRequest {
		p := &refused{what: method + " " + path}
		if err := json.NewDecoder(got.Body).Decode(&p.ProblemDocument); err != nil {
			return fmt.Errorf("%s %s: %d", method, path, got.StatusCode)
		}
		return p
	}
	if out == nil {
		_, err = io.Copy(io.Discard, got.Body) // so that the connection can be used again
		return err
	}
	return json.NewDecoder(got.Body).Decode(out)
}

// pages reads a whole list, a page after the other.
func pages[T any](ctx context.Context, c client, path string) (all []T, err error) {
	cursor := ""
	for {
		var page httpapi.Page[T]
		err := c.get(ctx, path+"?limit=200&cursor="+url.QueryEscape(cursor), &page)
		if err != nil {
			return all, err
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}
