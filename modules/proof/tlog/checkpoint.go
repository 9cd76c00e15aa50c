package tlog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ErrCheckpoint is returned for text that is no signed checkpoint of the origin.
var ErrCheckpoint = errors.New("not a checkpoint that this key has signed")

// Sign returns the head as a C2SP checkpoint, signed. The signer's name is the
// log's origin.
func Sign(t Tree, signer note.Signer) (string, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), t.Size, base64.StdEncoding.EncodeToString(t.Root[:]))
	out, err := note.Sign(&note.Note{Text: text}, signer)
	return string(out), err
}

// Check returns the head that the verifier's log has signed.
func Check(checkpoint string, verifier note.Verifier) (Tree, error) {
	n, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		return Tree{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	lines := strings.SplitN(n.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return Tree{}, ErrCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Tree{}, ErrCheckpoint
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != len(Hash{}) {
		return Tree{}, ErrCheckpoint
	}
	return Tree{size, Hash(root)}, nil
}
