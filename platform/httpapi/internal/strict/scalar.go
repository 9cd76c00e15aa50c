package strict

import (
	"encoding"
	"encoding/base64"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// fromNumber reads the decimal digits s into v.
func (p *Type) fromNumber(ru *rules, v reflect.Value, s string) (code string, args map[string]any) {
	var f float64
	switch p.shape { // called for numbers only
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
	switch p.shape { // called for texts only
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
