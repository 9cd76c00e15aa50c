package texts_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"fettle.dev/fettle/demo/texts"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/locale"
)

func TestThereAreEnough(t *testing.T) {
	t.Parallel()
	seen, languages, brands := map[string]bool{}, map[locale.Tag]int{}, map[string]int{}
	for _, r := range texts.Requests() {
		if seen[r.Text] {
			t.Errorf("%q is there twice", r.Text)
		}
		seen[r.Text] = true
		languages[r.Language]++
		brands[r.Brand]++
		if !utf8.ValidString(r.Text) || utf8.RuneCountInString(r.Text) < 6 || len(r.Text) > 1000 || strings.ContainsFunc(r.Text, unicode.IsControl) {
			t.Errorf("%q is no text", r.Text)
		}
		if han := strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.Is(unicode.Han, c) }); han != (r.Language == locale.Chinese) {
			t.Errorf("%q is not %s", r.Text, r.Language)
		}
	}
	t.Logf("%d texts: %v %v", len(seen), languages, brands)
	if len(seen) < 300 {
		t.Errorf("%d texts, want at least 300", len(seen))
	}
	for _, tag := range []locale.Tag{locale.Chinese, locale.English, "de"} {
		if languages[tag] < 80 {
			t.Errorf("%d texts in %s", languages[tag], tag)
		}
	}
	if len(brands) != 3 {
		t.Errorf("brands %v, want the three", brands)
	}
}

// Whatever can go wrong with a line there is something to say about, and what is
// said belongs to something.
func TestTopicsFitTheWorld(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, w := range []string{"install", "maintain", "inspect", "remove", "survey", "commission"} {
		known[w] = true
	}
	for _, l := range world.Make(world.Seed, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)).Lines {
		for _, s := range l.Symptoms {
			known[s.Code] = true
			if found, _ := texts.Of(l.Brand, s.Code, locale.English); len(found) == 0 {
				t.Errorf("nobody says anything about %s of %s", s.Code, l.Code)
			}
		}
	}
	for _, r := range texts.Requests() {
		if !known[r.Topic] {
			t.Errorf("%q is about %s, which no line knows", r.Text, r.Topic)
		}
	}
	for _, topic := range []string{
		texts.Chase, texts.Thanks, texts.Answer, texts.Promise, texts.Ask, texts.Part, texts.Resolved, texts.Note, texts.Good, texts.Bad,
	} {
		for _, tag := range []locale.Tag{locale.Chinese, locale.English, "de"} {
			if len(texts.Talk(topic, tag)) == 0 {
				t.Errorf("nothing to say on %s in %s", topic, tag)
			}
		}
	}
}

func TestNoRealBrands(t *testing.T) {
	t.Parallel()
	denied, err := os.ReadFile("../world/testdata/denied.txt")
	if err != nil {
		t.Fatal(err)
	}
	for d := range strings.Lines(string(denied)) {
		word := regexp.MustCompile(`(?i)(^|[^a-z])` + regexp.QuoteMeta(strings.TrimSpace(d)) + `($|[^a-z])`)
		for _, r := range texts.Requests() {
			if word.MatchString(r.Text) {
				t.Errorf("%q names %s", r.Text, strings.TrimSpace(d))
			}
		}
	}
}
