package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Times that a server gives its clients. A whole body may take bodyTime: a phone
// on a slow network sends photos. Streams set deadlines of their own.
const (
	headTime  = 10 * time.Second
	bodyTime  = 2 * time.Minute
	replyTime = 3 * time.Minute
	idleTime  = 2 * time.Minute
	graceTime = 15 * time.Second
	headBytes = 32 << 10
)

// Serve serves h on l until ctx ends, then takes no more connections, calls the
// closers (which end streams) and waits for running requests, graceTime at most.
// It returns nil after such an end.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, closers ...func()) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headTime, ReadTimeout: bodyTime, WriteTimeout: replyTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headBytes, ErrorLog: slog.NewLogLogger(quiet{log.Handler()}, slog.LevelDebug),
	}
	for _, c := range closers {
		s.RegisterOnShutdown(c)
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	defer cancel()
	if err := s.Shutdown(grace); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// quiet keeps the server's own lines, which hold peers' addresses, out of the
// log: only that something happened is told.
type quiet struct{ slog.Handler }

// Handle implements slog.Handler.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "a connection broke", 0))
}
