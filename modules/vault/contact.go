package vault

import (
	"net/mail"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
)

// ErrContact: a phone number or an e-mail address is not one. Its field names
// which.
var ErrContact = fault.New(fault.Invalid, "vault.contact")

// Phone returns the number in E.164 form (+4915112345678). A number without a
// country code is read as one of the country. "" stays "".
func Phone(country locale.Country, s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	n, err := phonenumbers.Parse(s, string(country))
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return "", ErrContact.At("/phone", "shape")
	}
	out := phonenumbers.Format(n, phonenumbers.E164)
	if len(out) < len("+491234") { // possible within a town, but nobody can be told apart by it
		return "", ErrContact.At("/phone", "shape")
	}
	if again, err := phonenumbers.Parse(out, ""); err != nil || phonenumbers.Format(again, phonenumbers.E164) != out {
		return "", ErrContact.At("/phone", "shape") // "000000" loses a zero each time that it is read
	}
	return out, nil
}

// Email returns the address in lower case. The local part may in theory depend
// on case; no provider people write to does. "" stays "".
func Email(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsAny(s, " \t\r\n\"") || !strings.Contains(s[strings.LastIndexByte(s, '@')+1:], ".") {
		return "", ErrContact.At("/email", "shape")
	}
	return strings.ToLower(a.Address), nil
}
