// Package telemetry tells how the house is doing without telling on anybody.
//
// The log is JSON through slog with an allow-list: only attributes whose key is
// listed here are written, everything else is dropped and counted, so a name or
// a phone number cannot get into the log by a careless line. Errors lose what
// stands in quotes, where drivers and parsers put the values they choke on.
// Metrics are Prometheus's; they and the profiler are served on an address of
// their own, which is not the API's (see Admin).
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
)

// allowed are the keys that may be written. A key is added here with a thought
// for what its values can be: codes, names from our own source, pseudonymous
// ids, numbers, instants. Never anything that a person has written, and nothing
// that tells who a person is.
var allowed = set(
	// the request
	"request_id", "method", "route", "status", "took_us", "bytes", "code", "tenant",
	// errors
	"err", "panic", "stack",
	// parts of the house
	"module", "component", "event", "subscriber", "lane", "kind", "job", "key_kind", "schema", "migration",
	"topic", "engine", "process", "version", "commit", "addr", "listen", "state", "step", "reason", "action",
	// pseudonymous ids
	"id", "case", "subject", "event_id", "job_id", "node", "leaf", "file",
	// numbers and instants
	"attempt", "count", "size", "lag_ms", "backlog", "limit", "rate", "percent", "dropped", "from", "until", "due_at",
	"total", "done", "failed", "skipped", "retry_in_ms", "took_ms",
)

func set(keys ...string) map[string]bool {
	m := make(map[string]bool, len(keys))
	for _, k := range keys {
		m[k] = true
	}
	return m
}

// Allowed lists the keys that are written, sorted.
func Allowed() []string {
	keys := make([]string, 0, len(allowed))
	for k := range allowed {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// dropped counts the attributes that were not written, in this process.
var dropped atomic.Int64

// Dropped is how many attributes this process has kept out of its log. A number
// above zero is a line of code to be mended.
func Dropped() int64 { return dropped.Load() }

// NewLogger returns a logger that writes JSON lines to w from the given level.
func NewLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(handler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// handler keeps attributes that are not allowed from the handler inside.
type handler struct{ inside slog.Handler }

// Enabled implements slog.Handler.
func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.inside.Enabled(ctx, l) }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := wash(a); ok {
			clean.AddAttrs(a)
		}
		return true
	})
	return h.inside.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a, ok := wash(a); ok {
			clean = append(clean, a)
		}
	}
	return handler{h.inside.WithAttrs(clean)}
}

// WithGroup implements slog.Handler. The name of a group is our own source's.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.inside.WithGroup(name)} }

// wash returns the attribute as it may be written.
func wash(a slog.Attr) (slog.Attr, bool) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		return washGroup(a.Key, v)
	}
	if !allowed[a.Key] {
		dropped.Add(1)
		return slog.Attr{}, false
	}
	switch v.Kind() { //nolint:exhaustive // numbers, instants and booleans are safe
	case slog.KindString:
		if a.Key != "stack" {
			v = slog.StringValue(short(v.String()))
		}
	case slog.KindAny:
		v = washAny(v.Any())
	}
	return slog.Attr{Key: a.Key, Value: v}, true
}

func washGroup(key string, v slog.Value) (slog.Attr, bool) {
	var clean []slog.Attr
	for _, m := range v.Group() {
		if m, ok := wash(m); ok {
			clean = append(clean, m)
		}
	}
	return slog.Attr{Key: key, Value: slog.GroupValue(clean...)}, len(clean) > 0
}

// washAny writes errors without the values in them, and of other things only
// those that are a text or a number by nature.
func washAny(v any) slog.Value {
	switch v := v.(type) {
	case error:
		return slog.StringValue(Redact(v.Error()))
	case interface{ String() string }:
		return slog.StringValue(short(v.String()))
	case []string:
		return slog.StringValue(short(strings.Join(v, ",")))
	case nil:
		return slog.AnyValue(nil)
	}
	dropped.Add(1)
	return slog.StringValue("(dropped)")
}

// maxText is how many bytes of a text are written.
const maxText = 400

func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}

// Redact takes what stands in quotes or brackets after an equals sign out of the
// text of an error: that is where other people's code repeats its input.
func Redact(s string) string {
	var b strings.Builder
	var quote byte
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote && s[i-1] != '\\' {
				b.WriteString("…")
				b.WriteByte(c)
				quote = 0
			}
		case c == '"' || c == '`' || (c == '\'' && !inWord(s, i)):
			quote = c
			b.WriteByte(c)
		case c == '(' && i > 0 && s[i-1] == '=': // PostgreSQL: Key (email)=(…)
			quote = ')'
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		b.WriteString("…")
	}
	return short(b.String())
}

// inWord reports whether the apostrophe at i is one inside a word: can't.
func inWord(s string, i int) bool {
	return i > 0 && i+1 < len(s) && letter(s[i-1]) && letter(s[i+1])
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
