package crashtest_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
)

// A server that is killed at any moment, again and again, has lost nothing that
// it acknowledged when it is back, does nothing twice that is repeated, and in
// the end has handled everything once.
func TestKill(t *testing.T) {
	t.Parallel()
	kills, clients := 8, 16
	if long() {
		kills = 200
	}
	seed := uint64(clock.System().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	s := found(t, filepath.Join(dir, "crash.db"), dir)
	l := newLoad(t, s)
	busy, stop := context.WithCancel(t.Context())
	defer stop()
	clientsOver := l.run(busy, clients)

	checked := map[int]string{}
	for k := range kills {
		p := s.start(t, "serve", "--addr=127.0.0.1:0")
		fresh := map[int]string{}
		for no, id := range l.known() {
			if checked[no] == "" {
				fresh[no], checked[no] = id, id
			}
		}
		if k > 0 && len(fresh) == 0 {
			t.Errorf("kill %d: nothing was acknowledged since the last", k)
		}
		l.at(p.url)
		l.there(p.url, fresh)
		l.again(p.url, fresh, 10)
		for had, end := len(checked), clock.System().Add(20*time.Second); len(l.known()) <= had && clock.System().Before(end); {
			time.Sleep(5 * time.Millisecond) // a busy machine starts slowly
		}
		time.Sleep(time.Duration(chance.Int64N(int64(400 * time.Millisecond))))
		p.kill()
		l.at()
	}
	p := s.start(t, "serve", "--addr=127.0.0.1:0")
	stop()
	l.at(p.url)
	clientsOver.Wait()
	t.Logf("%d kills: %v", kills, l)
	all := l.known()
	l.there(p.url, all)
	s.settled(t, p, 2*time.Minute) // the leases of the killed must run out
	s.proved(t, p.url, all, 3)
	p.stop(t)
	if l.repeats == 0 {
		t.Error("no kill has hit a request")
	}
	s.whole(t, len(all), l.said)
}
