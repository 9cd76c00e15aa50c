package httpapi

import (
	"strconv"
	"strings"
)

// Match holds the If-Match header of a request against the version that is
// there. It returns ErrVersionRequired without the header, and ErrStale when the
// caller has seen another version. Use it inside the step that writes.
func Match(header string, version int64) error {
	if header == "" {
		return ErrVersionRequired
	}
	return MatchIfGiven(header, version)
}

// MatchIfGiven is Match for routes that do not insist on If-Match.
func MatchIfGiven(header string, version int64) error {
	if header == "" || header == "*" {
		return nil
	}
	want := strconv.FormatInt(version, 10)
	for one := range strings.SplitSeq(header, ",") {
		tag, ok := strings.CutPrefix(strings.TrimSpace(one), `"`)
		if !ok || !strings.HasSuffix(tag, `"`) {
			continue // weak tags and bare words never match (RFC 9110, 13.1.1)
		}
		seen, _, _ := strings.Cut(strings.TrimSuffix(tag, `"`), "-")
		if seen == want {
			return nil
		}
	}
	return ErrStale
}
