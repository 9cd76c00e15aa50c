package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

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
	switch p.shape { // called for these three
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
