package mail

import (
	"embed"
	"io/fs"

	"fettle.dev/fettle/kernel/locale"
)

//go:embed testdata/*.txt
var testdata embed.FS

var _ = Register(testdata)

// Greeting is a kind of letter that only tests send.
const Greeting Kind = "greeting"

// NewLetters checks templates as Register does, beside the tests' own but
// without adding to the standard ones.
func NewLetters(files fs.FS) {
	l := &letters{byID: map[Kind]map[locale.Tag]*letter{}}
	l.register(testdata)
	l.register(files)
}
