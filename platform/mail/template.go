package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	"fettle.dev/fettle/kernel/locale"
)

// Kind names a kind of letter, such as "case_received".
type Kind string

// letters holds the templates by kind and language.
type letters struct {
	mu   sync.RWMutex
	byID map[Kind]map[locale.Tag]*letter
}

type letter struct {
	subject, body *template.Template
	fields        []string // names of the data that it wants, sorted
}

var standard = &letters{byID: map[Kind]map[locale.Tag]*letter{}}

// Register adds the templates of a module, the files named <kind>.<language>.txt: a line
// "Subject: …", an empty line, and the body, with fields as {{.name}}. It panics
// on a template that is broken, twice there, or in no language that Fettle
// speaks, and on a kind that lacks one: all are mistakes of the build.
func Register(files fs.FS) bool {
	standard.register(files)
	return true
}

func (l *letters) register(files fs.FS) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".txt" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return l.add(strings.TrimSuffix(path.Base(name), ".txt"), string(text))
	})
	if err == nil {
		err = l.complete()
	}
	if err != nil {
		panic(fmt.Errorf("register letters: %w", err))
	}
}

func (l *letters) add(name, text string) error {
	kind, lang, _ := strings.Cut(name, ".")
	if !slices.Contains(locale.Spoken, locale.Tag(lang)) {
		return fmt.Errorf("%s: %q is not a language that Fettle speaks", name, lang)
	}
	head, body, ok := strings.Cut(text, "\n\n")
	subject, named := strings.CutPrefix(head, "Subject: ")
	if !ok || !named || strings.Contains(subject, "\n") {
		return fmt.Errorf("%s begins with no line of subject and an empty line", name)
	}
	var one letter
	var bad [2]error
	one.subject, bad[0] = template.New(name).Option("missingkey=error").Parse(subject)
	one.body, bad[1] = template.New(name).Option("missingkey=error").Parse(body)
	if err := errors.Join(bad[:]...); err != nil {
		return err
	}
	var plain bool
	if one.fields, plain = fieldsOf(one.subject, one.body); !plain {
		return fmt.Errorf("%s has more in it than fields", name)
	}
	if l.byID[Kind(kind)] == nil {
		l.byID[Kind(kind)] = map[locale.Tag]*letter{}
	}
	if _, twice := l.byID[Kind(kind)][locale.Tag(lang)]; twice {
		return fmt.Errorf("%s is there twice", name)
	}
	l.byID[Kind(kind)][locale.Tag(lang)] = &one
	return nil
}

// complete demands every language for every kind, with the same fields.
func (l *letters) complete() error {
	for kind, langs := range l.byID {
		for _, lang := range locale.Spoken {
			one, ok := langs[lang]
			if !ok {
				return fmt.Errorf("letter %s has no %s", kind, lang)
			}
			if english := langs[locale.English]; !slices.Equal(one.fields, english.fields) { // the first that is spoken
				return fmt.Errorf("letter %s wants %v in %s and %v in English", kind, one.fields, lang, english.fields)
			}
		}
	}
	return nil
}

// fieldsOf lists the fields that the templates name. Letters have no other
// actions, so that every translation is sure to say the same.
func fieldsOf(list ...*template.Template) (fields []string, plain bool) {
	for _, t := range list {
		for _, n := range t.Root.Nodes {
			action, ok := n.(*parse.ActionNode)
			if !ok && n.Type() != parse.NodeText {
				return nil, false
			}
			if ok {
				name, dot := strings.CutPrefix(action.Pipe.String(), ".")
				if !dot || strings.ContainsAny(name, ". |(") {
					return nil, false
				}
				fields = append(fields, name)
			}
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields), true
}

// Kinds lists the kinds of letters, sorted.
func Kinds() []Kind {
	standard.mu.RLock()
	defer standard.mu.RUnlock()
	var out []Kind
	for kind := range standard.byID {
		out = append(out, kind)
	}
	slices.Sort(out)
	return out
}

// Fields lists the names of the data that letters of the kind want, sorted.
func Fields(kind Kind) []string {
	one := standard.find(kind, locale.English)
	if one == nil {
		return nil
	}
	return slices.Clone(one.fields)
}

func (l *letters) find(kind Kind, lang locale.Tag) *letter {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.byID[kind][lang]
}

// Render returns subject and body of a letter. A kind that is not known and data
// that is missing are mistakes of the caller; the error holds no data.
func Render(kind Kind, lang locale.Tag, data map[string]string) (subject, body string, err error) {
	one := standard.find(kind, lang)
	if one == nil {
		return "", "", fmt.Errorf("there is no letter %q in %q", kind, lang)
	}
	for _, name := range one.fields {
		if _, ok := data[name]; !ok {
			return "", "", fmt.Errorf("letter %s lacks the field %q", kind, name)
		}
	}
	var s, b strings.Builder
	if err := errors.Join(one.subject.Execute(&s, data), one.body.Execute(&b, data)); err != nil {
		return "", "", fmt.Errorf("letter %s cannot be rendered", kind) // the cause may quote the data
	}
	return oneLine(s.String()), b.String(), nil
}

// oneLine keeps data from adding headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
