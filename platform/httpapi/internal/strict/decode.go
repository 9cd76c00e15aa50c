package strict

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

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

// fromNumber reads the decimal digits s into v.
func (p *Type) fromNumber(ru *rules, v reflect.Value, s string) (code string, args map[string]any) {
	var f float64
	switch p.shape { //nolint:exhaustive // called for numbers only
	case integer:
		n, err := strconv.ParseInt(s, 10, p.t.Bits())
		if err != nil {
			return outside(err)
		}
		v.SetInt(n)
		f = float64(n)
	case natural:
		n, err := strconv.ParseUint(s, 10, p.t.Bits())
		if err != nil {
			if strings.HasPrefix(s, "-") {
				return "too_small", map[string]any{"min": 0}
			}
			return outside(err)
		}
		v.SetUint(n)
		f = float64(n)
	default:
		n, err := strconv.ParseFloat(s, p.t.Bits())
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return "type", map[string]any{"want": "number"}
		}
		v.SetFloat(n)
		f = n
	}
	if code, args = ru.number(f); code != "" {
		return code, args
	}
	return p.checkValid(v)
}

func outside(err error) (string, map[string]any) {
	if errors.Is(err, strconv.ErrRange) {
		return "out_of_range", nil
	}
	return "type", map[string]any{"want": "integer"}
}

// fromText reads a text, from JSON or from a parameter, into v.
func (p *Type) fromText(ru *rules, v reflect.Value, s string) (code string, args map[string]any) {
	if p.shape == octets {
		b, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil {
			return "base64", nil
		}
		v.SetBytes(b)
		if ru.maxLength >= 0 && len(b) > ru.maxLength {
			return "too_long", map[string]any{"max": ru.maxLength}
		}
		return "", nil
	}
	if code, args = ru.text(s); code != "" {
		return code, args
	}
	switch p.shape { //nolint:exhaustive // called for texts only
	case instant:
		return setInstant(ru, v, s)
	case text:
		return p.setText(ru, v, s)
	default:
		v.SetString(s)
	}
	if s == "" && !ru.required {
		return "", nil
	}
	return p.checkValid(v)
}

func setInstant(ru *rules, v reflect.Value, s string) (code string, args map[string]any) {
	if s == "" && ru.required {
		return "required", nil
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(s)); err != nil {
		return "instant", nil
	}
	v.Set(reflect.ValueOf(t.UTC()))
	return "", nil
}

func (p *Type) setText(ru *rules, v reflect.Value, s string) (code string, args map[string]any) {
	u, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	if !ok || u.UnmarshalText([]byte(s)) != nil {
		if want := Prefix(p.t); want != "" {
			return "id", map[string]any{"prefix": want}
		}
		return "format", nil
	}
	if s == "" && ru.required {
		return "required", nil
	}
	return p.checkValid(v)
}

// checkValid asks a type that knows its own values.
func (p *Type) checkValid(v reflect.Value) (code string, args map[string]any) {
	if !p.valid {
		return "", nil
	}
	if c, ok := v.Interface().(interface{ Valid() bool }); ok && !c.Valid() {
		return "invalid", nil
	}
	return "", nil
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

func (r *reader) list(p *Type, ru *rules, v reflect.Value) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	items := *ru
	items.required, items.nullable = true, false
	n := 0
	r.path = append(r.path, step{})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	if p.shape == list {
		v.Set(reflect.MakeSlice(p.t, 0, 4))
	}
	for r.dec.PeekKind() != ']' {
		r.path[len(r.path)-1].index = n
		if (ru.maxItems >= 0 && n >= ru.maxItems) || (p.shape == array && n >= p.t.Len()) {
			n++
			if err := r.dec.SkipValue(); err != nil {
				return err
			}
			continue
		}
		at, err := r.slot(p, v, n)
		if err == nil {
			err = r.value(p.elem, &items, at)
		}
		if err != nil {
			return err
		}
		n++
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	return r.checkList(p, ru, v, n)
}

// slot is where element n of the list goes.
func (r *reader) slot(p *Type, v reflect.Value, n int) (reflect.Value, error) {
	if p.shape == list {
		v.Grow(1)
		v.SetLen(n + 1)
	}
	at := v.Index(n)
	if p.elemPtr {
		at.Set(reflect.New(p.elem.t))
		at = at.Elem()
	}
	return at, nil
}

func (r *reader) checkList(p *Type, ru *rules, v reflect.Value, n int) error {
	code, args := ru.length(n)
	if p.shape == array && n != p.t.Len() {
		code, args = "length", map[string]any{"length": p.t.Len()}
	}
	if code == "" && ru.uniqueItems && repeats(v) {
		code = "repeated"
	}
	if code != "" {
		own := r.path
		r.path = r.path[:len(r.path)-1]
		r.fault(code, args)
		r.path = own
	}
	return nil
}

func repeats(v reflect.Value) bool {
	seen := map[any]bool{}
	for i := range v.Len() {
		e := v.Index(i)
		if !e.Comparable() {
			return false
		}
		if seen[e.Interface()] {
			return true
		}
		seen[e.Interface()] = true
	}
	return false
}

// table reads an object with free names. The names are data, so a pointer into
// it counts the members instead of naming them.
func (r *reader) table(p *Type, ru *rules, v reflect.Value) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	m := reflect.MakeMap(p.t)
	items := *ru
	items.required = true
	r.path = append(r.path, step{})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	for n := 0; r.dec.PeekKind() != '}'; n++ {
		r.path[len(r.path)-1].index = n
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		key, err := r.unquote(name)
		if err != nil {
			return err
		}
		if err := r.entry(p, &items, m, key); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	v.Set(m)
	if code, args := ru.length(m.Len()); err == nil && code != "" {
		r.fault(code, args)
	}
	return err
}

func (r *reader) entry(p *Type, items *rules, m reflect.Value, key string) error {
	k := reflect.New(p.t.Key()).Elem()
	if k.Kind() == reflect.String {
		k.SetString(key)
		if strings.IndexByte(key, 0) >= 0 {
			r.fault("control_character", nil)
		}
	} else if u, ok := k.Addr().Interface().(encoding.TextUnmarshaler); !ok || u.UnmarshalText([]byte(key)) != nil {
		r.fault("key", nil)
	}
	e := reflect.New(p.elem.t)
	if err := r.value(p.elem, items, e.Elem()); err != nil {
		return err
	}
	if !p.elemPtr {
		e = e.Elem()
	}
	m.SetMapIndex(k, e)
	return nil
}

// whole reads a value of any form.
func (r *reader) whole(p *Type, v reflect.Value) error {
	got, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	switch p.shape { //nolint:exhaustive // called for these three
	case raw:
		v.SetBytes(bytes.Clone(got))
	case custom:
		if u, ok := v.Addr().Interface().(json.Unmarshaler); !ok || u.UnmarshalJSON(bytes.Clone(got)) != nil {
			r.fault("format", nil)
		}
	default:
		var anything any
		if err := json.Unmarshal(got, &anything); err != nil {
			return ErrSyntax
		}
		if anything == nil {
			return nil
		}
		if !reflect.TypeOf(anything).AssignableTo(p.t) {
			r.fault("format", nil)
			return nil
		}
		v.Set(reflect.ValueOf(anything))
	}
	return nil
}
