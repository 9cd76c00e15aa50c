package desk

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
)

// Party is somebody who plays a part in a case beside the requester.
type Party struct {
	Role  vault.PartyRole `json:"role" enum:"user_on_site,owner,payer,organisation"`
	Name  string          `json:"name" minLength:"1" maxLength:"200"`
	Phone string          `json:"phone,omitempty" maxLength:"40"`
	Email string          `json:"email,omitempty" maxLength:"254"`
}

// maxParties is one for each part but the requester's.
const maxParties = 4

// PartyReader is what other modules may ask about parties, outside of a step.
type PartyReader interface {
	// Party returns who plays the part in the case; zero: nobody is named.
	Party(ctx context.Context, tenant id.Tenant, c id.Case, role vault.PartyRole) (id.Person, error)
}

// NamedParty is a party who has become a person of the vault.
type NamedParty struct {
	Role   vault.PartyRole `json:"role"`
	Person id.Person       `json:"person"`
}

// Check returns the party of a case in the country with blanks trimmed and with
// contacts in the form in which they are looked up, or ErrIntake with every field
// that is wrong. The requester is not named as a party: a case has them anyway.
func (p Party) Check(country locale.Country) (Party, error) {
	if bad := p.check(ErrIntake, "", country); len(bad.Fields) > 0 {
		return p, bad
	}
	return p, nil
}

func (p *Party) check(bad *fault.Fault, at string, country locale.Country) *fault.Fault {
	for _, s := range []*string{&p.Name, &p.Phone, &p.Email} {
		*s = strings.TrimSpace(*s)
		if !utf8.ValidString(*s) || strings.ContainsRune(*s, 0) {
			bad = bad.At(at, "not_text")
			*s = ""
		}
	}
	if !p.Role.Valid() || p.Role == vault.Requester {
		bad = bad.At(at+"/role", "unknown")
	}
	if p.Name == "" {
		bad = bad.At(at+"/name", "required")
	}
	var err error
	if p.Phone, err = vault.Phone(country, p.Phone); err != nil {
		bad = bad.At(at+"/phone", "shape")
	}
	if p.Email, err = vault.Email(p.Email); err != nil {
		bad = bad.At(at+"/email", "shape")
	}
	return bad
}

// checkParties checks all parties of an intake: each part has one.
func checkParties(bad *fault.Fault, list []Party, country locale.Country) *fault.Fault {
	if len(list) > maxParties {
		return bad.At("/parties", "too_many")
	}
	seen := map[vault.PartyRole]bool{}
	for i := range list {
		at := "/parties/" + strconv.Itoa(i)
		bad = list[i].check(bad, at, country)
		if seen[list[i].Role] {
			bad = bad.At(at+"/role", "twice")
		}
		seen[list[i].Role] = true
	}
	return bad
}
