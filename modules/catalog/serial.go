package catalog

import (
	"strings"
)

// maxSerial is the longest serial, in characters.
const maxSerial = 40

// Serial brings a serial number into the one form in which units are stored and
// looked up: capitals, without the separators that people and labels put in
// between, full-width characters as plain ones. Characters that look alike (O
// and 0, I and 1) stay as they are: some brands use both, and guessing would
// merge two units. ErrSerial says that nothing is left, that it is too long, or
// that a character cannot be part of a serial.
func Serial(s string) (string, error) {
	var b strings.Builder
	for _, r := range s {
		r = narrow(r)
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteByte(byte(r - 'a' + 'A'))
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("+#*&%", r):
			b.WriteByte(byte(r))
		case separator(r):
		default:
			return "", ErrSerial.At("/serial", "character")
		}
		if b.Len() > maxSerial {
			return "", ErrSerial.At("/serial", "too_long")
		}
	}
	if b.Len() == 0 {
		return "", ErrSerial.At("/serial", "required")
	}
	return b.String(), nil
}

// narrow turns a full-width form, as Chinese keyboards type it, into the plain one.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// separator reports whether r only divides a serial for the eye.
func separator(r rune) bool {
	return strings.ContainsRune(" \t\u00a0\u2009\u202f\u3000-_./:,;|\\'\"()[]\u2010\u2011\u2012\u2013\u2014\u2212\u200b\ufeff", r)
}
