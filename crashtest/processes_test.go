package crashtest_test

import (
	"context"
	"testing"
	"time"

	"fettle.dev/fettle/platform/db/dbtest"
)

// Two servers and two workers on one PostgreSQL, some of them killed in the
// middle: nothing that was acknowledged is lost, nothing is done twice, every
// lane comes to its end, and every case is as if one process had kept it.
func TestProcesses(t *testing.T) {
	t.Parallel()
	length, cases, steps := 4*time.Second, 6, 25
	if long() {
		length, cases, steps = 2*time.Minute, 60, 60
	}
	s := found(t, dbtest.Postgres(t).URL, t.TempDir())
	one, two := s.start(t, "serve", "--no-work", "--addr=127.0.0.1:0"), s.start(t, "serve", "--no-work", "--addr=127.0.0.1:0")
	s.start(t, "worker")
	doomed := s.start(t, "worker")

	l := newLoad(t, s)
	l.at(one.url, two.url)
	busy, stop := context.WithCancel(t.Context())
	defer stop()
	clients := l.run(busy, 12)
	time.Sleep(length / 4)
	doomed.kill()
	time.Sleep(length / 4)
	two.kill()
	l.at(one.url)
	s.start(t, "worker")
	time.Sleep(length / 4)
	two = s.start(t, "serve", "--no-work", "--addr=127.0.0.1:0")
	l.at(one.url, two.url)
	time.Sleep(length / 4)
	stop()
	clients.Wait()
	t.Logf("%v", l)
	all := l.known()
	l.there(two.url, all)
	l.again(one.url, all, 20)
	s.settled(t, one, 2*time.Minute) // the leases of the killed must run out
	s.proved(t, two.url, all, 3)
	s.whole(t, len(all), l.said)
	s.histories(t, []string{one.url, two.url}, cases, steps)
}
