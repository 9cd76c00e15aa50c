package httpapi

import (
	"errors"
	"net/http"
	"strings"
)

// The headers of every reply. Replies of the API are never kept by a browser:
// they hold what the next user of the same machine may not see. What the web
// application embeds sets its own Cache-Control.
var (
	headerNoStore     = []string{"no-store"}
	headerNoSniff     = []string{"nosniff"}
	headerReferrer    = []string{"same-origin"}
	headerPermissions = []string{"accelerometer=(), camera=(self), geolocation=(self), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"}
	headerOpener      = []string{"same-origin"}
	headerFrame       = []string{"DENY"}
	headerVary        = []string{"Accept-Encoding, Accept-Language, Authorization, Cookie"}
	headerHSTS        = []string{"max-age=31536000; includeSubDomains"}
	headerCSP         = []string{strings.Join([]string{
		"default-src 'self'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"media-src 'self' blob:",
		"connect-src 'self'",
		"worker-src 'self' blob:",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")}
)

func (a *API) setHeaders(h http.Header, r *http.Request, requestID string) {
	h["X-Request-Id"] = []string{requestID}
	h["Cache-Control"] = headerNoStore
	h["X-Content-Type-Options"] = headerNoSniff
	h["Referrer-Policy"] = headerReferrer
	h["Permissions-Policy"] = headerPermissions
	h["Cross-Origin-Opener-Policy"] = headerOpener
	h["Cross-Origin-Resource-Policy"] = headerOpener
	h["X-Frame-Options"] = headerFrame
	h["Content-Security-Policy"] = headerCSP
	h["Vary"] = headerVary
	if r.TLS != nil || (a.o.BehindProxy && r.Header.Get("X-Forwarded-Proto") == "https") {
		h["Strict-Transport-Security"] = headerHSTS
	}
}

// acceptsJSON reports whether a reply in JSON is welcome.
func acceptsJSON(header string) bool {
	if header == "" {
		return true
	}
	for one := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "*/*", "application/*", "application/json", "application/problem+json":
			if q = strings.ReplaceAll(q, " ", ""); q != "q=0" && q != "q=0.0" {
				return true
			}
		}
	}
	return false
}

func asIs(err, target error) bool              { return errors.Is(err, target) }
func asError[T error](err error, into *T) bool { return errors.As(err, into) }
