package roads

import (
	"sync"
	"time"
)

// A service that has failed so often in a row is left in peace, first for so long,
// then twice as long each time, at most for a quarter of an hour. Then one question
// tries it.
const (
	mostFailures = 3
	firstRest    = 30 * time.Second
	longestRest  = 15 * time.Minute
)

// breaker keeps questions from a service that is down.
//
//	closed → (three failures in a row) → open → (the rest is over) → trying → closed | open
type breaker struct {
	mu       sync.Mutex
	failures int
	rest     time.Duration // zero: closed
	until    time.Time
	trying   bool
}

// enter says whether the service may be asked.
func (b *breaker) enter(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rest == 0 {
		return true
	}
	if b.trying || now.Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// abandon ends a question whose end nobody waited for: it says nothing of the service.
func (b *breaker) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// leave takes in how asking ended.
func (b *breaker) leave(now time.Time, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if !failed {
		b.failures, b.rest = 0, 0
		return
	}
	b.failures++
	if b.failures >= mostFailures {
		b.rest = min(max(firstRest, 2*b.rest), longestRest)
		b.until = now.Add(b.rest)
	}
}

func (b *breaker) resting(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rest > 0 && now.Before(b.until)
}
