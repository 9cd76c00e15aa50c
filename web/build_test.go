package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"

	"fettle.dev/fettle/web"
)

// TestBuildIsPacked unpacks every .gz of the embedded build: a browser gets the
// one where a script that does not ask gets the other.
func TestBuildIsPacked(t *testing.T) {
	t.Parallel()
	files := web.Files()
	if _, err := fs.Stat(files, "index.html"); err != nil {
		t.Skip("no web application is built in")
	}
	packed := 0
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, ".") {
			return err
		}
		plain, isPacked := strings.CutSuffix(name, ".gz")
		switch {
		case isPacked:
			packed++
			samePacked(t, files, plain)
		case path.Ext(name) == ".js" || path.Ext(name) == ".css":
			if info, err := d.Info(); err == nil && info.Size() > 4_000 && !exists(files, name+".gz") {
				t.Errorf("%s of %d bytes is not packed", name, info.Size())
			}
		}
		return nil
	})
	if err != nil || packed == 0 {
		t.Errorf("%d packed files: %v", packed, err)
	}
}

func samePacked(t *testing.T, files fs.FS, name string) {
	t.Helper()
	want, err := fs.ReadFile(files, name)
	if err != nil {
		t.Error(err)
		return
	}
	text, err := fs.ReadFile(files, name+".gz")
	if err != nil {
		t.Error(err)
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Errorf("%s.gz: %v", name, err)
		return
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s.gz does not unpack to %s: %v", name, name, err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("%s.gz depends on when it was made: %v", name, z.Header)
	}
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}
