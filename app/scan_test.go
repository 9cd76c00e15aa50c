package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"fettle.dev/fettle/platform/archive"
)

// forms are the ways in which a text may lie in a file and still be readable.
func forms(text string) [][]byte {
	units := utf16.Encode([]rune(text))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	out := [][]byte{
		[]byte(text), little, big, []byte(hex.EncodeToString([]byte(text))), []byte(strings.ToUpper(hex.EncodeToString([]byte(text)))),
	}
	for shift := range 3 { // where it begins within a group of three bytes
		plain := append(bytes.Repeat([]byte{'x'}, shift), text...)
		whole := len(plain) / 3 * 4 // what does not depend on what follows
		skip := []int{0, 2, 3}[shift]
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			out = append(out, []byte(e.EncodeToString(plain)[skip:whole]))
		}
	}
	return out
}

func TestForms(t *testing.T) {
	t.Parallel()
	const text = "Canary+/Bird?1"
	for _, before := range []string{"", "a", "ab", "abc"} {
		for name, coded := range map[string]string{
			"plain": before + text + "zz", "base64": base64.StdEncoding.EncodeToString([]byte(before + text + "zz")),
			"base64url": base64.URLEncoding.EncodeToString([]byte(before + text + "z")), "hex": hex.EncodeToString([]byte(before + text)),
		} {
			if !holds([]byte(coded), forms(text)) {
				t.Errorf("not found after %q in %s", before, name)
			}
		}
	}
	if holds([]byte("something else"), forms(text)) {
		t.Error("found where it is not")
	}
}

func holds(b []byte, forms [][]byte) bool {
	for _, f := range forms {
		if bytes.Contains(b, f) {
			return true
		}
	}
	return false
}

// scan reads every file below dir.
func scan(t *testing.T, dir string, look func(file string, b []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			look(path, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unpacked returns a folder with what is in an archive; a dump of PostgreSQL is
// there as text too, because its own format is compressed.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	u, err := archive.Unpack(t.Context(), path, dir, archive.Names{
		Part: func(n string) bool { return n == "database" },
		Blob: func(n string) string {
			if part := strings.Split(n, "/"); len(part) == 4 {
				return part[2] + part[3]
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if u.Manifest.Engine == "postgres" {
		out, err := exec.CommandContext(t.Context(), "pg_restore", "--file="+u.Path("database")+".sql", u.Path("database")).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return dir
}
