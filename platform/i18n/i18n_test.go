package i18n_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/i18n"
)

func catalogue(en, zh string) *i18n.Catalogue {
	c := i18n.New()
	c.Register(fstest.MapFS{"texts/en.json": {Data: []byte(en)}, "texts/zh-CN.json": {Data: []byte(zh)}})
	return c
}

func TestText(t *testing.T) {
	t.Parallel()
	c := catalogue(
		`{"a":"no more than {max} of {what}","n":{"one":"{count} case","other":"{count} cases"},"en.only":"x {y"}`,
		`{"a":"最多 {max} 个{what}","n":"{count} 个服务请求"}`)
	for _, tt := range []struct {
		name string
		lang locale.Tag
		key  string
		args map[string]any
		want string
	}{
		{"arguments", locale.English, "a", map[string]any{"max": 3, "what": "parts"}, "no more than 3 of parts"},
		{"chinese", locale.Chinese, "a", map[string]any{"max": 3, "what": "备件"}, "最多 3 个备件"},
		{"argument missing stays", locale.English, "a", map[string]any{"max": 3}, "no more than 3 of {what}"},
		{"an argument is not read again", locale.English, "a", map[string]any{"max": "{what}", "what": "p"}, "no more than {what} of p"},
		{"no arguments", locale.English, "a", nil, "no more than {max} of {what}"},
		{"one", locale.English, "n", map[string]any{"count": 1}, "1 case"},
		{"none", locale.English, "n", map[string]any{"count": 0}, "0 cases"},
		{"many", locale.English, "n", map[string]any{"count": int64(1_000_000_001)}, "1000000001 cases"},
		{"chinese has one form", locale.Chinese, "n", map[string]any{"count": 1}, "1 个服务请求"},
		{"falls back to English", locale.Chinese, "en.only", map[string]any{"y": 1}, "x {y"},
		{"unknown key", locale.English, "nobody.knows", nil, "nobody.knows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Text(tt.lang, tt.key, tt.args); got != tt.want {
				t.Errorf("Text(%s, %s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	c := catalogue(`{"a":"x","b":"y"}`, `{"a":"x"}`)
	want := []string{"en c", "zh-CN b", "zh-CN c"}
	if d := cmp.Diff(want, c.Missing("a", "c")); d != "" {
		t.Errorf("Missing differs (-want +got):\n%s", d)
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]fstest.MapFS{
		"two texts for one key":  {"a/en.json": {Data: []byte(`{"k":"x"}`)}, "b/en.json": {Data: []byte(`{"k":"y"}`)}},
		"unknown language":       {"fr.json": {Data: []byte(`{}`)}},
		"no catalogue":           {"en.json": {Data: []byte(`[]`)}},
		"unknown plural form":    {"en.json": {Data: []byte(`{"k":{"other":"x","some":"y"}}`)}},
		"plural without 'other'": {"en.json": {Data: []byte(`{"k":{"one":"x"}}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("Register did not panic")
				}
			}()
			i18n.New().Register(file)
		})
	}
	c := i18n.New()
	same := fstest.MapFS{"en.json": {Data: []byte(`{"k":"x"}`)}}
	c.Register(same)
	c.Register(same) // the same text twice is no contradiction
}

func TestStandardHasNoGaps(t *testing.T) {
	t.Parallel()
	if gaps := i18n.Standard().Missing(); len(gaps) > 0 {
		t.Errorf("texts are missing: %v", gaps)
	}
}
