package app_test

import (
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/mail"
)

// Every letter that a module may send can be rendered in every language, and
// says there all that it was given.
func TestEveryLetterInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, news := range []desk.News{desk.Received, desk.Answered, desk.VisitBooked, desk.VisitMoved, desk.VisitOff, desk.PartAwaited, desk.Solved} {
		if !slices.Contains(mail.Kinds(), mail.Kind(news)) {
			t.Errorf("there is no letter %s", news)
		}
	}
	if !slices.Contains(mail.Kinds(), "data_requested") {
		t.Error("a person who asks for their data has nothing in writing")
	}
	for _, kind := range mail.Kinds() {
		data := map[string]string{}
		for _, f := range mail.Fields(kind) {
			data[f] = "«" + f + "»"
		}
		var said []string
		for _, lang := range locale.Spoken {
			subject, body, err := mail.Render(kind, lang, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range mail.Fields(kind) {
				if !strings.Contains(subject+body, data[f]) {
					t.Errorf("%s in %s does not say %s", kind, lang, f)
				}
			}
			if strings.Contains(subject, "\n") || subject == "" || !strings.HasSuffix(body, "\n") || strings.Contains(subject+body, "{{") {
				t.Errorf("%s in %s reads %q, %q", kind, lang, subject, body)
			}
			said = append(said, body)
		}
		if said[0] == said[1] {
			t.Errorf("%s says the same in both languages", kind)
		}
	}
}
