package keys

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ParseRoot reads a root key as the root file and the environment hold it: 32
// bytes in standard base64. The error does not repeat the text.
func ParseRoot(text string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != size {
		return nil, fmt.Errorf("root key is not %d bytes of base64: %w", size, ErrRoot)
	}
	return b, nil
}

// readRoot returns the key in the file, or fs.ErrNotExist.
func readRoot(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("root key file %s is open to everybody (mode %o)", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseRoot(string(text))
}

// makeRoot makes the file with a fresh key, readable by its owner only, and
// returns the key once it is durable. Of several processes that make it at the
// same moment one wins, and all return its key.
func makeRoot(path string) ([]byte, error) {
	secret := random(size)
	temp, err := os.CreateTemp(filepath.Dir(path), ".root-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // the link below keeps the content
	_, err = temp.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	if err := os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		return readRoot(path)
	} else if err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	return secret, syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// random returns n bytes from the machine's randomness; it cannot fail.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never returns an error: it ends the process instead
	return b
}
