// Package locale names languages and countries, and chooses a language that
// Fettle speaks.
package locale

import "golang.org/x/text/language"

// Tag is a BCP 47 language tag such as "zh-CN", "de" or "en".
type Tag string

// Country is an ISO 3166-1 alpha-2 code in capitals.
type Country string

// The languages of Fettle's own texts.
const (
	English Tag = "en"
	Chinese Tag = "zh-CN"
)

// Spoken are the languages of Fettle's own texts, the default first.
var Spoken = []Tag{English, Chinese}

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// Best returns the spoken language that fits an Accept-Language header, or a
// single tag, best; English when none does.
func Best(accept string) Tag {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return English
	}
	_, i, conf := matcher.Match(tags...)
	if conf == language.No {
		return English
	}
	return Spoken[i]
}

// Valid reports whether t is well formed.
func (t Tag) Valid() bool {
	_, err := language.Parse(string(t))
	return err == nil && len(t) <= 35
}

// Valid reports whether c has the shape of a country code.
func (c Country) Valid() bool {
	return len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z'
}
