package crashtest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fettle-crash")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin = dir
	for _, name := range []string{"fettle", "intakeload"} {
		out, err := exec.Command("go", "build", "-tags", "no_web", "-o", filepath.Join(dir, name), "../cmd/"+name).CombinedOutput()
		if err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", name, err, out)
			return 1
		}
	}
	return m.Run()
}

// long reports whether the long forms are wanted.
func long() bool { return os.Getenv("FETTLE_SOAK") != "" }

// site is an installation: a database with the network of the load generator.
type site struct {
	db, home string
	token    string
}

// found migrates the database, makes a token that may do what is tested, and
// has the load generator set up its brand.
func found(t *testing.T, database, home string) *site {
	t.Helper()
	s := &site{db: database, home: home}
	s.do(t, "migrate")
	s.token = strings.TrimSpace(s.do(t, "token", "create",
		"--role=admin", "--role=agent", "--role=integrator", "--role=quality"))
	p := s.start(t, "serve", "--addr=127.0.0.1:0")
	out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "intakeload"), "-seed", "-url", p.url, "-token", s.token, "-units", "20").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.stop(t)
	return s
}

func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "fettle"), args...)
	cmd.Env = append(os.Environ(), "FETTLE_DB="+s.db, "FETTLE_HOME="+s.home)
	return cmd
}

// do runs a command of the program to its end and returns what it printed.
func (s *site) do(t *testing.T, args ...string) string {
	t.Helper()
	var said bytes.Buffer
	cmd := s.command(t.Context(), args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fettle %s: %v\n%s%s", strings.Join(args, " "), err, out, said.Bytes())
	}
	return string(out)
}

// process is a running server or worker.
type process struct {
	cmd   *exec.Cmd
	url   string // of a server
	admin string // of its admin address
	log   *journal
	over  chan struct{}
}

// journal is what a process has said.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// start starts a process and waits until it says that it runs.
func (s *site) start(t *testing.T, args ...string) *process {
	t.Helper()
	for try := 1; ; try++ {
		p, serving := s.launch(t, args)
		if serving {
			return p
		}
		p.kill()
		if try == 3 || !strings.Contains(p.log.String(), "address already in use") { // a client may have taken the free one meanwhile
			t.Fatalf("fettle %s ended: %s", strings.Join(args, " "), p.log)
		}
	}
}

// launch starts the command and reports whether it has said its first line.
func (s *site) launch(t *testing.T, args []string) (p *process, serving bool) {
	t.Helper()
	p = &process{log: &journal{}, over: make(chan struct{})}
	if args[0] == "serve" {
		p.admin = freeAddress(t)
		args = append(slices.Clone(args), "--admin-addr="+p.admin)
	}
	p.cmd = s.command(context.WithoutCancel(t.Context()), args...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	lines := bufio.NewScanner(out)
	serving = lines.Scan()
	if _, at, ok := strings.Cut(lines.Text(), "serves on "); ok {
		p.url = at
	}
	go func() {
		defer close(p.over)
		_, _ = io.Copy(io.Discard, out) // until the process ends
		_ = p.cmd.Wait()                // how it ended is up to the test
	}()
	return p, serving
}

// freeAddress is one that nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// kill ends the process as a power button does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be over
	<-p.over
}

// stop ends the process as an operator does, and fails if it does not obey.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.over:
	case <-time.After(20 * time.Second):
		p.kill()
		t.Fatalf("the process did not stop: %s", p.log)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the process ended with %d: %s", code, p.log)
	}
}

var web = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 20 * time.Second}

// reply is what came back, decoded as far as tests ask.
type reply struct {
	status  int
	etag    string
	ID      string `json:"id"`
	State   string `json:"state"`
	Code    string `json:"code"`
	Version int64  `json:"version"`
	text    []byte
}

// send sends one request; headers come in pairs. An error means that nobody
// knows whether it was heard.
func (s *site) send(url, method, path, body string, headers ...string) (r reply, err error) {
	req, err := http.NewRequest(method, url+path, strings.NewReader(body))
	if err != nil {
		return r, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := web.Do(req)
	if err != nil {
		return r, err
	}
	defer func() { _ = res.Body.Close() }()
	if r.text, err = io.ReadAll(res.Body); err != nil {
		return r, err
	}
	r.status, r.etag = res.StatusCode, res.Header.Get("ETag")
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(r.text, &r); err != nil {
			return r, fmt.Errorf("%d %s: %w", res.StatusCode, r.text, err)
		}
	}
	return r, nil
}

// get reads what must be there.
func (s *site) get(t *testing.T, url, path string) reply {
	t.Helper()
	r, err := s.send(url, http.MethodGet, path, "")
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s, %v\n", path, r.status, r.text, err)
	}
	return r
}

// intake is a case of a new person, its number in every text.
func intake(no int) string {
	return fmt.Sprintf(`{"brand":"bench","channel":"api","serial":"BENCH-%07d","symptom":"dead","language":"en","text":"Number %d does not start.",
		"requester":{"name":"Person %d","phone":"+4930%08d","email":"p%d@example.org"},
		"site":{"country":"DE","postcode":"10%03d","city":"Berlin","street":"Bench Street %d","point":{"lat_micro":52520000,"lon_micro":13405000}}}`,
		no%20+1, no, no, no, no, no%1000, no%200)
}

// settled waits until nothing waits to be handled, and checks that nothing was
// parked.
func (s *site) settled(t *testing.T, p *process, limit time.Duration) {
	t.Helper()
	for end := clock.System().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		waiting, err := p.waiting()
		if err == nil && waiting == 0 {
			break
		}
		if clock.System().After(end) {
			t.Fatalf("after %v %v things still wait, %v\n%s", limit, waiting, err, p.log)
		}
	}
	var letters struct{ Events, Jobs []json.RawMessage }
	r := s.get(t, p.url, "/v1/dead-letters")
	if err := json.Unmarshal(r.text, &letters); err != nil || len(letters.Events)+len(letters.Jobs) > 0 {
		t.Errorf("dead letters: %s, %v", r.text, err)
	}
}

// waiting adds up the gauges of what has not been handled.
func (p *process) waiting() (sum float64, err error) {
	res, err := web.Get("http://" + p.admin + "/metrics")
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		if !strings.HasPrefix(line, "fettle_waiting{") {
			continue
		}
		v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return 0, err
		}
		sum += v
		n++
	}
	if n < 3 {
		return 0, errors.New("the metrics do not say what waits")
	}
	return sum, nil
}
