package catalog

import (
	"net/url"
	"strings"
)

// GTIN is a global trade item number in its 14-digit form, or "".
type GTIN string

// ParseGTIN reads a trade item number of 8, 12, 13 or 14 digits (in China the
// 69 code) and checks its check digit.
func ParseGTIN(s string) (GTIN, error) {
	s = strings.TrimSpace(s)
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return "", ErrGTIN.At("/gtin", "length")
	}
	s = strings.Repeat("0", 14-len(s)) + s
	sum := 0
	for i := range len(s) {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return "", ErrGTIN.At("/gtin", "character")
		}
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	if sum%10 != 0 {
		return "", ErrGTIN.At("/gtin", "check_digit")
	}
	return GTIN(s), nil
}

// Link is what a GS1 digital link on a label says: which trade item, and which
// one of them.
type Link struct {
	GTIN   GTIN   `json:"gtin"`
	Serial string `json:"serial"` // in the form of Serial
}

// qualifiers are the key qualifiers of a trade item in the order in which a
// digital link may carry them: consumer product variant, lot, serial.
var qualifiers = []string{"22", "10", "21"}

// maxLink is the longest link that is looked at, in bytes.
const maxLink = 2000

// ParseLink reads a GS1 digital link such as
// https://id.example.com/01/09520123456788/21/SN-77, with or without the host.
// The link must name a serial; variant and lot may stand before it; what follows
// a question mark is not looked at. ErrLink, ErrGTIN or ErrSerial say why not.
func ParseLink(s string) (Link, error) {
	if len(s) > maxLink {
		return Link{}, ErrLink
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return Link{}, ErrLink
	}
	gtin, tail, ok := cutItem(u.EscapedPath())
	if !ok {
		return Link{}, ErrLink
	}
	var link Link
	if link.GTIN, err = ParseGTIN(gtin); err != nil {
		return Link{}, err
	}
	raw, err := serialOf(tail)
	if err != nil {
		return Link{}, err
	}
	link.Serial, err = Serial(raw)
	return link, err
}

// cutItem finds "/01/<gtin>" in the path, wherever a host may have put it, and
// returns the number and the segments after it.
func cutItem(path string) (gtin string, tail []string, ok bool) {
	seg := strings.Split(strings.Trim(path, "/"), "/")
	for i := range len(seg) - 1 {
		if seg[i] == "01" {
			return seg[i+1], seg[i+2:], true
		}
	}
	return "", nil, false
}

// serialOf walks the pairs of qualifier and value, in order, to the serial.
func serialOf(tail []string) (string, error) {
	next := 0
	for i := 0; i+1 < len(tail); i += 2 {
		for next < len(qualifiers) && qualifiers[next] != tail[i] {
			next++
		}
		if next == len(qualifiers) {
			return "", ErrLink
		}
		if tail[i] == "21" && i+2 == len(tail) {
			v, err := url.PathUnescape(tail[i+1])
			if err != nil {
				return "", ErrLink
			}
			return v, nil
		}
	}
	return "", ErrLink
}
