// Package proof is the language of evidence: a bundle that shows to anybody,
// offline, that a service record stood in the log of its operator, and when.
//
// Check uses another implementation of the Merkle tree than the log itself
// does, so that one mistake cannot prove itself right.
package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"fettle.dev/fettle/kernel/fault"
)

// Format is the version of a bundle's form.
const Format = "fettle-proof/1"

// Faults of this module.
var (
	// ErrPending: the log has not taken the leaf in yet; it will within a second.
	ErrPending = fault.New(fault.Conflict, "proof.pending")
	// ErrNotFound: there is no such leaf or log.
	ErrNotFound = fault.New(fault.NotFound, "proof.not_found")
	// ErrFormat: this is no bundle, or one of another version.
	ErrFormat = fault.New(fault.Invalid, "proof.format")
	// ErrKey: the checkpoint is not signed by the key.
	ErrKey = fault.New(fault.Invalid, "proof.wrong_key")
	// ErrInclusion: the leaf is not in the log that the checkpoint heads.
	ErrInclusion = fault.New(fault.Invalid, "proof.not_included")
	// ErrRecord: the record is not the one that the leaf committed to.
	ErrRecord = fault.New(fault.Invalid, "proof.wrong_record")
)

// Bundle is a proof that can be checked without asking anybody.
type Bundle struct {
	Format     string   `json:"format"`
	Origin     string   `json:"origin"`           // the log's name
	Key        string   `json:"key"`              // its public key (C2SP verifier key); pin it, do not believe the bundle
	Leaf       string   `json:"leaf"`             // the leaf as the log hashed it
	Index      int64    `json:"index"`            // its place in the log
	Hashes     [][]byte `json:"hashes"`           // from the leaf up to the root
	Checkpoint string   `json:"checkpoint"`       // the signed head
	Record     string   `json:"record,omitempty"` // the JSON committed to
	Salt       []byte   `json:"salt,omitempty"`   // absent once the person was erased
	Erased     bool     `json:"erased,omitempty"` // the record can no longer be tied to the leaf
}

// Finding is what a check found out.
type Finding struct {
	Kind       string    // of the record
	LeafID     string    //
	At         time.Time // when the record was made, by the operator's word
	Index      int64
	Size       int64 // of the log at the checkpoint
	Opened     bool  // the record was tied to the leaf; false after an erasure
	PinnedKey  bool  // the key was given by the caller, not by the bundle
	Origin     string
	RecordJSON string
}

// leafText is the leaf as package leaf writes it.
type leafText struct {
	Version    int    `json:"v"`
	Kind       string `json:"kind"`
	Leaf       string `json:"leaf"`
	AtMicros   int64  `json:"at_us"`
	Commitment string `json:"c"`
}

// Check checks a bundle against the verifier key; with "" it uses the key in the
// bundle, which shows only that the bundle fits itself.
func Check(b Bundle, key string) (Finding, error) {
	if b.Format != Format {
		return Finding{}, ErrFormat
	}
	f := Finding{Index: b.Index, PinnedKey: key != "", Origin: b.Origin}
	if key == "" {
		key = b.Key
	}
	root, size, err := open(b.Checkpoint, key)
	if err != nil {
		return f, err
	}
	f.Size = size
	leaf := rfc6962.DefaultHasher.HashLeaf([]byte(b.Leaf))
	if b.Index < 0 {
		return f, ErrInclusion
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(b.Index), uint64(size), leaf, b.Hashes, root); err != nil {
		return f, ErrInclusion.Because(err)
	}
	var text leafText
	if err := json.Unmarshal([]byte(b.Leaf), &text); err != nil || text.Version != 1 {
		return f, ErrFormat.Because(err)
	}
	f.Kind, f.LeafID, f.At = text.Kind, text.Leaf, time.UnixMicro(text.AtMicros).UTC()
	if b.Erased {
		return f, nil
	}
	if commitment(b.Salt, b.Record) != text.Commitment {
		return f, ErrRecord
	}
	f.Opened, f.RecordJSON = true, b.Record
	return f, nil
}

func commitment(salt []byte, record string) string {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(record))
	return hex.EncodeToString(h.Sum(nil))
}

// open returns what the checkpoint's signature covers. It reads the note with
// the key alone: what the text says of itself is not believed before.
func open(checkpoint, key string) (root []byte, size int64, err error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, 0, ErrKey.Because(err)
	}
	n, err := note.Open([]byte(checkpoint), note.VerifierList(v))
	if err != nil {
		return nil, 0, ErrKey.Because(err)
	}
	var origin string
	if _, err := fmt.Sscanf(n.Text, "%s\n%d\n", &origin, &size); err != nil || origin != v.Name() || size < 0 {
		return nil, 0, ErrFormat
	}
	root, err = rootOf(n.Text)
	return root, size, err
}
