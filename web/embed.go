//go:build !no_web

// Package web holds the built web application: the desk, the public pages and their assets, embedded into the binary.
// A binary built with the tag no_web carries none of it and needs no Node to build.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns what the last web build made, rooted where the site is rooted. Before the first build it holds no index.html.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path, so Sub cannot refuse it
	}
	return files
}
