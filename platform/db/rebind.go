package db

import (
	"strconv"
	"strings"
	"sync"
)

var rebound sync.Map // query → query

// rebind writes ? as $1, $2 … outside of literals, quoted names and comments.
func rebind(query string) string {
	if out, ok := rebound.Load(query); ok {
		return out.(string)
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(query); {
		end := skip(query, i)
		if end == i+1 && query[i] == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
		} else {
			b.WriteString(query[i:end])
		}
		i = end
	}
	rebound.Store(query, b.String())
	return b.String()
}

// skip returns the end of the token at i: a literal, a quoted name, a comment,
// or one byte.
func skip(q string, i int) int {
	until := func(from int, mark string) int {
		if j := strings.Index(q[from:], mark); j >= 0 {
			return from + j + len(mark)
		}
		return len(q)
	}
	switch {
	case q[i] == '\'':
		return until(i+1, "'")
	case q[i] == '"':
		return until(i+1, `"`)
	case strings.HasPrefix(q[i:], "--"):
		return until(i, "\n")
	case strings.HasPrefix(q[i:], "/*"):
		return until(i+2, "*/")
	default:
		return i + 1
	}
}
