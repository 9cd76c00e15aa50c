package mail_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/mail"
)

// filled gives every field of the kind a value of its own.
func filled(kind mail.Kind) map[string]string {
	data := map[string]string{}
	for _, f := range mail.Fields(kind) {
		data[f] = "«" + f + "»"
	}
	return data
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	for _, kind := range mail.Kinds() {
		for _, f := range mail.Fields(kind) {
			data := filled(kind)
			delete(data, f)
			if _, _, err := mail.Render(kind, locale.English, data); err == nil || strings.Contains(err.Error(), "«") {
				t.Errorf("%s without %s: %v", kind, f, err)
			}
		}
	}
	if _, _, err := mail.Render("love_letter", locale.English, nil); err == nil {
		t.Error("a letter that nobody wrote was rendered")
	}
}

// Nobody adds a header by calling himself one.
func TestSubjectIsOneLine(t *testing.T) {
	t.Parallel()
	data := filled(mail.Greeting)
	data["brand"] = "Evil\r\nBcc: all@example.org"
	subject, _, err := mail.Render(mail.Greeting, locale.English, data)
	if err != nil || strings.ContainsAny(subject, "\r\n") {
		t.Errorf("the subject is %q, %v", subject, err)
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	const good = "Subject: S {{.a}}\n\nB {{.b}}\n"
	for name, files := range map[string]map[string]string{
		"a language that is missing":  {"x.en.txt": good},
		"another language's fields":   {"x.en.txt": good, "x.zh-CN.txt": "Subject: S\n\nB\n"},
		"a language nobody speaks":    {"x.en.txt": good, "x.zh-CN.txt": good, "x.tlh.txt": good},
		"no subject":                  {"x.en.txt": "B\n", "x.zh-CN.txt": "B\n"},
		"a broken template":           {"x.en.txt": "Subject: S\n\n{{.a\n", "x.zh-CN.txt": good},
		"a condition":                 {"x.en.txt": "Subject: S\n\n{{if .a}}x{{end}}\n", "x.zh-CN.txt": "Subject: S\n\n{{if .a}}x{{end}}\n"},
		"a letter that exists":        {"greeting.en.txt": good, "greeting.zh-CN.txt": good},
		"a field that is a pipeline":  {"x.en.txt": "Subject: S\n\n{{.a | print}}\n", "x.zh-CN.txt": good},
		"a subject that is two lines": {"x.en.txt": "Subject: S\nT\n\nB\n", "x.zh-CN.txt": good},
	} {
		t.Run(name, func(t *testing.T) {
			m := fstest.MapFS{}
			for n, text := range files {
				m[n] = &fstest.MapFile{Data: []byte(text)}
			}
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			mail.NewLetters(m)
		})
	}
	mail.NewLetters(fstest.MapFS{"x.en.txt": {Data: []byte(good)}, "x.zh-CN.txt": {Data: []byte(good)}})
}
