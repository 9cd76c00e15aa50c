// Package archive writes a backup into one file and reads it back only when
// every byte of it is what was written.
//
// An archive is a gzipped tar: the parts in order, then manifest.json, which
// says how long each part is and what its SHA-256 is, then manifest.mac, which
// nobody without the caller's secret can make. Create writes beside the target
// and renames when all of it is durable, so that a half archive never has the
// name of a whole one. Unpack writes into a folder that the caller throws away
// if it fails; it takes no name that the caller does not expect, and nothing
// outside the folder.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ErrDamaged is returned for a file that is no archive, or not the one that was
// written.
var ErrDamaged = errors.New("the archive is damaged or not one of Fettle's")

// Format is the version of an archive's form.
const Format = "fettle-backup/1"

// Manifest says what is in an archive.
type Manifest struct {
	Format    string            `json:"format"`
	Store     string            `json:"store"`               // which store this is of: "main" or "keys"
	Engine    string            `json:"engine"`              // "sqlite" or "postgres"
	Version   string            `json:"version"`             // of the program that made it
	Run       string            `json:"run"`                 // the same in all archives of one backup
	MadeAt    time.Time         `json:"made_at"`             // when it was begun, on the machine clock
	KeepUntil time.Time         `json:"keep_until,omitzero"` // delete it by then; zero: no limit
	Schema    map[string]string `json:"schema"`              // the migrations that had run, with their sums
	Parts     []Part            `json:"parts"`               // single files
	Blobs     *Blobs            `json:"blobs,omitempty"`     // files that are named by their content
}

// Part is one file in an archive.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Blobs sums up many files whose names say what is in them.
type Blobs struct {
	Count  int64  `json:"count"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // over the names, each with a newline, in the order of the archive
}

// The names of an archive's last two members.
const (
	manifestName = "manifest.json"
	macName      = "manifest.mac"
)

// Writer makes an archive. It belongs to one goroutine.
type Writer struct {
	path  string
	file  *os.File
	zip   *gzip.Writer
	tar   *tar.Writer
	m     Manifest
	names hash.Hash // of the blobs
	done  bool
}

// Create starts an archive at path, which must not exist.
func Create(path string, m Manifest) (*Writer, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("%s exists already", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".backup-*") // mode 0600
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestSpeed) // what is sealed does not shrink
	if err != nil {
		return nil, err
	}
	m.Format = Format
	return &Writer{path: path, file: file, zip: zip, tar: tar.NewWriter(zip), m: m, names: sha256.New()}, nil
}

// Add puts the file at path into the archive under the name.
func (w *Writer) Add(ctx context.Context, name, path string) error {
	sum, n, err := w.copy(ctx, name, path)
	if err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	w.m.Parts = append(w.m.Parts, Part{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum)})
	return nil
}

// AddBlob puts a file in whose name says what it holds; fs.ErrNotExist if it is
// gone.
func (w *Writer) AddBlob(ctx context.Context, name, path string) error {
	_, n, err := w.copy(ctx, name, path)
	if err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	if w.m.Blobs == nil {
		w.m.Blobs = &Blobs{}
	}
	w.m.Blobs.Count++
	w.m.Blobs.Bytes += n
	_, _ = io.WriteString(w.names, name+"\n") // a hash takes everything
	return nil
}

func (w *Writer) copy(ctx context.Context, name, path string) (sum []byte, n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size()}); err != nil {
		return nil, 0, err
	}
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(w.tar, h), reader{ctx, f})
	return h.Sum(nil), n, err
}

// Close finishes the archive: manifest, its seal by mac, fsync, rename, fsync of
// the folder. It returns the manifest and the size of the archive in bytes.
func (w *Writer) Close(mac func(manifest []byte) []byte) (Manifest, int64, error) {
	if w.m.Blobs != nil {
		w.m.Blobs.SHA256 = hex.EncodeToString(w.names.Sum(nil))
	}
	text, err := json.MarshalIndent(w.m, "", "  ")
	if err != nil {
		return w.m, 0, err
	}
	for _, p := range []struct {
		name string
		text []byte
	}{{manifestName, text}, {macName, []byte(hex.EncodeToString(mac(text)))}} {
		if err := w.tar.WriteHeader(&tar.Header{Name: p.name, Mode: 0o600, Size: int64(len(p.text))}); err != nil {
			return w.m, 0, err
		}
		if _, err := w.tar.Write(p.text); err != nil {
			return w.m, 0, err
		}
	}
	if err := errors.Join(w.tar.Close(), w.zip.Close(), w.file.Sync()); err != nil {
		return w.m, 0, err
	}
	info, err := w.file.Stat()
	if err := errors.Join(err, w.file.Close()); err != nil {
		return w.m, 0, err
	}
	if err := os.Link(w.file.Name(), w.path); err != nil { // unlike a rename it replaces nothing
		return w.m, 0, err
	}
	w.done = true
	return w.m, info.Size(), errors.Join(os.Remove(w.file.Name()), syncDir(filepath.Dir(w.path)))
}

// Abandon removes what was written unless Close has succeeded; it may follow
// Close, in a defer.
func (w *Writer) Abandon() {
	if w.done {
		return
	}
	_ = w.file.Close()           // its content is not wanted
	_ = os.Remove(w.file.Name()) // the caller hears why there is no archive
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// reader stops when ctx ends, so that a long copy can be interrupted.
type reader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	r   io.Reader
}

// Read implements io.Reader.
func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
