// Package i18n finds the words for a key in the reader's language.
//
// A catalogue is filled from JSON files, one per language (en.json, zh-CN.json),
// which live beside the module whose words they are. A text is plain, with
// arguments in braces: "no more than {max} characters". Where the number
// matters, the value is an object with the plural forms of the language, chosen
// by the argument "count": {"one": "{count} case", "other": "{count} cases"}.
//
// A key that a language lacks is answered in English, and a key that nobody
// knows with the key itself, so a missing text is ugly but never breaks a
// reply. Missing lists such gaps, and a test of the application keeps it empty.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"fettle.dev/fettle/kernel/locale"
)

//go:embed texts/*.json
var texts embed.FS

// message is a text by plural form; a plain text has only "other".
type message map[string]string

// Catalogue holds the texts of all languages. It is safe for concurrent use.
type Catalogue struct {
	mu    sync.RWMutex
	texts map[locale.Tag]map[string]message
}

var standard = func() *Catalogue {
	c := New()
	c.Register(texts)
	return c
}()

// New returns an empty catalogue.
func New() *Catalogue { return &Catalogue{texts: map[locale.Tag]map[string]message{}} }

// Standard returns the catalogue that Register fills and that the application uses.
func Standard() *Catalogue { return standard }

// Register adds the JSON files anywhere in files to the standard catalogue. A
// module calls it once, from a package-level variable or from its New. The
// result is only there so that it can stand in a variable.
func Register(files fs.FS) bool {
	standard.Register(files)
	return true
}

// Register adds the JSON files anywhere in files. The same key with the same
// text may come twice; it panics when two texts claim one key, when a file is
// no catalogue, or when its name is no language that Fettle speaks: all are
// mistakes of the build.
func (c *Catalogue) Register(files fs.FS) {
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return c.add(locale.Tag(strings.TrimSuffix(path.Base(name), ".json")), raw)
	})
	if err != nil {
		panic(fmt.Errorf("register texts: %w", err))
	}
}

func (c *Catalogue) add(lang locale.Tag, raw []byte) error {
	if !slices.Contains(locale.Spoken, lang) {
		return fmt.Errorf("%q is not a language that Fettle speaks", lang)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("texts in %s: %w", lang, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.texts[lang] == nil {
		c.texts[lang] = map[string]message{}
	}
	for key, v := range file {
		m, err := parse(v)
		if err != nil {
			return fmt.Errorf("text %s in %s: %w", key, lang, err)
		}
		if old, ok := c.texts[lang][key]; ok && !maps.Equal(old, m) {
			return fmt.Errorf("text %s in %s is claimed twice", key, lang)
		}
		c.texts[lang][key] = m
	}
	return nil
}

func parse(raw json.RawMessage) (message, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return message{"other": one}, nil
	}
	m := message{}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	for form := range m {
		if !slices.Contains(forms, form) {
			return nil, fmt.Errorf("%q is not a plural form", form)
		}
	}
	if m["other"] == "" {
		return nil, fmt.Errorf("the form %q is missing", "other")
	}
	return m, nil
}

// Text returns the words for key in a language, with the arguments filled in.
func (c *Catalogue) Text(lang locale.Tag, key string, args map[string]any) string {
	if s, ok := c.Find(lang, key, args); ok {
		return s
	}
	return key
}

// Find is Text that says whether the key is known, in the language or in English.
func (c *Catalogue) Find(lang locale.Tag, key string, args map[string]any) (string, bool) {
	c.mu.RLock()
	m, ok := c.texts[lang][key]
	if !ok {
		lang = locale.English
		m, ok = c.texts[lang][key]
	}
	c.mu.RUnlock()
	if !ok {
		return "", false
	}
	return fill(m.pick(lang, args["count"]), args), true
}

// Missing lists, as "language key", which of the wanted keys lack a text of
// their own in a spoken language, and which key of one language another lacks.
func (c *Catalogue) Missing(wanted ...string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := map[string]bool{}
	for _, k := range wanted {
		all[k] = true
	}
	for _, m := range c.texts {
		for k := range m {
			all[k] = true
		}
	}
	var gaps []string
	for _, lang := range locale.Spoken {
		for k := range all {
			if _, ok := c.texts[lang][k]; !ok {
				gaps = append(gaps, string(lang)+" "+k)
			}
		}
	}
	slices.Sort(gaps)
	return gaps
}

// Keys lists the English keys that begin with prefix, sorted.
func (c *Catalogue) Keys(prefix string) (keys []string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for k := range c.texts[locale.English] {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}
