package vroom

import (
	"fettle.dev/fettle/modules/dispatch/routing"
)

const (
	maxLeg  = 1 << 28   // the most that an entry of a matrix may be
	maxCell = 1<<32 - 1 // the largest number at hand
)

// table is a square matrix of whole numbers; routing.Unreachable stands where
// there is no way: for null and, among ways, for more than maxLeg.
type table struct {
	n     int
	cells []int32
}

func (t *table) at(i, j int) int32 { return t.cells[i*t.n+j] }

// scanner reads a matrix byte by byte: text that is JSON already is easy to read.
type scanner struct {
	text []byte
	pos  int
}

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

// number reads a whole number or null. What is too much is none, or routing.Unreachable
// among ways.
func (s *scanner) number(ways bool) (int32, bool) {
	c := s.peek()
	if c == 'n' {
		s.pos += len("null")
		return routing.Unreachable, true
	}
	begin, v := s.pos, int64(0)
	for ; s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9'; s.pos++ {
		v = v*10 + int64(s.text[s.pos]-'0')
		if v > maxCell {
			return 0, false
		}
	}
	if v > maxLeg {
		if !ways {
			return 0, false
		}
		v = int64(routing.Unreachable)
	}
	if s.pos == begin {
		return 0, false
	}
	c = s.peek()
	return int32(v), c == ',' || c == ']' // else it has a fraction or an exponent
}

// row reads one row and appends it to cells; bad is where it is wrong, or -1.
func (s *scanner) row(cells []int32, ways bool) (out []int32, count, bad int) {
	if !s.take('[') {
		return cells, 0, 0
	}
	if s.take(']') {
		return cells, 0, -1
	}
	for {
		v, ok := s.number(ways)
		if !ok {
			return cells, count, count
		}
		cells, count = append(cells, v), count+1
		if !s.take(',') {
			return cells, count, -1
		}
		if count > MaxPlaces {
			return cells, count, count
		}
	}
}

// readTable reads a square matrix; text is valid JSON. A matrix may have more
// rows than there are places, but not more than memory is set aside for.
func readTable(r *report, text []byte, ways bool, pointer string) (t table) {
	s := scanner{text: text}
	if !s.take('[') {
		r.wrong("shape", "%s", pointer)
		return t
	}
	for rows := 0; ; rows++ {
		if rows == 0 && s.take(']') {
			break
		}
		cells, count, bad := s.row(t.cells, ways)
		switch {
		case count > MaxPlaces:
			r.tooMany(pointer, MaxPlaces)
			return t
		case bad >= 0:
			r.wrong("out_of_range", "%s/%d/%d", pointer, rows, bad)
			return t
		case rows > 0 && count != t.n:
			r.wrong("does_not_fit", "%s/%d", pointer, rows)
			return t
		}
		if rows == 0 {
			cells = append(make([]int32, 0, min(count*count, len(text)/2)), cells...)
		}
		t.n, t.cells = count, cells
		s.take(']') // the row
		if !s.take(',') {
			break
		}
		if rows >= t.n {
			break // too many rows: said below
		}
	}
	if t.n*t.n != len(t.cells) || s.peek() != ']' && t.n > 0 {
		r.wrong("does_not_fit", "%s", pointer)
	}
	return t
}
