package fieldsvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/httpapi"
)

// kinds are what a picture may be of.
var kinds = []string{"photo", "signature", "document"}

// upload says what a picture belongs to.
type upload struct {
	Case  id.Case
	Visit id.Visit // zero: to the case; a record claims it later
	Kind  string
}

// uploaded is what the sender of a picture hears.
type uploaded struct {
	ID        id.File  `json:"id"`
	Case      id.Case  `json:"case"`
	Visit     id.Visit `json:"visit,omitzero"`
	Kind      string   `json:"kind"`
	MediaType string   `json:"media_type"`
	Bytes     int64    `json:"bytes"`
	Width     int      `json:"width"`
	Height    int      `json:"height"`
}

// parseUpload reads the query; the body is the picture alone, so that nothing of
// it is read before it is known whose it is.
func parseUpload(q url.Values) (u upload, err error) {
	bad := httpapi.ErrInput
	u.Kind = "photo"
	for name, values := range q {
		ok := len(values) == 1
		switch name {
		case "case":
			u.Case, err = id.Parse[id.CaseKind](values[0])
			ok = ok && err == nil
		case "visit":
			u.Visit, err = id.Parse[id.VisitKind](values[0])
			ok = ok && err == nil
		case "kind":
			u.Kind = values[0]
			ok = ok && slices.Contains(kinds, u.Kind)
		default:
			bad = bad.At("query", "unknown") // without the name: nothing that was sent is echoed
			continue
		}
		if !ok {
			bad = bad.At("query/"+name, "shape")
		}
	}
	if u.Case.IsZero() && !q.Has("case") {
		bad = bad.At("query/case", "required")
	}
	if len(bad.Fields) > 0 {
		return u, bad
	}
	return u, nil
}

// picture returns the body's bytes: the body itself, or the first file of a form.
func picture(r *http.Request) (io.Reader, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return nil, httpapi.ErrMediaType
	case strings.HasPrefix(kind, "image/") || kind == "application/octet-stream":
		return r.Body, nil
	case kind != "multipart/form-data" || params["boundary"] == "":
		return nil, httpapi.ErrMediaType
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, httpapi.ErrInput.At("/file", "required")
		} else if err != nil {
			return nil, tooLarge(err, httpapi.ErrMalformed)
		}
		if p.FileName() != "" {
			return p, nil
		}
	}
}

// tooLarge tells a body that is too long from one that is broken otherwise.
func tooLarge(err, otherwise error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return files.ErrTooLarge.With("max_bytes", long.Limit)
	}
	return otherwise
}

// receive is POST /v1/files.
func (m *Module) receive(w http.ResponseWriter, r *http.Request) {
	u, err := parseUpload(r.URL.Query())
	var out uploaded
	if err == nil {
		out, err = m.upload(r.Context(), u, func() (io.Reader, error) { return picture(r) })
	}
	if err != nil {
		httpapi.Problem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(out) // the client has gone; it is stored
}

// upload keeps a picture for the person whose case it is.
func (m *Module) upload(ctx context.Context, u upload, body func() (io.Reader, error)) (uploaded, error) {
	caller, _ := access.From(ctx)
	p, err := m.placeOf(ctx, caller.Tenant, u.Case)
	if err != nil {
		return uploaded{}, err
	}
	if err := m.can(ctx, "file.write", p); err != nil {
		return uploaded{}, err
	}
	key, err := m.ring.Get(ctx, caller.Tenant, p.Requester)
	if err != nil {
		return uploaded{}, err
	}
	from, err := body()
	if err != nil {
		return uploaded{}, err
	}
	f, err := m.files.Put(ctx, key, from)
	if err != nil {
		return uploaded{}, tooLarge(err, err)
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (uploaded, error) {
		if err := m.keep(ctx, tx, u, f, caller.User); err != nil {
			return uploaded{}, err
		}
		return uploaded{f.ID, u.Case, u.Visit, u.Kind, f.MediaType, f.Bytes, f.Width, f.Height}, nil
	})
}

// keep enters the picture. It is kept at once, because the record that claims it
// may come days later.
func (m *Module) keep(ctx context.Context, tx *db.Tx, u upload, f files.File, user id.User) error {
	if !u.Visit.IsZero() {
		v, err := visitBy(ctx, tx, `id = ?`, u.Visit)
		if err == nil && v.Case != u.Case {
			err = field.ErrNotFound
		}
		if err != nil {
			return err
		}
	}
	if err := m.files.Add(ctx, tx, f); err != nil {
		return err
	}
	if err := m.files.Keep(ctx, tx, f.Person, f.ID); err != nil {
		return err
	}
	err := tx.Put(ctx, `INSERT INTO field_file (tenant_id, file_id, case_id, visit_id, kind, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), f.ID, u.Case, u.Visit, u.Kind, user, tx.Now())
	if err != nil {
		return fmt.Errorf("enter picture: %w", err)
	}
	return nil
}

// give is GET /v1/files/{id}. What it sends was encoded by ourselves, is shown
// nowhere as a page, and is kept by no browser.
func (m *Module) give(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" {
		httpapi.Problem(w, r, httpapi.ErrInput.At("query", "unknown_member"))
		return
	}
	f, plain, err := m.picture(r.Context(), r.PathValue("id"))
	if err != nil {
		httpapi.Problem(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(plain)))
	h.Set("Content-Disposition", `attachment; filename="`+f.ID.String()+"."+strings.TrimPrefix(f.MediaType, "image/")+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	if _, err := w.Write(plain); err != nil {
		return // the client has gone
	}
}

func (m *Module) picture(ctx context.Context, name string) (f files.File, plain []byte, err error) {
	caller, _ := access.From(ctx)
	file, err := id.Parse[id.FileKind](name)
	if err != nil {
		return f, nil, httpapi.ErrInput.At("path/id", "shape")
	}
	var c id.Case
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		err := tx.Row(ctx, `SELECT case_id FROM field_file WHERE tenant_id = ? AND file_id = ?`, tx.Tenant(), file).Scan(&c)
		if err == nil {
			f, err = m.files.ByID(ctx, tx, file)
		}
		return db.NotFound(err, access.ErrHidden)
	})
	if err != nil {
		return f, nil, hidden(err, files.ErrNotFound)
	}
	p, err := m.placeOf(ctx, caller.Tenant, c)
	if err == nil {
		err = m.can(ctx, "file.read", p)
	}
	if err != nil {
		return f, nil, err
	}
	key, err := m.ring.Get(ctx, caller.Tenant, f.Person)
	if err != nil {
		return f, nil, err
	}
	plain, err = m.files.Read(ctx, key, f)
	return f, plain, err
}
