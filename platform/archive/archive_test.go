package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/platform/archive"
)

// mac seals with a secret that nobody else has.
func mac(secret string) func([]byte) []byte {
	return func(text []byte) []byte {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write(text)
		return h.Sum(nil)
	}
}

var names = archive.Names{
	Part: func(n string) bool { return n == "database" },
	Blob: func(n string) string {
		if sum, ok := strings.CutPrefix(n, "files/"); ok {
			return sum
		}
		return ""
	},
}

// packed makes an archive of one part and some blobs, and returns its path.
func packed(t testing.TB, dir string, data []byte, blobs ...string) string {
	t.Helper()
	path := filepath.Join(dir, "a.bak")
	w, err := archive.Create(path, archive.Manifest{Store: "main", Engine: "sqlite", Version: "1", Run: "r", MadeAt: time.Unix(1, 0).UTC(), Schema: map[string]string{"a/1": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	put := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := w.Add(t.Context(), "database", put("d", data)); err != nil {
		t.Fatal(err)
	}
	for _, b := range blobs {
		sum := sha256.Sum256([]byte(b))
		if err := w.AddBlob(t.Context(), "files/"+hex.EncodeToString(sum[:]), put("b", []byte(b))); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := w.Close(mac("mine")); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := packed(t, dir, []byte("the data"), "one", "two")
	u, err := archive.Unpack(t.Context(), path, t.TempDir(), names)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(u.Path("database")); err != nil || string(got) != "the data" {
		t.Errorf("the part reads %q, %v", got, err)
	}
	sum := sha256.Sum256([]byte("two"))
	if got, err := os.ReadFile(u.Path("files/" + hex.EncodeToString(sum[:]))); err != nil || string(got) != "two" {
		t.Errorf("the blob reads %q, %v", got, err)
	}
	if !u.Sealed(mac("mine")) || u.Sealed(mac("another's")) {
		t.Error("the seal does not tell whose it is")
	}
	want := archive.Blobs{Count: 2, Bytes: 6, SHA256: u.Manifest.Blobs.SHA256}
	if diff := cmp.Diff(&want, u.Manifest.Blobs); diff != "" || u.Manifest.MadeAt.Unix() != 1 {
		t.Errorf("manifest %+v:\n%s", u.Manifest, diff)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive's mode is %v, %v", info.Mode(), err)
	}
	if _, err := archive.Create(path, archive.Manifest{}); err == nil {
		t.Error("an archive was written over another")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".backup-*")); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Cut anywhere, or with any byte changed behind gzip's own header, which holds
// nothing of ours, it is refused, or reads as it was written: between the blocks
// of the packing there are bits that mean nothing.
func TestDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := bytes.Repeat([]byte("data "), 500)
	path := packed(t, dir, data, "blob")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		bad := bytes.Clone(whole)
		at := rapid.IntRange(10, len(whole)-1).Draw(r, "at")
		if rapid.Bool().Draw(r, "cut") {
			bad = bad[:at]
		} else {
			bad[at] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		}
		to, err := os.MkdirTemp(dir, "u")
		if err != nil {
			r.Fatal(err)
		}
		file := filepath.Join(to, "bad.bak")
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			r.Fatal(err)
		}
		u, err := archive.Unpack(t.Context(), file, filepath.Join(to, "x"), names)
		if err == nil && len(bad) == len(whole) && u.Sealed(mac("mine")) {
			if got, err := os.ReadFile(u.Path("database")); err == nil && bytes.Equal(got, data) {
				return
			}
		}
		if !errors.Is(err, archive.ErrDamaged) {
			r.Fatalf("Unpack = %v, want %v", err, archive.ErrDamaged)
		}
	})
}

// What somebody put together by hand is refused, and writes nothing outside the
// folder.
func TestForged(t *testing.T) {
	t.Parallel()
	const manifest = `{"format":"fettle-backup/1","store":"main","engine":"","version":"","run":"","made_at":"2026-01-01T00:00:00Z","schema":{},"parts":[]}`
	for name, members := range map[string][][2]string{
		"outside":                   {{"../database", "x"}},
		"absolute":                  {{"/database", "x"}},
		"unknown part":              {{"root.key", "x"}},
		"wrong blob":                {{"files/00", "x"}},
		"part that is not declared": {{"database", "x"}, {"manifest.json", manifest}, {"manifest.mac", "00"}},
		"blob that is not declared": {{"files/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "x"}, {"manifest.json", manifest}, {"manifest.mac", "00"}},
		"part twice":                {{"database", "x"}, {"database", "x"}},
		"part behind the manifest":  {{"manifest.json", manifest}, {"database", "x"}},
		"member behind the end":     {{"manifest.json", manifest}, {"manifest.mac", "00"}, {"database", "x"}},
		"no manifest":               {{"manifest.mac", "00"}},
		"no seal":                   {{"manifest.json", manifest}},
		"unknown member":            {{"manifest.json", strings.Replace(manifest, `"parts"`, `"spare":1,"parts"`, 1)}, {"manifest.mac", "00"}},
		"empty":                     {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "f.bak")
			forge(t, path, members)
			if _, err := archive.Unpack(t.Context(), path, filepath.Join(dir, "in", "x"), names); !errors.Is(err, archive.ErrDamaged) {
				t.Errorf("Unpack = %v, want %v", err, archive.ErrDamaged)
			}
			if _, err := os.Stat(filepath.Join(dir, "in", "database")); err == nil {
				t.Error("something was written outside the folder")
			}
		})
	}
	dir := t.TempDir()
	forge(t, filepath.Join(dir, "f.bak"), [][2]string{{"manifest.json", manifest}, {"manifest.mac", "00"}})
	if _, err := archive.Unpack(t.Context(), filepath.Join(dir, "f.bak"), dir, names); err != nil {
		t.Errorf("the plain forgery is refused (%v), so the others show nothing", err)
	}
}

func forge(t *testing.T, path string, members [][2]string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(f)
	w := tar.NewWriter(zip)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m[0], Size: int64(len(m[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zip.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// An interrupted copy leaves nothing, neither under the archive's name nor
// beside it.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := filepath.Join(t.TempDir(), "d")
	if err := os.WriteFile(data, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := archive.Create(filepath.Join(dir, "a.bak"), archive.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(ctx, "database", data); !errors.Is(err, context.Canceled) {
		t.Errorf("Add = %v, want %v", err, context.Canceled)
	}
	w.Abandon()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
