package keys

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Every line of the ledger has the same length: instant, tenant, person.
const (
	ledgerTime = "2006-01-02T15:04:05.000000Z"
	ledgerLine = len(ledgerTime) + 1 + len("ten_") + 26 + 1 + len("per_") + 26
)

// ledger is the append-only file of erasures. Several processes may append.
type ledger struct {
	mu   sync.Mutex // one append of this process at a time
	file *os.File
}

func openLedger(path string) (*ledger, error) {
	if path == "" {
		return nil, errors.New("keys: the erasure ledger needs a path")
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open erasure ledger: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, errors.Join(fmt.Errorf("open erasure ledger: %w", err), file.Close())
	}
	return &ledger{file: file}, nil
}

func (l *ledger) close() error { return l.file.Close() }

// add appends the erasures and returns when they are durable. If the last
// append was torn by a crash, the next begins on a line of its own.
func (l *ledger) add(list []Erasure) error {
	if len(list) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	torn, err := l.torn()
	if err != nil {
		return fmt.Errorf("append to erasure ledger: %w", err)
	}
	var b strings.Builder
	if torn {
		b.WriteByte('\n')
	}
	for _, e := range list {
		fmt.Fprintf(&b, "%s %s %s\n", e.At.UTC().Format(ledgerTime), e.Tenant, e.Person)
	}
	_, err = l.file.WriteString(b.String())
	if err := errors.Join(err, l.file.Sync()); err != nil {
		return fmt.Errorf("append to erasure ledger: %w", err)
	}
	return nil
}

// torn reports whether the file ends in the middle of a line.
func (l *ledger) torn() (bool, error) {
	info, err := l.file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = l.file.ReadAt(last, info.Size()-1)
	return last[0] != '\n', err
}

// read returns every erasure in the file.
func (l *ledger) read() ([]Erasure, error) {
	info, err := l.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read erasure ledger: %w", err)
	}
	text, err := io.ReadAll(io.NewSectionReader(l.file, 0, info.Size()))
	if err != nil {
		return nil, fmt.Errorf("read erasure ledger: %w", err)
	}
	return ParseLedger(string(text))
}

// ParseLedger reads the text of an erasure ledger. A line that is too short was
// torn by a crash before its erasure was acknowledged, and is passed over;
// anything else that is not an erasure is ErrLedger.
func ParseLedger(text string) ([]Erasure, error) {
	var out []Erasure
	for n, line := range strings.Split(text, "\n") {
		if len(line) < ledgerLine {
			continue
		}
		e, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, ErrLedger)
		}
		out = append(out, e)
	}
	return out, nil
}

func parseLine(line string) (e Erasure, err error) {
	part := strings.Split(line, " ")
	if len(part) != 3 {
		return e, ErrLedger
	}
	var bad [3]error
	e.At, bad[0] = time.Parse(ledgerTime, part[0])
	e.Tenant, bad[1] = id.Parse[id.TenantKind](part[1])
	e.Person, bad[2] = id.Parse[id.PersonKind](part[2])
	return e, errors.Join(bad[:]...)
}
