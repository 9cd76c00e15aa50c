//go:build no_web

// Package web holds the built web application: the desk, the public pages and their assets, embedded into the binary.
// A binary built with the tag no_web carries none of it and needs no Node to build.
package web

import (
	"embed"
	"io/fs"
)

// Files returns an empty file system: this binary was built without the web application.
func Files() fs.FS { return embed.FS{} }
