package web

import (
	"net/http"
	"strconv"
	"strings"
)

// takesGzip reports whether a reply in gzip is welcome (RFC 9110, 12.5.3): gzip
// is named, or a star is, and its weight is not zero.
func takesGzip(h http.Header) bool {
	star := false
	for one := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(one, ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return weighs(params)
		case "*":
			star = weighs(params)
		}
	}
	return star
}

// weighs reports whether the weight in params is above zero; one that cannot be
// read refuses, because plain text is always understood.
func weighs(params string) bool {
	name, value, given := strings.Cut(params, "=")
	if !given {
		return strings.TrimSpace(params) == ""
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return strings.EqualFold(strings.TrimSpace(name), "q") && err == nil && q > 0
}
