package mail

import (
	"io/fs"

	"fettle.dev/fettle/kernel/locale"
)

// NewLetters checks templates as Register does, beside the standard ones but
// without adding to them.
func NewLetters(files fs.FS) {
	l := &letters{byID: map[Kind]map[locale.Tag]*letter{}}
	l.register(templates)
	l.register(files)
}
