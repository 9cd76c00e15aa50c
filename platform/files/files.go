// Package files keeps the pictures that people send, so that nothing but the
// picture is kept and only its person's key opens it.
//
// An upload is decoded and encoded afresh: what is not an image is refused, and
// whatever rode along (position, camera, thumbnail, appended bytes) is gone; the
// way it was held is applied first. It is then sealed with the key of the person
// whose case it belongs to, and written under the SHA-256 of the ciphertext, so
// a blob that was changed is noticed and a name gives nothing away. Colour
// profiles are dropped too: colours are read as sRGB.
//
// Storing is in two phases. Put writes the bytes, durably, outside any step.
// Add enters the file as pending in the caller's step, Keep marks it as
// belonging to something. A crash in between leaves bytes without a row, or a
// pending row that nothing kept: Sweep takes both. Once the person's key is
// shredded the bytes are noise wherever they were copied; Forget removes rows
// and bytes as well.
//
// Blobs lie at <dir>/<tenant>/ab/cdef…. Processes on several machines need one
// shared directory.
package files

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Faults and errors of this package.
var (
	// ErrUnsupportedType: the bytes are no JPEG, PNG or WebP.
	ErrUnsupportedType = fault.New(fault.Unsupported, "files.unsupported_type")
	// ErrTooLarge: more bytes or more pixels than are taken.
	ErrTooLarge = fault.New(fault.TooLarge, "files.too_large")
	// ErrNotAnImage: the bytes begin like an image and are none.
	ErrNotAnImage = fault.New(fault.Invalid, "files.not_an_image")
	// ErrNotFound: the tenant has no such file.
	ErrNotFound = fault.New(fault.NotFound, "files.not_found")
	// ErrDamaged: the stored bytes are not the ones that were written.
	ErrDamaged = errors.New("files: the stored bytes are damaged")
)

// Options set limits; zero values are the defaults.
type Options struct {
	MaxBytes  int64 // of an upload; 15 MB
	MaxMemory int64 // that decoding one image may take, in bytes; 128 MB
	MaxSide   int   // of what is stored, in pixels; 2560
	Parallel  int   // images worked on at a time; 2
	NoSync    bool  // for a demo that is being made: nothing is durable
}

func (o Options) withDefaults() Options {
	if o.MaxBytes == 0 {
		o.MaxBytes = 15 << 20
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = 128 << 20
	}
	if o.MaxSide == 0 {
		o.MaxSide = 2560
	}
	if o.Parallel == 0 {
		o.Parallel = 2
	}
	return o
}

// Store keeps blobs in one directory. It is safe for concurrent use.
type Store struct {
	dir  string
	o    Options
	busy chan struct{} // one token for each image being worked on
}

// New returns the store in dir, which is made with the first blob.
func New(dir string, o Options) *Store {
	o = o.withDefaults()
	return &Store{dir: dir, o: o, busy: make(chan struct{}, o.Parallel)}
}

// MaxBytes is the largest upload that is taken, for the edge to enforce early.
func (s *Store) MaxBytes() int64 { return s.o.MaxBytes }

// State says whether anything holds on to a file.
type State string

// The states of a file.
const (
	Pending State = "pending" // uploaded; swept after a day unless it is kept
	Kept    State = "kept"
)

// File is a stored picture.
type File struct {
	ID        id.File
	Person    id.Person // whose key opens it
	Address   Address
	MediaType string // image/jpeg or image/png
	Bytes     int64  // of the picture in clear
	Width     int
	Height    int
	State     State
	Created   time.Time // domain clock
}

// Address is the SHA-256 of a blob's ciphertext.
type Address [sha256.Size]byte

// String is the address in hexadecimal.
func (a Address) String() string { return hex.EncodeToString(a[:]) }

// Scan implements sql.Scanner.
func (a *Address) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(a) {
		return fmt.Errorf("scan address from %T of %d bytes", src, len(b))
	}
	copy(a[:], b)
	return nil
}

// sealContext is what blobs are sealed for.
const sealContext = "files_file.blob"

// Put reads a picture from body, cleans it, seals it with the person's key and
// writes it. It returns when the bytes are durable, with the File that Add takes.
// It may not be called in a step.
func (s *Store) Put(ctx context.Context, key *keys.Key, body io.Reader) (File, error) {
	raw, err := io.ReadAll(io.LimitReader(body, s.o.MaxBytes+1))
	if err != nil {
		return File{}, fmt.Errorf("read upload: %w", err)
	}
	if int64(len(raw)) > s.o.MaxBytes {
		return File{}, ErrTooLarge.With("max_bytes", s.o.MaxBytes)
	}
	clean, err := s.clean(ctx, raw)
	if err != nil {
		return File{}, err
	}
	f := File{
		ID: id.New[id.FileKind](), Person: key.Person(), MediaType: clean.MediaType,
		Bytes: int64(len(clean.Data)), Width: clean.Width, Height: clean.Height, State: Pending,
	}
	f.Address, err = s.write(ctx, key.Tenant(), key.Seal(sealContext, clean.Data))
	return f, err
}

// clean waits for its turn, because a few large images could fill the memory.
func (s *Store) clean(ctx context.Context, raw []byte) (Picture, error) {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	defer func() { <-s.busy }()
	return Clean(raw, s.o.MaxMemory, s.o.MaxSide)
}

// Read returns the picture in clear: ErrNotFound if its bytes are gone,
// ErrDamaged if they are not what was written.
func (s *Store) Read(ctx context.Context, key *keys.Key, f File) ([]byte, error) {
	sealed, err := s.read(ctx, key.Tenant(), f.Address)
	if err != nil {
		return nil, err
	}
	plain, err := key.Open(sealContext, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.ID, err)
	}
	return plain, nil
}
