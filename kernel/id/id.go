// Package id is the register of typed identifiers.
//
// An identifier is sixteen bytes (UUIDv7, so ids made later sort later) and is
// stored as such. On the wire it is the prefix of its kind, an underscore and
// 26 Crockford base-32 characters: case_01JC…. Ids are made on the machine
// clock and no order of events may be read from them.
package id

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// ID names a thing of kind K. IDs of two kinds do not mix. The zero ID names
// nothing, is stored as NULL and is written as "".
type ID[K Kind] [16]byte

// Raw is an id whose kind the holder does not care about, such as the subject
// of an event.
type Raw = [16]byte

// Kind is implemented by the markers in kinds.go.
type Kind interface{ prefix() string }

// ErrShape is returned for text that is not an identifier of the wanted kind.
var ErrShape = errors.New("not an identifier of this kind")

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

var digit = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = int8(i)
		t[alphabet[i]&^0x20] = int8(i) // upper case of letters; digits stay below
	}
	for i := range 10 { // the line above would map control characters too
		t[alphabet[i]&^0x20] = -1
		t['0'+i] = int8(i)
	}
	return t
}()

// New returns a fresh identifier. It panics if the machine has no randomness.
func New[K Kind]() ID[K] { return ID[K](uuid.Must(uuid.NewV7())) }

// Parse reads the wire form.
func Parse[K Kind](s string) (ID[K], error) {
	var k K
	tail, ok := strings.CutPrefix(s, k.prefix()+"_")
	if !ok {
		return ID[K]{}, ErrShape
	}
	raw, err := decode(tail)
	return ID[K](raw), err
}

// FromBytes returns the identifier stored as b.
func FromBytes[K Kind](b []byte) (ID[K], error) {
	if len(b) != 16 {
		return ID[K]{}, fmt.Errorf("id of %d bytes: %w", len(b), ErrShape)
	}
	return ID[K](b), nil
}

// IsZero reports whether i names nothing.
func (i ID[K]) IsZero() bool { return i == ID[K]{} }

// Raw returns the sixteen bytes.
func (i ID[K]) Raw() Raw { return Raw(i) }

// String is the wire form, or "" for the zero ID.
func (i ID[K]) String() string {
	if i.IsZero() {
		return ""
	}
	var k K
	return string(encode(append(make([]byte, 0, 32), k.prefix()+"_"...), i))
}

// MarshalText implements encoding.TextMarshaler.
func (i ID[K]) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; "" is the zero ID.
func (i *ID[K]) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*i = ID[K]{}
		return nil
	}
	*i, err = Parse[K](string(b))
	return err
}

// Value implements driver.Valuer: sixteen bytes, or NULL for the zero ID.
func (i ID[K]) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i[:], nil
}

// Scan implements sql.Scanner.
func (i *ID[K]) Scan(src any) error {
	switch b := src.(type) {
	case nil:
		*i = ID[K]{}
		return nil
	case []byte:
		got, err := FromBytes[K](b)
		*i = got
		return err
	default:
		return fmt.Errorf("scan id from %T: %w", src, ErrShape)
	}
}

// encode appends 16 bytes as 26 characters, 5 bits each, most significant
// first; the first character holds only the top 3 bits.
func encode(dst []byte, raw Raw) []byte {
	hi, lo := be(raw[:8]), be(raw[8:])
	for n := 125; n >= 0; n -= 5 {
		dst = append(dst, alphabet[shift(hi, lo, n)&31])
	}
	return dst
}

func shift(hi, lo uint64, n int) uint64 {
	if n >= 64 {
		return hi >> (n - 64)
	}
	return lo>>n | hi<<(64-n)
}

func be(b []byte) (v uint64) {
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

func decode(s string) (raw Raw, err error) {
	if len(s) != 26 || s[0] > '7' {
		return raw, ErrShape
	}
	var hi, lo uint64
	for i := range len(s) {
		d := digit[s[i]]
		if d < 0 {
			return raw, ErrShape
		}
		hi = hi<<5 | lo>>59
		lo = lo<<5 | uint64(d)
	}
	for i := range 8 {
		raw[i], raw[i+8] = byte(hi>>(56-8*i)), byte(lo>>(56-8*i))
	}
	return raw, nil
}
