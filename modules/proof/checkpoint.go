package proof

import (
	"encoding/base64"
	"strings"
)

// rootOf reads the third line of a checkpoint: the root hash in base64.
func rootOf(text string) ([]byte, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return nil, ErrFormat
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != 32 {
		return nil, ErrFormat.Because(err)
	}
	return root, nil
}
