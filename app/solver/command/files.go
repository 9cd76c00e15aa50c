package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"fettle.dev/fettle/app/console"
)

// maxProblem bounds what is read: 10,000 places have a matrix of some 600 MB.
const maxProblem = 2 << 30

// read reads the problem. Ctrl-C ends it: nobody may ever write to standard input.
func (v *Solve) read(ctx context.Context) (problem []byte, err error) {
	done := make(chan struct{})
	go func() {
		problem, err = v.load()
		close(done)
	}()
	select {
	case <-done:
		return problem, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (v *Solve) load() ([]byte, error) {
	in := os.Stdin
	if v.In != "-" {
		f, err := os.Open(v.In)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	var b bytes.Buffer
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		b.Grow(int(min(info.Size(), maxProblem)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(in, maxProblem+1))
	if err == nil && b.Len() > maxProblem {
		err = fmt.Errorf("%s: the problem has more than %d bytes", v.In, maxProblem)
	}
	return b.Bytes(), err
}

// open opens what the solution goes to, before there is one: who cannot write there
// hears it before the search and not after. What is in a file stays there until then.
func (v *Solve) open(s console.Streams) (io.WriteCloser, error) {
	if v.Out == "-" {
		return stream{s.Out}, nil
	}
	_, missing := os.Stat(v.Out)
	f, err := os.OpenFile(v.Out, os.O_WRONLY|os.O_CREATE, 0o666) // as the umask has it: it is no secret
	return &file{f, errors.Is(missing, fs.ErrNotExist)}, err
}

// stream is left open.
type stream struct{ io.Writer }

func (stream) Close() error { return nil }

// file is emptied when it is written to. One that was not there before goes again when
// nothing is.
type file struct {
	*os.File
	unwanted bool
}

// Write replaces what is in the file.
func (f *file) Write(b []byte) (int, error) {
	f.unwanted = false
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if err := f.Truncate(0); err != nil {
			return 0, err
		}
	}
	return f.File.Write(b)
}

// Close closes the file.
func (f *file) Close() error {
	err := f.File.Close()
	if f.unwanted {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
