package strict

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/fault"
)

// rules are the limits that the tags of a field set. The names of the tags are
// those of JSON schema: minLength, maxLength, pattern, enum, minimum, maximum,
// exclusiveMinimum, exclusiveMaximum, minItems, maxItems, uniqueItems, format.
// On a list, the limits of its elements stand beside those of the list.
type rules struct {
	required bool
	nullable bool

	minLength, maxLength int // characters; -1: no limit
	minItems, maxItems   int
	uniqueItems          bool
	minimum, maximum     *float64
	above, below         *float64 // exclusive
	enum                 []string
	pattern              *regexp.Regexp
	format               string

	doc      string
	example  string
	fallback string // the tag "default"
}

var none = &rules{minLength: -1, maxLength: -1, minItems: -1, maxItems: -1}

// formats are the formats that are enforced. Instants and ids are types.
var formats = map[string]func(string) bool{
	"date": func(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil },
	"time": func(s string) bool { return clockTime.MatchString(s) },
	"uri":  func(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") },
	"email": func(s string) bool {
		name, host, ok := strings.Cut(s, "@")
		return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " \t\r\n<>,;\"") &&
			!strings.Contains(host, "@") && len(s) <= 254
	},
	"binary": nil, "password": nil, "phone": nil, // told to the reader of the schema only
}

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func rulesOf(tag reflect.StructTag, t *Type) (*rules, error) {
	r := *none
	r.doc, r.example, r.fallback = tag.Get("doc"), tag.Get("example"), tag.Get("default")
	for name, at := range map[string]*int{
		"minLength": &r.minLength, "maxLength": &r.maxLength, "minItems": &r.minItems, "maxItems": &r.maxItems,
	} {
		if s := tag.Get(name); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("tag %s:%q is not a length", name, s)
			}
			*at = n
		}
	}
	for name, at := range map[string]**float64{
		"minimum": &r.minimum, "maximum": &r.maximum, "exclusiveMinimum": &r.above, "exclusiveMaximum": &r.below,
	} {
		if s := tag.Get(name); s != "" {
			n, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, fmt.Errorf("tag %s:%q is not a number", name, s)
			}
			*at = &n
		}
	}
	if s := tag.Get("enum"); s != "" {
		r.enum = strings.Split(s, ",")
	} else if v := scalar(t).values; v != nil {
		r.enum = v
	}
	if s := tag.Get("pattern"); s != "" {
		re, err := regexp.Compile(s)
		if err != nil {
			return nil, fmt.Errorf("tag pattern: %w", err)
		}
		r.pattern = re
	}
	if r.format = tag.Get("format"); r.format != "" {
		if _, ok := formats[r.format]; !ok {
			return nil, fmt.Errorf("tag format:%q is not known", r.format)
		}
	}
	r.uniqueItems = tag.Get("uniqueItems") == "true"
	return &r, nil
}

// scalar is the innermost element of lists of lists.
func scalar(t *Type) *Type {
	for (t.shape == list || t.shape == array || t.shape == table) && t.elem != nil {
		t = t.elem
	}
	return t
}

// text checks a string. The empty string counts as missing where a value is
// required and nothing says that it may be empty.
func (r *rules) text(s string) (code string, args map[string]any) {
	if s == "" && r.required && r.minLength != 0 && !slices.Contains(r.enum, "") {
		return "required", nil
	}
	if s == "" && !r.required && r.minLength <= 0 {
		return "", nil
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "control_character", nil
	}
	if r.minLength > 0 || r.maxLength >= 0 {
		n := utf8.RuneCountInString(s)
		if n < r.minLength {
			return "too_short", map[string]any{"min": r.minLength}
		}
		if r.maxLength >= 0 && n > r.maxLength {
			return "too_long", map[string]any{"max": r.maxLength}
		}
	}
	if r.enum != nil && !slices.Contains(r.enum, s) {
		return "not_allowed", map[string]any{"allowed": r.enum}
	}
	if r.pattern != nil && !r.pattern.MatchString(s) {
		return "pattern", map[string]any{"pattern": r.pattern.String()}
	}
	if ok := formats[r.format]; ok != nil && !ok(s) {
		return "format", map[string]any{"format": r.format}
	}
	return "", nil
}

func (r *rules) number(n float64) (code string, args map[string]any) {
	switch {
	case r.minimum != nil && n < *r.minimum:
		return "too_small", map[string]any{"min": tell(*r.minimum)}
	case r.above != nil && n <= *r.above:
		return "too_small", map[string]any{"above": tell(*r.above)}
	case r.maximum != nil && n > *r.maximum:
		return "too_large", map[string]any{"max": tell(*r.maximum)}
	case r.below != nil && n >= *r.below:
		return "too_large", map[string]any{"below": tell(*r.below)}
	case r.enum != nil && !slices.Contains(r.enum, strconv.FormatFloat(n, 'f', -1, 64)):
		return "not_allowed", map[string]any{"allowed": r.enum}
	}
	return "", nil
}

// tell writes a whole limit without a fraction.
func tell(n float64) any {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return int64(n)
	}
	return n
}

func (r *rules) length(n int) (code string, args map[string]any) {
	if r.minItems >= 0 && n < r.minItems {
		return "too_few", map[string]any{"min": r.minItems}
	}
	if r.maxItems >= 0 && n > r.maxItems {
		return "too_many", map[string]any{"max": r.maxItems}
	}
	return "", nil
}

// maxFaults is how many faults of one request are told; more help nobody.
const maxFaults = 32

// faults gathers what is wrong.
type faults []fault.Field

func (f *faults) add(pointer, code string, args map[string]any) {
	if len(*f) < maxFaults {
		*f = append(*f, fault.Field{Pointer: pointer, Code: code, Args: args})
	}
}
