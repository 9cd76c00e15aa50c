package strict

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/fault"
)

// Place is where a parameter stands in a request.
type Place string

// The places of parameters.
const (
	Path   Place = "path"
	Query  Place = "query"
	Header Place = "header"
)

// Param is a field of a request's type that is filled from its path, its query
// or its headers.
type Param struct {
	Place Place
	Name  string
	typ   *Type
	rules *rules
	index []int
	ptr   bool
}

// Input is the plan of a request: its parameters and its body.
type Input struct {
	Params []Param
	Body   *Type // nil where the request has none
	body   []int
	query  map[string]bool
}

// CompileInput plans a request's type: a struct whose fields are tagged with
// path, query or header, and whose body, if any, is the field Body.
func CompileInput(t reflect.Type) (*Input, error) {
	in := &Input{query: map[string]bool{}}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s: a request is a struct", t)
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		if f.Name == "Body" {
			p, err := Compile(f.Type)
			if err != nil {
				return nil, err
			}
			in.Body, in.body = p, f.Index
			continue
		}
		p, err := paramOf(f)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		in.query[p.Name] = in.query[p.Name] || p.Place == Query
		in.Params = append(in.Params, p)
	}
	return in, nil
}

func paramOf(f reflect.StructField) (Param, error) {
	p := Param{index: f.Index}
	for _, at := range []Place{Path, Query, Header} {
		if name, ok := f.Tag.Lookup(string(at)); ok {
			name, _, _ = strings.Cut(name, ",")
			p.Place, p.Name = at, name
		}
	}
	if p.Name == "" {
		return p, fmt.Errorf("says neither path, query nor header, nor is it Body")
	}
	t := f.Type
	if p.ptr = t.Kind() == reflect.Pointer; p.ptr {
		t = t.Elem()
	}
	var err error
	if p.typ, err = Compile(t); err != nil {
		return p, err
	}
	if s := scalar(p.typ).shape; s == object || s == table || s == raw || s == free || s == custom {
		return p, fmt.Errorf("a parameter is a scalar or a list of scalars")
	}
	if p.rules, err = rulesOf(f.Tag, p.typ); err != nil {
		return p, err
	}
	p.rules.required = p.Place == Path || f.Tag.Get("required") == "true"
	return p, nil
}

// KnowsQuery reports whether name is a query parameter of the request.
func (in *Input) KnowsQuery(name string) bool { return in.query[name] }

// BodyOf returns the field Body of a request's value.
func (in *Input) BodyOf(v reflect.Value) reflect.Value { return v.FieldByIndex(in.body) }

// Set reads the values that were given for p into the request v, and returns
// what is wrong with them.
func (p *Param) Set(v reflect.Value, given []string) []fault.Field {
	var fs faults
	if len(given) == 0 || (len(given) == 1 && given[0] == "" && p.Place == Header) {
		if p.rules.required {
			fs.add(p.pointer(), "required", nil)
			return fs
		}
		if p.rules.fallback == "" {
			return nil
		}
		given = []string{p.rules.fallback}
	}
	at := reach(v, p.index)
	if p.ptr {
		at.Set(reflect.New(p.typ.t))
		at = at.Elem()
	}
	if p.typ.shape == list {
		p.setList(&fs, at, given)
		return fs
	}
	if len(given) > 1 {
		fs.add(p.pointer(), "repeated", nil)
		return fs
	}
	if code, args := setScalar(p.typ, p.rules, at, given[0]); code != "" {
		fs.add(p.pointer(), code, args)
	}
	return fs
}

func (p *Param) pointer() string { return string(p.Place) + "/" + p.Name }

// setList takes repeated values and values separated by commas.
func (p *Param) setList(fs *faults, at reflect.Value, given []string) {
	all := strings.Split(strings.Join(given, ","), ",")
	if code, args := p.rules.length(len(all)); code != "" {
		fs.add(p.pointer(), code, args)
		return
	}
	at.Set(reflect.MakeSlice(p.typ.t, len(all), len(all)))
	items := *p.rules
	items.required = true
	for i, s := range all {
		if code, args := setScalar(p.typ.elem, &items, at.Index(i), s); code != "" {
			fs.add(p.pointer(), code, args)
			return
		}
	}
}

func setScalar(t *Type, ru *rules, at reflect.Value, s string) (code string, args map[string]any) {
	if !utf8.ValidString(s) {
		return "encoding", nil
	}
	switch t.shape { // the rest was refused when it was planned
	case integer, natural, decimal:
		if !plainNumber(s) {
			return "type", map[string]any{"want": names[t.shape]}
		}
		return t.fromNumber(ru, at, s)
	case boolean:
		if s != "true" && s != "false" {
			return "type", map[string]any{"want": "boolean"}
		}
		at.SetBool(s == "true")
		return "", nil
	default:
		return t.fromText(ru, at, s)
	}
}

// plainNumber refuses what strconv reads beside the numbers of JSON: signs,
// underscores, hexadecimal, names.
func plainNumber(s string) bool {
	if s == "" || s[0] == '+' || strings.ContainsAny(s, "_xXpPiInN") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
