// Package persons writes and reads the sealed fields of persons, inside the step
// of whoever meets the person: a case and its requester become durable together
// or not at all.
//
// Name, phone, e-mail and address lie in the database only sealed with the
// person's own key (package keys). A person is found by phone or e-mail through
// a keyed hash, never by the text. What is left after Erase is the id, the
// country and when the person came and went.
//
// Keys live in another database, so they are made or fetched outside the step:
// ring.Create comes before the step that calls Put, and Open, which fetches
// keys, is not called inside one. Contacts must be normalised (package vault
// does it); Put refuses others, because they would never be found again.
package persons

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Faults and errors of this package.
var (
	// ErrNotFound: the tenant has no such person.
	ErrNotFound = fault.New(fault.NotFound, "persons.not_found")
	// ErrErased: the person was erased and takes no data any more.
	ErrErased = fault.New(fault.Conflict, "persons.erased")
	// ErrStale: the person has changed since the caller looked.
	ErrStale = fault.New(fault.Stale, "persons.stale")
	// ErrNotNormal: a contact is not in the form in which contacts are looked up.
	ErrNotNormal = errors.New("persons: a contact is not normalised")
	// ErrKey: the key is another person's or another tenant's.
	ErrKey = errors.New("persons: the key belongs to somebody else")
)

// Person is somebody whose data Fettle holds. Every text may be "".
type Person struct {
	ID       id.Person
	Country  locale.Country // whose law applies
	Language locale.Tag
	Name     string
	Phone    string // E.164: +4915112345678
	Email    string // lower case
	Address  Address
	Erased   bool // the texts are gone for good
	Version  int64
	Created  time.Time // domain clock
}

// Address is where a person lives or is written to. The country is the person's.
type Address struct {
	Street   string `json:"street,omitempty" maxLength:"300"` // with house number, and whatever else it takes
	Postcode string `json:"postcode,omitempty" maxLength:"20"`
	City     string `json:"city,omitempty" maxLength:"120"`
	Region   string `json:"region,omitempty" maxLength:"120"`
}

// Kind is a kind of contact.
type Kind string

// The kinds of contacts by which persons are found.
const (
	Phone Kind = "phone"
	Email Kind = "email"
)

// Contact is a normalised way to reach somebody.
type Contact struct {
	Kind  Kind
	Value string
}

// Valid reports whether the contact has the form in which it is looked up: a
// plus and 6 to 15 digits, or an address in lower case without blanks.
func (c Contact) Valid() bool {
	switch c.Kind {
	case Phone:
		digits, plus := strings.CutPrefix(c.Value, "+")
		return plus && len(digits) >= 6 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
	case Email:
		return strings.Count(c.Value, "@") == 1 && c.Value == strings.ToLower(c.Value) && !strings.ContainsAny(c.Value, " \t\r\n")
	default:
		return false
	}
}

// contacts lists those that the person has.
func (p Person) contacts() (out []Contact) {
	if p.Phone != "" {
		out = append(out, Contact{Phone, p.Phone})
	}
	if p.Email != "" {
		out = append(out, Contact{Email, p.Email})
	}
	return out
}

// The contexts under which the fields are sealed.
const (
	sealName    = "persons_person.name"
	sealPhone   = "persons_person.phone"
	sealEmail   = "persons_person.email"
	sealAddress = "persons_person.address"
)

// Sealed is a person as stored: it opens with the person's key only.
type Sealed struct {
	open    Person // what is not sealed
	name    []byte
	phone   []byte
	email   []byte
	address []byte
}

// ID is whose data this is.
func (s Sealed) ID() id.Person { return s.open.ID }

// Plain returns what is not sealed: id, country, language, version, and whether
// the person is erased.
func (s Sealed) Plain() Person { return s.open }

// seal returns p's fields sealed with k; a field without text stays nil.
func seal(k *keys.Key, p Person) (s Sealed, err error) {
	s.open = p
	s.name, s.phone, s.email = sealText(k, sealName, p.Name), sealText(k, sealPhone, p.Phone), sealText(k, sealEmail, p.Email)
	if p.Address == (Address{}) {
		return s, nil
	}
	text, err := json.Marshal(p.Address)
	if err != nil {
		return s, fmt.Errorf("seal address: %w", err)
	}
	s.address = k.Seal(sealAddress, text)
	return s, nil
}

func sealText(k *keys.Key, context, text string) []byte {
	if text == "" {
		return nil
	}
	return k.Seal(context, []byte(text))
}

// Open returns the person in clear. A nil key stands for one that was
// destroyed: the person is Erased.
func (s Sealed) Open(k *keys.Key) (Person, error) {
	p := s.open
	if k == nil || p.Erased {
		p.Erased = true
		return p, nil
	}
	for _, f := range []struct {
		context string
		sealed  []byte
		to      *string
	}{{sealName, s.name, &p.Name}, {sealPhone, s.phone, &p.Phone}, {sealEmail, s.email, &p.Email}} {
		text, err := openText(k, f.context, f.sealed)
		if err != nil {
			return Person{}, err
		}
		*f.to = string(text)
	}
	text, err := openText(k, sealAddress, s.address)
	if err != nil || text == nil {
		return p, err
	}
	if err := json.Unmarshal(text, &p.Address); err != nil {
		return Person{}, errors.New("open address: not an address") // the cause would quote it
	}
	return p, nil
}

func openText(k *keys.Key, context string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	text, err := k.Open(context, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", context, err)
	}
	return text, nil
}
