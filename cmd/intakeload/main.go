// Command intakeload measures how many cases a running Fettle takes in: it sends
// cases over HTTP from many clients for a while, waits until the server has
// caught up, and prints rate, latencies and the server's CPU time per case.
//
// Each case is a new person with phone and e-mail, a serial out of a register of
// units, and its own Idempotency-Key: nothing is served from a cache that a real
// day would not fill.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/clock"
)

type load struct {
	url, admin, token, brand string
	clients                  int
	length                   time.Duration
	rate                     int // cases a second over all clients; 0: as fast as they can
	pid                      int
	units                    int

	client *http.Client
	count  atomic.Int64
	failed atomic.Int64
	mu     sync.Mutex
	took   []time.Duration
}

func main() {
	l := &load{}
	flag.StringVar(&l.url, "url", "http://127.0.0.1:8080", "the server")
	flag.StringVar(&l.admin, "admin", "", "its admin address, http://…, to watch the backlog")
	flag.StringVar(&l.token, "token", "", "an API token that may create cases")
	flag.StringVar(&l.brand, "brand", "bench", "code of the brand")
	flag.IntVar(&l.clients, "clients", 64, "clients side by side")
	flag.DurationVar(&l.length, "for", 20*time.Second, "how long")
	flag.IntVar(&l.rate, "rate", 0, "cases a second over all clients; 0 is as fast as they can")
	flag.IntVar(&l.pid, "pid", 0, "the server's process, for its CPU time")
	flag.IntVar(&l.units, "units", 1000, "serials BENCH-0000001 … are registered")
	seed := flag.Bool("seed", false, "build what the cases meet, and nothing else")
	flag.Parse()
	dial := &net.Dialer{}
	l.client = &http.Client{Transport: &http.Transport{DialContext: dial.DialContext, MaxIdleConnsPerHost: l.clients}, Timeout: 30 * time.Second}
	if *seed {
		if err := l.seed(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "intakeload:", err)
			os.Exit(1)
		}
		return
	}
	if err := l.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "intakeload:", err)
		os.Exit(1)
	}
}

func (l *load) run(ctx context.Context) error {
	before, err := cpu(l.pid)
	if err != nil {
		return err
	}
	lagBefore, err := l.metrics(ctx)
	if err != nil {
		return err
	}
	began := clock.System()
	ctx, stop := context.WithDeadline(ctx, began.Add(l.length))
	defer stop()
	var wg sync.WaitGroup
	for c := range l.clients {
		wg.Go(func() { l.work(ctx, c) })
	}
	wg.Wait()
	sent := clock.System().Sub(began)
	drained, worst, err := l.drain(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	after, err := cpu(l.pid)
	if err != nil {
		return err
	}
	lagAfter, err := l.metrics(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	l.report(sent, drained, worst, after-before)
	if l.admin != "" {
		fmt.Fprintf(os.Stdout, "events: lag p50 %s, p99 %s\n", lagAfter.since(lagBefore).quantile(50), lagAfter.since(lagBefore).quantile(99))
	}
	if l.failed.Load() > 0 {
		return fmt.Errorf("%d requests failed", l.failed.Load())
	}
	return nil
}

// work is one client: a case after the other, spaced out when there is a rate.
func (l *load) work(ctx context.Context, c int) {
	var every time.Duration
	if l.rate > 0 {
		every = time.Second * time.Duration(l.clients) / time.Duration(l.rate)
	}
	next := clock.System().Add(every * time.Duration(c) / time.Duration(l.clients))
	for n := 0; ctx.Err() == nil; n++ {
		if every > 0 {
			select {
			case <-time.After(next.Sub(clock.System())):
			case <-ctx.Done():
				return
			}
			next = next.Add(every)
		}
		began := clock.System()
		if err := l.send(context.WithoutCancel(ctx), c, n); err != nil {
			if l.failed.Add(1) == 1 {
				fmt.Fprintln(os.Stderr, "intakeload:", err)
			}
			continue
		}
		took := clock.System().Sub(began)
		l.count.Add(1)
		l.mu.Lock()
		l.took = append(l.took, took)
		l.mu.Unlock()
	}
}

func (l *load) send(ctx context.Context, c, n int) error {
	no := c*1_000_000 + n
	body := fmt.Sprintf(`{"brand":%q,"channel":"api","serial":"BENCH-%07d","symptom":"dead","language":"en","priority":3,
		"text":"It worked until yesterday evening. Now it clicks twice, the light stays red and nothing happens. I have tried the switch and the fuse. Number %d.",
		"requester":{"name":"Bench Person %d","phone":"+4930%08d","email":"bench%d@example.org"},
		"site":{"country":"DE","postcode":"10%03d","city":"Berlin","street":"Bench Street %d","point":{"lat_micro":52520000,"lon_micro":13405000}}}`,
		l.brand, no%l.units+1, no, no, no%100_000_000, no, no%1000, no%200)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+"/v1/cases", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+l.token)
	req.Header.Set("Idempotency-Key", "bench-"+strconv.Itoa(os.Getpid())+"-"+strconv.Itoa(no))
	res, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s", res.Status, bytes.TrimSpace(text[:min(len(text), 300)]))
	}
	var made struct{ ID string }
	if json.Unmarshal(text, &made) != nil || made.ID == "" {
		return errors.New("a case without an id")
	}
	return nil
}

// drain waits until no event and no leaf waits, and says how long that took.
func (l *load) drain(ctx context.Context) (time.Duration, float64, error) {
	if l.admin == "" {
		return 0, 0, nil
	}
	began, worst := clock.System(), 0.0
	for {
		m, err := l.metrics(ctx)
		if err != nil {
			return 0, 0, err
		}
		waiting := m.waiting
		worst = max(worst, waiting)
		took := clock.System().Sub(began)
		if waiting == 0 {
			return took, worst, nil
		}
		if took > 2*time.Minute {
			return took, worst, fmt.Errorf("%v things still wait", waiting)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (l *load) report(sent, drained time.Duration, worst float64, used time.Duration) {
	slices.Sort(l.took)
	at := func(p int) time.Duration {
		if len(l.took) == 0 {
			return 0
		}
		return l.took[min(len(l.took)*p/100, len(l.took)-1)].Round(100 * time.Microsecond)
	}
	n := l.count.Load()
	fmt.Fprintf(os.Stdout, "%d cases in %.1f s: %.0f/s, p50 %v, p95 %v, p99 %v; %d failed\n", n, sent.Seconds(), float64(n)/sent.Seconds(), at(50), at(95), at(99), l.failed.Load())
	if l.admin != "" {
		fmt.Fprintf(os.Stdout, "everything handled %.1f s after the last; %.0f waited then\n", drained.Seconds(), worst)
	}
	if l.pid != 0 && n > 0 {
		fmt.Fprintf(os.Stdout, "server CPU %.2f ms per case, everything included\n", used.Seconds()*1000/float64(n))
	}
}

// cpu is the user and system time that the process has used (proc(5)); the
// kernel counts it in hundredths of a second.
func cpu(pid int) (time.Duration, error) {
	if pid == 0 {
		return 0, nil
	}
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime, counted from behind the name
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
