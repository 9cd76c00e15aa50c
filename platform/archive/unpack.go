package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxManifest bounds what is read into memory.
const maxManifest = 4 << 20

// Unpacked is an archive whose parts lie in a folder and fit their manifest.
type Unpacked struct {
	Manifest Manifest
	dir      string
	text     []byte // of the manifest, as it was sealed
	mac      []byte
}

// Path is where a part lies.
func (u *Unpacked) Path(name string) string { return filepath.Join(u.dir, filepath.FromSlash(name)) }

// Sealed reports whether the archive was sealed with the secret behind mac.
func (u *Unpacked) Sealed(mac func(manifest []byte) []byte) bool {
	return hmac.Equal(u.mac, mac(u.text))
}

// Names says which members an archive may have.
type Names struct {
	Part func(name string) bool
	// Blob returns the SHA-256 that the name promises, in hexadecimal, or "".
	Blob func(name string) string
}

// Unpack writes the parts of the archive at path into dir, which is empty, and
// returns when they are durable and proved to be what was archived: ErrDamaged if
// anything is missing, more, or different.
func Unpack(ctx context.Context, path, dir string, names Names) (*Unpacked, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	zip, err := gzip.NewReader(reader{ctx, f})
	if err != nil {
		return nil, damaged(ctx, err)
	}
	u := &unpacking{ctx: ctx, dir: dir, names: names, sums: sha256.New(), seen: map[string]bool{}}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, damaged(ctx, err)
		}
		if err := u.member(h, r); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", filepath.Base(path), err)
		}
	}
	if _, err := io.Copy(io.Discard, zip); err != nil { // up to the checksum at its end
		return nil, damaged(ctx, err)
	}
	return u.check()
}

// damaged keeps an interruption apart from a bad file.
func damaged(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

type unpacking struct {
	ctx   context.Context //nolint:containedctx // it lives as long as one call of Unpack
	dir   string
	names Names
	parts []Part
	blobs Blobs
	sums  interface {
		io.Writer
		Sum([]byte) []byte
	}
	seen      map[string]bool
	text, mac []byte
}

// member takes one member of the tar.
func (u *unpacking) member(h *tar.Header, r io.Reader) (err error) {
	if h.Typeflag != tar.TypeReg || u.seen[h.Name] || u.mac != nil {
		return ErrDamaged
	}
	u.seen[h.Name] = true
	switch h.Name {
	case manifestName:
		u.text, err = u.small(h, r)
		return err
	case macName:
		text, err := u.small(h, r)
		if err != nil {
			return err
		}
		if u.mac, err = hex.DecodeString(string(text)); err != nil {
			return ErrDamaged
		}
		return nil
	}
	if u.text != nil || !filepath.IsLocal(h.Name) || strings.Contains(h.Name, `\`) {
		return ErrDamaged
	}
	want := u.names.Blob(h.Name)
	if want == "" && !u.names.Part(h.Name) {
		return ErrDamaged
	}
	sum, err := u.write(h, r)
	if err != nil {
		return err
	}
	if want == "" {
		u.parts = append(u.parts, Part{Name: h.Name, Bytes: h.Size, SHA256: sum})
		return nil
	}
	if sum != want {
		return ErrDamaged
	}
	u.blobs.Count++
	u.blobs.Bytes += h.Size
	_, _ = io.WriteString(u.sums, h.Name+"\n") // a hash takes everything
	return nil
}

func (u *unpacking) small(h *tar.Header, r io.Reader) ([]byte, error) {
	if h.Size > maxManifest {
		return nil, ErrDamaged
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, damaged(u.ctx, err)
	}
	return b, nil
}

// write stores one member durably and returns its SHA-256.
func (u *unpacking) write(h *tar.Header, r io.Reader) (sum string, err error) {
	path := filepath.Join(u.dir, filepath.FromSlash(h.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, hash), r); err != nil {
		return "", errors.Join(damaged(u.ctx, err), f.Close())
	}
	return hex.EncodeToString(hash.Sum(nil)), errors.Join(f.Sync(), f.Close())
}

// check holds what was unpacked against the manifest.
func (u *unpacking) check() (*Unpacked, error) {
	if u.text == nil || u.mac == nil {
		return nil, fmt.Errorf("%w: its end is missing", ErrDamaged)
	}
	out := &Unpacked{dir: u.dir, text: u.text, mac: u.mac}
	d := json.NewDecoder(bytes.NewReader(u.text))
	d.DisallowUnknownFields()
	if err := d.Decode(&out.Manifest); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	m := out.Manifest
	if m.Format != Format {
		return nil, fmt.Errorf("the archive has the form %q; this program reads %q", m.Format, Format)
	}
	if !slices.Equal(m.Parts, u.parts) {
		return nil, fmt.Errorf("%w: its parts are not those of its manifest", ErrDamaged)
	}
	if u.blobs.Count > 0 {
		u.blobs.SHA256 = hex.EncodeToString(u.sums.Sum(nil))
	}
	want := Blobs{}
	if m.Blobs != nil {
		want = *m.Blobs
	}
	if want != u.blobs {
		return nil, fmt.Errorf("%w: its files are not those of its manifest", ErrDamaged)
	}
	return out, nil
}
