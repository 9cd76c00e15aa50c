package db

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// What a column holds is one of: NULL, int64, float64, string, []byte, bool,
// time.Time. The functions of this file write it to a variable as database/sql
// does, as far as this house asks for it. Numbers that do not fit are refused.

var errNull = errors.New("NULL for a variable that cannot be empty")

// assign writes a value of any kind.
func assign(dest, v any) error {
	switch v := v.(type) {
	case nil:
		return assignNull(dest)
	case int64:
		return assignInt(dest, v)
	case string:
		return assignText(dest, v)
	case []byte:
		return assignBytes(dest, v)
	case float64:
		return assignFloat(dest, v)
	case bool:
		if d, ok := dest.(*bool); ok {
			*d = v
			return nil
		}
		return assignInt(dest, bit(v))
	case time.Time:
		if s, ok := dest.(sql.Scanner); ok {
			return s.Scan(v)
		}
	}
	return mismatch(dest, v)
}

func mismatch(dest, v any) error { return fmt.Errorf("%T for %T", v, dest) }

func assignNull(dest any) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(nil)
	case *[]byte:
		*d = nil
		return nil
	case *any:
		*d = nil
		return nil
	}
	v := reflect.ValueOf(dest)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return errNull
	}
	e := v.Elem()
	if e.Kind() != reflect.Pointer && e.Kind() != reflect.Slice {
		return errNull
	}
	e.SetZero()
	return nil
}

func assignInt(dest any, n int64) error {
	switch d := dest.(type) {
	case *int64:
		*d = n
	case *int:
		*d = int(n)
	case *bool:
		if n != 0 && n != 1 {
			return mismatch(dest, n)
		}
		*d = n == 1
	case *float64:
		*d = float64(n)
	case *string:
		*d = strconv.FormatInt(n, 10)
	case *any:
		*d = n
	case sql.Scanner:
		return d.Scan(n)
	default:
		return reflected(dest, n, func(e reflect.Value) bool {
			switch {
			case e.CanInt() && !e.OverflowInt(n):
				e.SetInt(n)
			case e.CanUint() && n >= 0 && !e.OverflowUint(uint64(n)):
				e.SetUint(uint64(n))
			case e.Kind() == reflect.Bool && (n == 0 || n == 1):
				e.SetBool(n == 1)
			default:
				return false
			}
			return true
		})
	}
	return nil
}

func assignFloat(dest any, f float64) error {
	switch d := dest.(type) {
	case *float64:
		*d = f
	case *any:
		*d = f
	case sql.Scanner:
		return d.Scan(f)
	default:
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return assignInt(dest, int64(f))
		}
		return mismatch(dest, f)
	}
	return nil
}

func assignText(dest any, s string) error {
	switch d := dest.(type) {
	case *string:
		*d = s
	case *[]byte:
		*d = []byte(s)
	case *any:
		*d = s
	case sql.Scanner:
		return d.Scan(s)
	default:
		return reflected(dest, s, func(e reflect.Value) bool {
			switch {
			case e.Kind() == reflect.String:
				e.SetString(s)
			case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8:
				e.SetBytes([]byte(s))
			default:
				return digits(e, s)
			}
			return true
		})
	}
	return nil
}

// digits reads a number that the engine gives as text, as PostgreSQL does with
// the sum of a column.
func digits(e reflect.Value, s string) bool {
	switch {
	case e.CanInt():
		n, err := strconv.ParseInt(s, 10, e.Type().Bits())
		if err == nil {
			e.SetInt(n)
		}
		return err == nil
	case e.CanFloat():
		f, err := strconv.ParseFloat(s, e.Type().Bits())
		if err == nil {
			e.SetFloat(f)
		}
		return err == nil
	default:
		return false
	}
}

// assignBytes gives b away: its caller does not use it again.
func assignBytes(dest any, b []byte) error {
	switch d := dest.(type) {
	case *[]byte:
		*d = b
	case *string:
		*d = string(b)
	case *any:
		*d = b
	case sql.Scanner:
		return d.Scan(b)
	default:
		return reflected(dest, b, func(e reflect.Value) bool {
			switch {
			case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8:
				e.SetBytes(b)
			case e.Kind() == reflect.String:
				e.SetString(string(b))
			default:
				return false
			}
			return true
		})
	}
	return nil
}

// reflected has set write to what dest points to: a type of the house's own, or a
// pointer that may be nil.
func reflected(dest, v any, set func(reflect.Value) bool) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return mismatch(dest, v)
	}
	e := p.Elem()
	if e.Kind() == reflect.Pointer {
		fresh := reflect.New(e.Type().Elem())
		if err := assign(fresh.Interface(), v); err != nil {
			return err
		}
		e.Set(fresh)
		return nil
	}
	if !set(e) {
		return mismatch(dest, v)
	}
	return nil
}
