package strict

import (
	"bytes"
	"errors"
	"io"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"fettle.dev/fettle/kernel/fault"
)

// ErrSyntax is returned for a body that is not one JSON value in UTF-8.
var ErrSyntax = errors.New("not JSON")

// reader is one pass over one body.
type reader struct {
	dec    *jsontext.Decoder
	in     bytes.Buffer
	path   []step
	faults faults
	buf    []byte
}

// step is one segment of the pointer to the present value.
type step struct {
	name  string
	index int // used where name is ""
}

var readers = sync.Pool{New: func() any { return &reader{dec: jsontext.NewDecoder(&bytes.Buffer{})} }}

// Decode reads body into v, which is a settable value of the plan's type. It
// returns what is wrong with the content, or ErrSyntax with the place when the
// body cannot be read at all; v is then of no use.
func (p *Type) Decode(body []byte, v reflect.Value) ([]fault.Field, error) {
	r := readers.Get().(*reader) //nolint:forcetypeassert // the pool holds nothing else
	defer r.release()
	r.in = *bytes.NewBuffer(body)
	r.dec.Reset(&r.in)
	err := r.value(p, bodyRules, v)
	if err == nil {
		err = r.end()
	}
	if err != nil {
		r.syntax(err)
		return r.faults, ErrSyntax
	}
	return r.faults, nil
}

var bodyRules = func() *rules { r := *none; r.required = true; return &r }()

// release gives the reader back without what it has read.
func (r *reader) release() {
	*r = reader{dec: r.dec, path: r.path[:0], buf: r.buf[:0]}
	r.dec.Reset(&r.in)
	if cap(r.buf) <= 1<<16 {
		readers.Put(r)
	}
}

var errTrailing = errors.New("text behind the end")

// end makes sure that nothing but blanks follows the value.
func (r *reader) end() error {
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

// syntax turns the decoder's error, which quotes the input, into a field fault
// that does not.
func (r *reader) syntax(err error) {
	code := "syntax"
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		code = "duplicate"
	case errors.Is(err, errTrailing):
		code = "trailing"
	case r.dec.InputOffset() == 0 && r.in.Len() == 0 && len(r.dec.UnreadBuffer()) == 0:
		code = "required"
	}
	at := r.dec.InputOffset()
	r.faults = nil
	r.faults.add(r.pointer(), code, map[string]any{"offset": at})
}

// pointer is the JSON pointer to the present value.
func (r *reader) pointer() string {
	var b strings.Builder
	for _, s := range r.path {
		b.WriteByte('/')
		if s.name != "" {
			b.WriteString(escape(s.name))
		} else {
			b.WriteString(strconv.Itoa(s.index))
		}
	}
	return b.String()
}

func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func (r *reader) fault(code string, args map[string]any) {
	r.faults.add(r.pointer(), code, args)
}

// wrong reports a value of another type and steps over it.
func (r *reader) wrong(want string) error {
	r.fault("type", map[string]any{"want": want})
	return r.dec.SkipValue()
}

// value reads the next value into v. It returns only syntax errors.
func (r *reader) value(p *Type, ru *rules, v reflect.Value) error {
	kind := r.dec.PeekKind()
	if kind == 0 { // the error is told by reading
		_, err := r.dec.ReadToken()
		if err == nil {
			err = ErrSyntax
		}
		return err
	}
	if kind == 'n' && p.shape != raw && p.shape != free {
		r.fault("null", nil)
		return r.dec.SkipValue()
	}
	switch p.shape {
	case object:
		if kind != '{' {
			return r.wrong("object")
		}
		return r.object(p, v)
	case list, array:
		if kind != '[' {
			return r.wrong("array")
		}
		return r.list(p, ru, v)
	case table:
		if kind != '{' {
			return r.wrong("object")
		}
		return r.table(p, ru, v)
	case boolean:
		if kind != 't' && kind != 'f' {
			return r.wrong("boolean")
		}
		v.SetBool(kind == 't')
		return r.dec.SkipValue()
	case integer, natural, decimal:
		if kind != '0' {
			return r.wrong(names[p.shape])
		}
		got, err := r.dec.ReadValue()
		if err == nil {
			r.number(p, ru, v, string(got))
		}
		return err
	case text, instant, str, octets:
		if kind != '"' {
			return r.wrong("string")
		}
		return r.string(p, ru, v)
	case custom, raw, free:
		return r.whole(p, v)
	}
	panic("strict: a shape without a reader")
}

var names = map[shape]string{integer: "integer", natural: "integer", decimal: "number"}

func (r *reader) string(p *Type, ru *rules, v reflect.Value) error {
	got, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	s, err := r.unquote(got)
	if err != nil {
		return err
	}
	code, args := p.fromText(ru, v, s)
	if code != "" {
		r.fault(code, args)
	}
	return nil
}

// unquote returns the text of a JSON string that the decoder has checked.
func (r *reader) unquote(q []byte) (string, error) {
	if inner := q[1 : len(q)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner), nil
	}
	var err error
	r.buf, err = jsontext.AppendUnquote(r.buf[:0], q)
	return string(r.buf), err
}

func (r *reader) number(p *Type, ru *rules, v reflect.Value, s string) {
	if code, args := p.fromNumber(ru, v, s); code != "" {
		r.fault(code, args)
	}
}

func (r *reader) object(p *Type, v reflect.Value) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	var seen uint64
	for r.dec.PeekKind() != '}' {
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if len(name) < 2 || name[0] != '"' {
			return ErrSyntax
		}
		i, ok := p.byName[string(name[1:len(name)-1])]
		if !ok {
			if err := r.unknown(name); err != nil {
				return err
			}
			continue
		}
		seen |= 1 << i
		if err := r.member(&p.fields[i], v); err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for missing := p.needed &^ seen; missing != 0; missing &= missing - 1 {
		f := &p.fields[bits.TrailingZeros64(missing)]
		r.path = append(r.path, step{name: f.name})
		r.fault("required", nil)
		r.path = r.path[:len(r.path)-1]
	}
	return r.checkWhole(p, v)
}

func (r *reader) checkWhole(p *Type, v reflect.Value) error {
	if len(r.faults) == 0 {
		if code, args := p.checkValid(v); code != "" {
			r.fault(code, args)
		}
	}
	return nil
}

// unknown reports a member that the type has not. Its name is told only if it
// looks like a name: whatever else somebody writes there stays with them.
func (r *reader) unknown(quoted []byte) error {
	name := string(quoted[1 : len(quoted)-1])
	if LooksLikeName(name) {
		r.path = append(r.path, step{name: name})
		r.fault("unknown", nil)
		r.path = r.path[:len(r.path)-1]
	} else {
		r.fault("unknown_member", nil)
	}
	return r.dec.SkipValue()
}

// LooksLikeName reports whether s has the form of a member or parameter of this API.
func LooksLikeName(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

func (r *reader) member(f *field, v reflect.Value) error {
	r.path = append(r.path, step{name: f.name})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	at := v
	if len(f.index) == 1 {
		at = v.Field(f.index[0])
	} else {
		at = reach(v, f.index)
	}
	if !f.ptr {
		return r.value(f.typ, f.rules, at)
	}
	if r.dec.PeekKind() == 'n' && f.rules.nullable {
		at.SetZero()
		return r.dec.SkipValue()
	}
	at.Set(reflect.New(f.typ.t))
	return r.value(f.typ, f.rules, at.Elem())
}

// reach walks to a field of an embedded struct and makes the pointers on the way.
func reach(v reflect.Value, index []int) reflect.Value {
	for n, i := range index {
		if n > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
