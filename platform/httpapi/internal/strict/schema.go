package strict

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Schemas writes the JSON schemas of plans. Named structs become components and
// are referred to; names are given out in the order of the types' full names,
// so that they do not depend on which route was declared first.
type Schemas struct {
	names map[reflect.Type]string
	taken map[reflect.Type]*Type // what requests reach: no more members than these
	made  map[string]*huma.Schema
}

// NewSchemas names the structs that the plans of requests and replies reach. A
// reply may grow members with time, so only requests are closed.
func NewSchemas(requests, replies []*Type) *Schemas {
	s := &Schemas{names: map[reflect.Type]string{}, taken: map[reflect.Type]*Type{}, made: map[string]*huma.Schema{}}
	found := map[reflect.Type]*Type{}
	for _, t := range requests {
		collect(t, s.taken)
		collect(t, found)
	}
	for _, t := range replies {
		collect(t, found)
	}
	all := make([]reflect.Type, 0, len(found))
	for t, p := range found {
		if p.shape == object && t.Name() != "" {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b reflect.Type) int {
		return strings.Compare(a.PkgPath()+"."+a.Name(), b.PkgPath()+"."+b.Name())
	})
	used := map[string]int{}
	for _, t := range all {
		name := nameOf(t)
		if used[name]++; used[name] > 1 {
			name += strconv.Itoa(used[name])
		}
		s.names[t] = name
	}
	for t, name := range s.names {
		s.made[name] = s.object(found[t])
	}
	return s
}

// Components are the named schemas.
func (s *Schemas) Components() map[string]*huma.Schema { return s.made }

func collect(t *Type, found map[reflect.Type]*Type) {
	if t == nil || found[t.t] != nil {
		return
	}
	found[t.t] = t
	collect(t.elem, found)
	for i := range t.fields {
		collect(t.fields[i].typ, found)
	}
}

// nameOf names a struct after its package and itself: desk.Case is DeskCase, and
// so is desksvc.Case; Page[desk.Case] is DeskCasePage.
func nameOf(t reflect.Type) string { return niceName(t.PkgPath() + "." + t.Name()) }

func niceName(full string) string {
	name, args, _ := strings.Cut(full, "[")
	dot := strings.LastIndexByte(name, '.')
	pkg, own := "", name
	if dot >= 0 {
		pkg, own = strings.TrimSuffix(path.Base(name[:dot]), "svc"), name[dot+1:]
	}
	own, _, _ = strings.Cut(own, "·") // a type declared inside a function
	out := upper(own)
	if pkg != "" && pkg != "httpapi" && !strings.HasPrefix(strings.ToLower(own), strings.ToLower(pkg)) {
		out = upper(pkg) + out
	}
	for arg := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
		if arg != "" {
			out = niceName(strings.TrimLeft(arg, "*[]")) + out
		}
	}
	return out
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Of is the schema of a plan: a reference where it is a named struct.
func (s *Schemas) Of(t *Type) *huma.Schema { return s.of(t, none) }

// OfParam is the schema of a parameter.
func (s *Schemas) OfParam(p *Param) (schema *huma.Schema, doc string, required bool) {
	return s.of(p.typ, p.rules), p.rules.doc, p.rules.required
}

func (s *Schemas) of(t *Type, r *rules) *huma.Schema {
	if name := s.names[t.t]; name != "" {
		return &huma.Schema{Ref: "#/components/schemas/" + name, Description: r.doc}
	}
	var out *huma.Schema
	switch t.shape {
	case object:
		out = s.object(t)
	case list, array:
		out = s.list(t, r)
	case table:
		out = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: s.of(t.elem, none)}
	case text, instant, str, octets:
		out = textSchema(t, r)
	case integer, natural, decimal:
		out = numberSchema(t, r)
	case boolean:
		out = &huma.Schema{Type: huma.TypeBoolean}
	case custom, raw, free:
		out = &huma.Schema{}
	}
	out.Description, out.Nullable = r.doc, r.nullable
	out.Default = r.literal(t, r.fallback)
	if e := r.literal(t, r.example); e != nil {
		out.Examples = []any{e}
	}
	return out
}

func (s *Schemas) object(t *Type) *huma.Schema {
	out := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	if s.taken[t.t] != nil {
		out.AdditionalProperties = false
	}
	for i := range t.fields {
		f := &t.fields[i]
		if f.hidden {
			continue
		}
		out.Properties[f.name] = s.of(f.typ, f.rules)
		if f.rules.required {
			out.Required = append(out.Required, f.name)
		}
	}
	return out
}

func (s *Schemas) list(t *Type, r *rules) *huma.Schema {
	items := *r
	items.doc, items.nullable, items.fallback, items.example = "", false, "", ""
	out := &huma.Schema{Type: huma.TypeArray, Items: s.of(t.elem, &items), UniqueItems: r.uniqueItems}
	out.MinItems, out.MaxItems = limit(r.minItems), limit(r.maxItems)
	if t.shape == array {
		n := t.t.Len()
		out.MinItems, out.MaxItems = &n, &n
	}
	return out
}

func limit(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

func textSchema(t *Type, r *rules) *huma.Schema {
	out := &huma.Schema{Type: huma.TypeString, Format: r.format, MinLength: limit(r.minLength), MaxLength: limit(r.maxLength)}
	switch t.shape { //nolint:exhaustive // called for texts only
	case instant:
		out.Format = "date-time"
	case octets:
		out.ContentEncoding = "base64"
	}
	for _, e := range r.enum {
		out.Enum = append(out.Enum, e)
	}
	if len(r.enum) == 0 {
		for _, e := range t.values {
			out.Enum = append(out.Enum, e)
		}
	}
	if r.pattern != nil {
		out.Pattern = r.pattern.String()
	} else if prefix := Prefix(t.t); prefix != "" {
		out.Pattern = "^" + prefix + "_[0-7][0-9a-hjkmnp-tv-z]{25}$"
	}
	return out
}

func numberSchema(t *Type, r *rules) *huma.Schema {
	out := &huma.Schema{
		Type: huma.TypeInteger, Format: "int64",
		Minimum: r.minimum, Maximum: r.maximum, ExclusiveMinimum: r.above, ExclusiveMaximum: r.below,
	}
	switch {
	case t.shape == decimal:
		out.Type, out.Format = huma.TypeNumber, "double"
	case t.t.Bits() < 64:
		out.Format = "int32"
	}
	if t.shape == natural && out.Minimum == nil {
		zero := 0.0
		out.Minimum = &zero
	}
	for _, e := range r.enum {
		out.Enum = append(out.Enum, r.literal(t, e))
	}
	return out
}

// literal reads a default or an example from its tag.
func (r *rules) literal(t *Type, s string) any {
	if s == "" {
		return nil
	}
	switch t.shape { //nolint:exhaustive // the rest are texts
	case integer, natural:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
	case decimal:
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	case boolean:
		return s == "true"
	}
	return s
}

// Prefix is the prefix of the typed identifier t, or "" if t is none.
func Prefix(t reflect.Type) string {
	if t.Kind() != reflect.Array || t.Len() != 16 || t.PkgPath() != idPackage {
		return ""
	}
	v := reflect.New(t).Elem()
	v.Index(0).SetUint(1) // the zero id has no text
	s, ok := v.Interface().(fmt.Stringer)
	if !ok {
		return ""
	}
	prefix, _, _ := strings.Cut(s.String(), "_")
	return prefix
}
