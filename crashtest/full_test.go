package crashtest_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// smallDisk returns a folder on a file system of its own with so many bytes. It
// takes a right that only root has.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+strconv.Itoa(size)); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill leaves no byte free on the disk of dir, and returns what makes room again.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<16); len(block) > 0; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(ballast); err != nil {
			t.Error(err)
		}
	}
}

// On a full disk a write is refused as unavailable and changes nothing, what is
// there can be read, and when there is room again everything goes on without
// anybody's help: also what was refused, when it is sent again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, 32<<20)
	s := found(t, filepath.Join(dir, "full.db"), dir)
	p := s.start(t, "serve", "--addr=127.0.0.1:0")
	l := newLoad(t, s)
	l.at(p.url)
	for range 20 {
		l.one(0)
	}
	s.settled(t, p, time.Minute)
	before := l.known()
	free := fill(t, dir)

	refused := map[int]string{} // by what it was refused with
	for no := 1000; no < 1030; no++ {
		r, err := s.send(p.url, http.MethodPost, "/v1/cases", intake(no), "Idempotency-Key", "case-"+strconv.Itoa(no))
		switch {
		case err != nil:
			t.Fatal(err)
		case r.status == http.StatusCreated: // there was a little room in the log yet
			l.acked[no] = r.ID
		case r.status == http.StatusServiceUnavailable:
			refused[no] = r.Code
		default:
			t.Errorf("on a full disk POST /v1/cases = %d %s", r.status, r.text)
		}
	}
	if len(refused) == 0 {
		t.Fatal("the disk was not full")
	}
	for no, code := range refused {
		if code != "db.unavailable" {
			t.Errorf("case %d is refused with %s", no, code)
		}
	}
	l.there(p.url, before)
	for _, path := range []string{"/healthz", "/readyz", "/v1/cases?state=active"} {
		s.get(t, p.url, path)
	}
	free()
	for no := range refused {
		l.acked[no] = l.insist(0, "/v1/cases", intake(no), "case-"+strconv.Itoa(no)).ID
	}
	all := l.known()
	l.there(p.url, all)
	s.settled(t, p, time.Minute)
	s.proved(t, p.url, all, 2)
	p.stop(t)
	s.whole(t, len(all), l.said)
}
