// Package texts holds what the customers, agents and technicians of the demo
// say, in Chinese, English and German.
//
// The texts are the project's own: written for it, copied from nowhere, and
// about nobody. data/<brand>.<language>.txt holds requests and orders by the
// code of the symptom or the kind of work; data/talk.<language>.txt holds what
// is said while a case runs.
package texts

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"fettle.dev/fettle/kernel/locale"
)

//go:embed data/*.txt
var data embed.FS

// What is said while a case runs: the topics of Talk.
const (
	Chase    = "chase"    // a customer urges
	Thanks   = "thanks"   // a customer is content
	Answer   = "answer"   // a customer answers a question
	Promise  = "promise"  // an agent answers for the first time
	Ask      = "ask"      // an agent asks something
	Part     = "part"     // an agent says that a part is missing
	Resolved = "resolved" // an agent says that it is done
	Note     = "note"     // an agent writes to colleagues
	Good     = "good"     // a customer rates well
	Bad      = "bad"      // a customer rates badly
)

// Request is something that a customer or a brand asks for.
type Request struct {
	Brand    string
	Language locale.Tag
	Topic    string // code of the symptom, or the kind of work in small letters
	Text     string
}

type key struct {
	who, topic string
	language   locale.Tag
}

type library struct {
	byKey    map[key][]string
	requests []Request
}

var read = sync.OnceValue(func() library {
	lib := library{byKey: map[key][]string{}}
	names, err := data.ReadDir("data")
	if err != nil {
		panic(fmt.Sprintf("texts: %v", err)) // it is embedded
	}
	for _, n := range names {
		body, err := data.ReadFile(path.Join("data", n.Name()))
		if err != nil {
			panic(fmt.Sprintf("texts: %v", err))
		}
		who, rest, _ := strings.Cut(n.Name(), ".")
		lib.add(who, locale.Tag(strings.TrimSuffix(rest, ".txt")), body)
	}
	return lib
})

// add reads a file: "## topic", then a text on each line.
func (l *library) add(who string, tag locale.Tag, body []byte) {
	topic := ""
	for s := bufio.NewScanner(bytes.NewReader(body)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if t, heading := strings.CutPrefix(line, "## "); heading {
			topic = t
			continue
		}
		if line == "" {
			continue
		}
		k := key{who, topic, tag}
		l.byKey[k] = append(l.byKey[k], line)
		if who != talk {
			l.requests = append(l.requests, Request{who, tag, topic, line})
		}
	}
}

const talk = "talk"

// Requests returns every request and order. The slice is the caller's.
func Requests() []Request { return slices.Clone(read().requests) }

// Of returns the brand's requests on the topic, in the language if there are
// any, else in English, else in any language; and the language that it is.
// Nobody may change the slice.
func Of(brand, topic string, tag locale.Tag) ([]string, locale.Tag) {
	lib := read()
	for _, t := range []locale.Tag{tag, locale.English, "de", locale.Chinese} {
		if found := lib.byKey[key{brand, topic, t}]; len(found) > 0 {
			return found, t
		}
	}
	return nil, ""
}

// Talk returns what is said on a topic while a case runs, in the language or
// else in English. Nobody may change the slice.
func Talk(topic string, tag locale.Tag) []string {
	if found := read().byKey[key{talk, topic, tag}]; len(found) > 0 {
		return found
	}
	return read().byKey[key{talk, topic, locale.English}]
}
