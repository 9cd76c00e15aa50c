package vault_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country locale.Country
		give    string
		want    string
	}{
		{"DE", "0151 12345678", "+4915112345678"},
		{"DE", "+49 (151) 123-45678", "+4915112345678"},
		{"CN", "138 0013 8000", "+8613800138000"},
		{"US", "(415) 555-2671", "+14155552671"},
		{"DE", "", ""},
		{"DE", "hello", "error"},
		{"DE", "12", "error"},
		{"DE", "000000", "error"},
	} {
		got, err := vault.Phone(tt.country, tt.give)
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("Phone(%s, %q) = %q, want %q", tt.country, tt.give, got, tt.want)
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{
		" Jane.Doe@Example.ORG ":  "jane.doe@example.org",
		"":                        "",
		"jane":                    "error",
		"jane@":                   "error",
		"Jane <jane@example.org>": "error",
		"jane@example.org\n":      "jane@example.org",
		"ja ne@example.org":       "error",
		"jane@localhost":          "error",
	} {
		got, err := vault.Email(give)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("Email(%q) = %q, want %q", give, got, want)
		}
	}
}

// What is normal stays as it is, so that it is found again.
func TestNormalIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`\+?[0-9 ()-]{3,18}`).Draw(t, "phone")
		once, err := vault.Phone("DE", s)
		if err != nil {
			return
		}
		if twice, err := vault.Phone("CN", once); err != nil || twice != once {
			t.Fatalf("%q is %q and then %q, %v", s, once, twice, err)
		}
		m := rapid.StringMatching(`[A-Za-z0-9.+_-]{1,12}@[A-Za-z0-9-]{1,10}\.[A-Za-z]{2,6}`).Draw(t, "email")
		if one, err := vault.Email(m); err == nil {
			if two, err := vault.Email(strings.ToUpper(one)); err != nil || two != one {
				t.Fatalf("%q is %q and then %q, %v", m, one, two, err)
			}
		}
	})
}
