package desk

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
)

// Intake is what a case begins with, from whatever channel.
type Intake struct {
	Brand     string     `json:"brand" doc:"code of the brand" minLength:"1" maxLength:"40"`
	Channel   Channel    `json:"channel,omitempty" enum:"portal,phone,email,chat,order,api,import" doc:"where it came from; api if absent"`
	WorkType  WorkType   `json:"work_type,omitempty" enum:"install,commission,repair,inspect,maintain,survey,retrofit,remove" doc:"repair if absent"`
	Priority  Priority   `json:"priority,omitempty" minimum:"1" maximum:"4" doc:"1 critical to 4 low; 3 if absent"`
	Serial    string     `json:"serial,omitempty" maxLength:"64"`
	Model     string     `json:"model,omitempty" maxLength:"64" doc:"code of the model, when the serial is not known"`
	Symptom   string     `json:"symptom,omitempty" maxLength:"64" doc:"code of the symptom"`
	Text      string     `json:"text" minLength:"1" maxLength:"8000" doc:"what the customer says"`
	Language  locale.Tag `json:"language,omitempty" maxLength:"35" doc:"of the text; BCP 47"`
	Requester Requester  `json:"requester"`
	Parties   []Party    `json:"parties,omitempty" maxItems:"4" doc:"who else plays a part: who opens the door, owns the unit, pays"`
	Site      Site       `json:"site"`
	OpenedAt  time.Time  `json:"opened_at,omitzero" doc:"for imports of the past; now if absent"`
}

// Requester is who asks.
type Requester struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	Email string `json:"email,omitempty" maxLength:"254"`
}

// Site is where the unit stands.
type Site struct {
	Country  locale.Country `json:"country" minLength:"2" maxLength:"2" doc:"ISO 3166-1 alpha-2"`
	Postcode string         `json:"postcode,omitempty" maxLength:"20"`
	City     string         `json:"city,omitempty" maxLength:"120"`
	Street   string         `json:"street,omitempty" maxLength:"240"`
	Point    geo.Point      `json:"point,omitzero"`
}

// shapeCode is what a code looks like, the catalogue's or a brand's own: one
// word, or two such as "E 12", in any script.
var shapeCode = regexp.MustCompile(`^[\pL\pN][\pL\pN._/-]*( [\pL\pN._/-]+)?$`)

// Check returns the intake with blanks trimmed and what is absent filled in, or
// ErrIntake with every field that is wrong.
func (in Intake) Check(now time.Time) (Intake, error) {
	bad := ErrIntake
	for _, s := range []*string{&in.Brand, &in.Serial, &in.Model, &in.Symptom, &in.Text, &in.Requester.Name, &in.Requester.Phone, &in.Requester.Email, &in.Site.Postcode, &in.Site.City, &in.Site.Street} {
		*s = strings.TrimSpace(*s)
		if !utf8.ValidString(*s) || strings.ContainsRune(*s, 0) {
			bad = bad.At("", "not_text")
			*s = ""
		}
	}
	if in.Text == "" {
		bad = bad.At("/text", "required")
	}
	if in.Requester.Name == "" {
		bad = bad.At("/requester/name", "required")
	}
	if in.Symptom != "" && !shapeCode.MatchString(in.Symptom) { // it is kept in clear and told in events: never a text
		bad = bad.At("/symptom", "shape")
	}
	if !in.Site.Country.Valid() {
		bad = bad.At("/site/country", "shape")
	}
	if !in.Site.Point.Valid() {
		bad = bad.At("/site/point", "range")
	}
	if in.Language != "" && !in.Language.Valid() {
		bad = bad.At("/language", "shape")
	}
	in.Parties = slices.Clone(in.Parties)
	bad = checkParties(bad, in.Parties, in.Site.Country)
	if in.OpenedAt.After(now) {
		bad = bad.At("/opened_at", "future")
	}
	in.fill(now)
	if len(bad.Fields) > 0 {
		return in, bad
	}
	return in, nil
}

func (in *Intake) fill(now time.Time) {
	if in.Channel == "" {
		in.Channel = ByAPI
	}
	if in.WorkType == "" {
		in.WorkType = Repair
	}
	if in.Priority == 0 {
		in.Priority = Normal
	}
	if in.OpenedAt.IsZero() {
		in.OpenedAt = now
	}
	if in.Language == "" {
		in.Language = locale.English
	}
}
