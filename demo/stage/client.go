package stage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/platform/login"
)

// Client is somebody who uses the API of the application, as everybody does, in
// the same process. It is not safe for concurrent use.
type Client struct {
	stage  *Stage
	secret string // of the session; "" for a visitor
}

// Refused is what the API says when it refuses.
type Refused struct {
	Status int
	Code   string
	Path   string
	body   string
}

// Error names the code of the problem.
func (r *Refused) Error() string {
	return fmt.Sprintf("%s: %d %s %s", r.Path, r.Status, r.Code, r.body)
}

// Client logs the user in.
func (s *Stage) Client(ctx context.Context, name string) (*Client, error) {
	session, err := s.App.Login.Login(ctx, login.Attempt{Tenant: s.Tenant, Login: name, Password: world.Password})
	if err != nil {
		return nil, fmt.Errorf("log %s in: %w", name, err)
	}
	return &Client{s, session.Secret}, nil
}

// Visitor is somebody without an account.
func (s *Stage) Visitor() *Client { return &Client{stage: s} }

// Close logs out.
func (c *Client) Close(ctx context.Context) error {
	if c.secret == "" {
		return nil
	}
	return c.stage.App.Login.Logout(ctx, c.secret)
}

// Post sends what is given and reads the reply into out, unless out is nil.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.Do(ctx, http.MethodPost, path, in, out)
}

// Get reads into out.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.Do(ctx, http.MethodGet, path, nil, out)
}

// Do makes a request. A refusal of the API is a *Refused.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, body)
	if err != nil {
		return err
	}
	r.RequestURI, r.RemoteAddr = path, "127.0.0.1:1"
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.secret != "" {
		r.AddCookie(&http.Cookie{Name: login.Cookie, Value: c.secret})
		r.Header.Set(login.Header, "1")
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	c.stage.App.Handler().ServeHTTP(w, r)
	return w.read(path, out)
}

// recorder keeps a reply.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *recorder) read(path string, out any) error {
	if w.status >= http.StatusBadRequest {
		var problem struct {
			Type string `json:"type"`
			Code string `json:"code"`
		}
		if err := json.Unmarshal(w.body.Bytes(), &problem); err != nil {
			return fmt.Errorf("%s: %d: %w", path, w.status, err)
		}
		if problem.Code == "" {
			problem.Code = problem.Type[1+lastSlash(problem.Type):]
		}
		return &Refused{Status: w.status, Code: problem.Code, Path: path, body: w.body.String()}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(w.body.Bytes(), out); err != nil {
		return fmt.Errorf("read reply of %s: %w", path, err)
	}
	return nil
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}
