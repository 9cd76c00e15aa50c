// Package strict reads requests into Go values and refuses whatever is not
// exactly what the type asks for.
//
// A Go type is turned once into a plan. The plan reads JSON in a single pass,
// straight into the value: unknown members, members named twice, missing
// members, wrong types, numbers out of range, instants without a zone, invalid
// UTF-8 and text behind the end are all refused, each with a pointer to the
// place. The same plan writes the JSON schema of the type, so what is published
// is what is enforced. No message ever holds a value that was sent.
package strict

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
)

type shape int

const (
	object  shape = iota
	list          // slice
	array         // fixed length
	table         // map with string-like keys
	text          // encoding.TextUnmarshaler
	instant       // time.Time
	str
	integer
	natural // unsigned
	decimal // float
	boolean
	octets // []byte, base64
	custom // json.Unmarshaler
	raw    // json.RawMessage
	free   // any
)

// Type is the plan of one Go type. It is immutable and safe for concurrent use.
type Type struct {
	t       reflect.Type
	shape   shape
	fields  []field // of an object
	byName  map[string]int
	needed  uint64 // one bit per required field
	elem    *Type  // of a list, an array, a table
	elemPtr bool   // the element is a pointer
	valid   bool   // the type has Valid() bool
	values  []string
}

type field struct {
	name   string
	index  []int
	typ    *Type
	ptr    bool // the Go field is a pointer
	rules  *rules
	hidden bool
}

// maxFields is how many members a body may have side by side: one bit each.
const maxFields = 64

var (
	timeType  = reflect.TypeFor[time.Time]()
	rawType   = reflect.TypeFor[json.RawMessage]()
	textType  = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType  = reflect.TypeFor[json.Unmarshaler]()
	validType = reflect.TypeFor[interface{ Valid() bool }]()
)

var plans struct {
	sync.Mutex
	of map[reflect.Type]*Type
}

// Compile returns the plan of t, or an error that says which part of t cannot
// be told in JSON. Two calls for one type return the same plan.
func Compile(t reflect.Type) (*Type, error) {
	plans.Lock()
	defer plans.Unlock()
	made := map[reflect.Type]*Type{}
	p, err := compile(t, made)
	if err != nil {
		return nil, err
	}
	if plans.of == nil {
		plans.of = map[reflect.Type]*Type{}
	}
	for k, v := range made {
		plans.of[k] = v
	}
	return p, nil
}

func compile(t reflect.Type, made map[reflect.Type]*Type) (*Type, error) {
	if p, ok := plans.of[t]; ok {
		return p, nil
	}
	if p, ok := made[t]; ok {
		return p, nil // also what ends a recursive type
	}
	p := &Type{t: t}
	made[t] = p
	p.valid = t.Implements(validType)
	p.values = valuesOf(t)
	return p, p.settle(made)
}

func (p *Type) settle(made map[reflect.Type]*Type) (err error) {
	t := p.t
	switch {
	case t == timeType:
		p.shape = instant
		return nil
	case t == reflect.TypeFor[time.Duration]():
		return fmt.Errorf("%s has no unit on the wire: say whole seconds or minutes", t)
	case t == rawType:
		p.shape = raw
		return nil
	case reflect.PointerTo(t).Implements(textType):
		p.shape = text
		return nil
	case reflect.PointerTo(t).Implements(jsonType):
		p.shape = custom
		return nil
	}
	switch t.Kind() { // what is not named has no place in JSON
	case reflect.Struct:
		p.shape = object
		return p.members(made)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 && t.Kind() == reflect.Slice {
			p.shape = octets
			return nil
		}
		p.shape = list
		if t.Kind() == reflect.Array {
			p.shape = array
		}
	case reflect.Map:
		p.shape = table
		if k := t.Key(); k.Kind() != reflect.String && !reflect.PointerTo(k).Implements(textType) {
			return fmt.Errorf("%s: the key of a map must be text", t)
		}
	case reflect.String:
		p.shape = str
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.shape = integer
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.shape = natural
	case reflect.Float32, reflect.Float64:
		p.shape = decimal
	case reflect.Bool:
		p.shape = boolean
	case reflect.Interface:
		p.shape = free
	default:
		return fmt.Errorf("%s has no form in JSON", t)
	}
	if p.shape == list || p.shape == array || p.shape == table {
		e := t.Elem()
		if p.elemPtr = e.Kind() == reflect.Pointer; p.elemPtr {
			e = e.Elem()
		}
		p.elem, err = compile(e, made)
	}
	return err
}

// members plans the fields of a struct; those of embedded structs count as its own.
func (p *Type) members(made map[reflect.Type]*Type) error {
	p.byName = map[string]int{}
	for _, f := range reflect.VisibleFields(p.t) {
		name, optional, skip := jsonName(f)
		if skip {
			continue
		}
		if _, twice := p.byName[name]; twice {
			return fmt.Errorf("%s has two members %q", p.t, name)
		}
		m := field{name: name, index: f.Index, hidden: f.Tag.Get("hidden") == "true"}
		ft := f.Type
		if m.ptr = ft.Kind() == reflect.Pointer; m.ptr {
			ft = ft.Elem()
		}
		var err error
		if m.typ, err = compile(ft, made); err != nil {
			return fmt.Errorf("%s.%s: %w", p.t, f.Name, err)
		}
		if m.rules, err = rulesOf(f.Tag, m.typ); err != nil {
			return fmt.Errorf("%s.%s: %w", p.t, f.Name, err)
		}
		m.rules.required = !optional
		if r, ok := f.Tag.Lookup("required"); ok {
			m.rules.required = r == "true"
		}
		m.rules.nullable = m.ptr && (!optional || f.Tag.Get("nullable") == "true")
		p.byName[name] = len(p.fields)
		if m.rules.required {
			p.needed |= 1 << len(p.fields)
		}
		p.fields = append(p.fields, m)
	}
	if len(p.fields) > maxFields {
		return fmt.Errorf("%s has more than %d members", p.t, maxFields)
	}
	return nil
}

// jsonName reads the json tag. Fields inside an embedded struct come as visible
// fields of their own, so the embedded struct itself is skipped.
func jsonName(f reflect.StructField) (name string, optional, skip bool) {
	tag := f.Tag.Get("json")
	if !f.IsExported() || tag == "-" || (f.Anonymous && tag == "") {
		return "", false, true
	}
	parts := strings.Split(tag, ",")
	name = parts[0]
	if name == "" {
		name = f.Name
	}
	optional = slices.Contains(parts[1:], "omitempty") || slices.Contains(parts[1:], "omitzero")
	return name, optional, false
}

// valuesOf asks a type with a method Values, such as a list of states, for all
// the values that it may take.
func valuesOf(t reflect.Type) []string {
	m, ok := t.MethodByName("Values")
	if !ok || t.Kind() != reflect.String || m.Type.NumIn() != 1 || m.Type.NumOut() != 1 {
		return nil
	}
	out := m.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
	if out.Kind() != reflect.Slice || out.Type().Elem().Kind() != reflect.String {
		return nil
	}
	names := make([]string, out.Len())
	for i := range names {
		names[i] = out.Index(i).String()
	}
	return names
}

var idPackage = reflect.TypeFor[id.Case]().PkgPath()
