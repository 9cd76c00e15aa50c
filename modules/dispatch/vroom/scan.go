package vroom

import "encoding/json"

// scanner reads JSON byte by byte. It finds where the parts of a problem begin and end
// and sees to it that all of it is JSON, in one go and without a copy: matrices are by
// far the largest part, and nobody waits for them to be looked at twice. What is small
// is read by encoding/json.
type scanner struct {
	text []byte
	pos  int
}

// deepest is how far values may be nested, as encoding/json has it.
const deepest = 10_000

// peek is the next byte that is no space, or 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// take reads the next byte if it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// object reads an object; member reads one value. It is false for what is no JSON.
func (s *scanner) object(member func(name string) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		name, ok := s.name()
		if !ok || !member(name) {
			return false
		}
		if !s.take(',') {
			return s.take('}')
		}
	}
}

// name reads the name of a member and the colon.
func (s *scanner) name() (name string, ok bool) {
	if s.peek() != '"' {
		return "", false
	}
	raw, ok := s.raw()
	return name, ok && json.Unmarshal(raw, &name) == nil && s.take(':')
}

// list reads an array as the texts of its values.
func (s *scanner) list() (out []json.RawMessage, ok bool) {
	out = []json.RawMessage{}
	if !s.take('[') {
		return nil, false
	}
	if s.take(']') {
		return out, true
	}
	for {
		raw, ok := s.raw()
		if !ok {
			return nil, false
		}
		out = append(out, raw)
		if !s.take(',') {
			return out, s.take(']')
		}
	}
}

// raw reads any value and returns its text.
func (s *scanner) raw() (text json.RawMessage, ok bool) {
	s.peek()
	begin := s.pos
	ok = s.value(0)
	return json.RawMessage(s.text[begin:s.pos:s.pos]), ok
}

// value reads any value.
func (s *scanner) value(depth int) bool {
	switch c := s.peek(); c {
	case '{', '[':
		return depth < deepest && s.values(c == '{', depth+1)
	case '"':
		return s.string()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.numeral()
	}
}

// values reads an object or an array.
func (s *scanner) values(named bool, depth int) bool {
	end := byte(']')
	if named {
		end = '}'
	}
	s.pos++
	if s.take(end) {
		return true
	}
	for {
		if named && (s.peek() != '"' || !s.string() || !s.take(':')) {
			return false
		}
		if !s.value(depth) {
			return false
		}
		if !s.take(',') {
			return s.take(end)
		}
	}
}

func (s *scanner) word(w string) bool {
	if len(s.text)-s.pos < len(w) || string(s.text[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

// numeral reads a number.
func (s *scanner) numeral() bool {
	if s.pos < len(s.text) && s.text[s.pos] == '-' {
		s.pos++
	}
	if first := s.pos; s.digits() == 0 || s.text[first] == '0' && s.pos > first+1 {
		return false
	}
	if s.pos < len(s.text) && s.text[s.pos] == '.' {
		if s.pos++; s.digits() == 0 {
			return false
		}
	}
	if s.pos < len(s.text) && (s.text[s.pos] == 'e' || s.text[s.pos] == 'E') {
		s.pos++
		if s.pos < len(s.text) && (s.text[s.pos] == '+' || s.text[s.pos] == '-') {
			s.pos++
		}
		return s.digits() > 0
	}
	return true
}

// digits reads decimal digits and returns how many.
func (s *scanner) digits() int {
	begin := s.pos
	for s.pos < len(s.text) && s.text[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos - begin
}

// string reads a text in quotes.
func (s *scanner) string() bool {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return true
		case c < ' ':
			return false
		case c == '\\' && !s.escape():
			return false
		}
	}
	return false
}

// escape reads what follows a backslash, up to its last byte.
func (s *scanner) escape() bool {
	s.pos++
	if s.pos >= len(s.text) {
		return false
	}
	switch s.text[s.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			s.pos++
			if s.pos >= len(s.text) || !hex(s.text[s.pos]) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

func hex(c byte) bool {
	return c-'0' <= 9 || c-'a' <= 'f'-'a' || c-'A' <= 'F'-'A'
}
