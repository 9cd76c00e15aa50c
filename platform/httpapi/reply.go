package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fettle.dev/fettle/platform/httpapi/internal/strict"
)

// reply is the plan of a route's output type: a struct with the field Body, any
// fields tagged header, and a field Status where the status is not always the
// same. Without Body nothing is said (204).
type reply struct {
	body    *strict.Type
	bodyAt  []int
	headers []replyHeader
	status  []int
	version []int // of the field with the JSON name "version" in the body
}

type replyHeader struct {
	name  string
	index []int
}

func compileReply(t reflect.Type) (*reply, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s: a reply is a struct", t)
	}
	out := &reply{}
	for _, f := range reflect.VisibleFields(t) {
		switch {
		case f.Anonymous || !f.IsExported():
		case f.Name == "Body":
			p, err := strict.Compile(deref(f.Type))
			if err != nil {
				return nil, err
			}
			out.body, out.bodyAt = p, f.Index
			out.version = versionOf(deref(f.Type))
		case f.Name == "Status" && f.Type.Kind() == reflect.Int:
			out.status = f.Index
		case f.Tag.Get("header") != "":
			out.headers = append(out.headers, replyHeader{f.Tag.Get("header"), f.Index})
		default:
			return nil, fmt.Errorf("%s.%s is neither Body, Status nor a header", t, f.Name)
		}
	}
	return out, nil
}

func deref(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func versionOf(t reflect.Type) []int {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == "version" && f.Type.Kind() == reflect.Int64 {
			return f.Index
		}
	}
	return nil
}

var encoding = json.JoinOptions(
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true), // what is stored is shown, with U+FFFD where it is broken
)

var errNilReply = errors.New("httpapi: a use case returned neither reply nor error")

func (p *reply) write(x *exchange, out reflect.Value) error {
	if out.IsNil() {
		return errNilReply
	}
	out = out.Elem()
	status := x.route.op.Status
	if p.status != nil {
		if s := int(out.FieldByIndex(p.status).Int()); s != 0 {
			status = s
		}
	}
	if p.body == nil {
		p.setHeaders(x.Header(), out)
		if status == 0 {
			status = http.StatusNoContent
		}
		x.WriteHeader(status)
		return nil
	}
	buf := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
	defer giveBack(buf)
	body := out.FieldByIndex(p.bodyAt)
	if err := json.MarshalWrite(buf, body.Addr().Interface(), encoding); err != nil {
		return fmt.Errorf("encode reply of %s: %w", x.route.op.ID, err)
	}
	p.setHeaders(x.Header(), out)
	if status == 0 {
		status = http.StatusOK
	}
	return p.send(x, status, body, buf.Bytes())
}

// setHeaders writes the fields tagged header that are not empty.
func (p *reply) setHeaders(h http.Header, out reflect.Value) {
	for _, f := range p.headers {
		v := out.FieldByIndex(f.index)
		switch {
		case v.IsZero():
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				h.Add(f.name, fmt.Sprint(v.Index(i)))
			}
		default:
			h.Set(f.name, fmt.Sprint(v))
		}
	}
}

// send writes the body, or 304 where the client has it already.
func (p *reply) send(x *exchange, status int, body reflect.Value, b []byte) error {
	h := x.Header()
	tag := p.tag(x, body, b)
	if tag != "" {
		h["Etag"] = []string{tag}
		if status == http.StatusOK && !x.route.unsafe && noneMatch(x.r.Header.Get("If-None-Match"), tag) {
			x.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	return x.send(status, headerJSON, b)
}

// send writes a whole body, packed where that is worth it and understood.
func (x *exchange) send(status int, mediaType []string, b []byte) error {
	h := x.Header()
	h["Content-Type"] = mediaType
	if len(b) > 1024 && acceptsGzip(x.r.Header.Get("Accept-Encoding")) {
		h["Content-Encoding"] = headerGzip
		x.WriteHeader(status)
		return compress(x, b)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	x.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		_, _ = x.Write(b) // the client has gone; nothing to do
	}
	return nil
}

var (
	headerJSON = []string{"application/json"}
	headerGzip = []string{"gzip"}
)

// tag is the ETag: the version of the thing, if it has one, and for reads a
// hash of what is said, since a reply may also hold what the version does not
// count. Match looks at the version only.
func (p *reply) tag(x *exchange, body reflect.Value, b []byte) string {
	var version int64
	if p.version != nil {
		for body.Kind() == reflect.Pointer {
			body = body.Elem()
		}
		if body.IsValid() {
			version = body.FieldByIndex(p.version).Int()
		}
	}
	if x.route.unsafe {
		if version == 0 {
			return ""
		}
		return `"` + strconv.FormatInt(version, 10) + `"`
	}
	sum := sha256.Sum256(b)
	return `"` + strconv.FormatInt(version, 10) + "-" + hex.EncodeToString(sum[:8]) + `"`
}

func noneMatch(header, tag string) bool {
	if header == "" {
		return false
	}
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

func acceptsGzip(header string) bool {
	for one := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.TrimSpace(name) == "gzip" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}}

func compress(x *exchange, b []byte) error {
	if x.r.Method == http.MethodHead {
		return nil
	}
	z := gzips.Get().(*gzip.Writer) //nolint:forcetypeassert // the pool holds nothing else
	defer gzips.Put(z)
	z.Reset(x)
	_, _ = z.Write(b)
	_ = z.Close() // the client has gone; nothing to do
	return nil
}
