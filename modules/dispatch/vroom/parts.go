package vroom

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// parts finds where the parts of a problem begin and end and sees to it that all of it is
// JSON, in one go and without a copy: matrices are by far the largest part, and nobody
// waits for them to be looked at twice.
type parts struct {
	text []byte
	dec  *jsontext.Decoder
}

// partsOf reads a text as encoding/json does, which takes names twice and broken UTF-8.
func partsOf(text []byte) *parts {
	return &parts{text, jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// kind is what begins next.
func (p *parts) kind() jsontext.Kind { return p.dec.PeekKind() }

// object reads an object; member reads one value. It is false for what is no JSON.
func (p *parts) object(member func(name string) bool) bool {
	return p.each(func() bool {
		name, err := p.dec.ReadToken()
		return err == nil && member(name.String())
	})
}

// list reads an array as the texts of its values.
func (p *parts) list() (out []json.RawMessage, ok bool) {
	out = []json.RawMessage{}
	ok = p.each(func() bool {
		raw, ok := p.raw()
		out = append(out, raw)
		return ok
	})
	return out, ok
}

// each reads an object or an array, whose members one reads.
func (p *parts) each(one func() bool) bool {
	if _, err := p.dec.ReadToken(); err != nil {
		return false
	}
	for p.kind() != '}' && p.kind() != ']' {
		if !one() {
			return false
		}
	}
	_, err := p.dec.ReadToken()
	return err == nil
}

// raw reads any value and returns its text.
func (p *parts) raw() (json.RawMessage, bool) {
	v, err := p.dec.ReadValue()
	end := int(p.dec.InputOffset())
	return p.text[end-len(v) : end : end], err == nil
}

// skip reads any value.
func (p *parts) skip() bool { return p.dec.SkipValue() == nil }

// over reports whether nothing comes any more.
func (p *parts) over() bool {
	_, err := p.dec.ReadToken()
	return errors.Is(err, io.EOF)
}
