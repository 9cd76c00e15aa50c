package httpapi

import (
	"embed"
	"net/http"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/platform/i18n"
)

// The faults of the API itself.
var (
	// ErrInput: the request can be read, but is not what the route asks for; the
	// fields say where.
	ErrInput = fault.New(fault.Invalid, "api.invalid_input")
	// ErrMalformed: the body or the query is not in its format.
	ErrMalformed = fault.New(fault.Malformed, "api.malformed")
	// ErrBodyTooLarge: the body has more bytes than the route takes.
	ErrBodyTooLarge = fault.New(fault.TooLarge, "api.body_too_large")
	// ErrMediaType: the body is in a format or an encoding that the route does not take.
	ErrMediaType = fault.New(fault.Unsupported, "api.unsupported_media_type")
	// ErrBadCursor: the cursor is not one that this list has given to this tenant.
	ErrBadCursor = fault.New(fault.Invalid, "api.bad_cursor")
	// ErrBadKey: the Idempotency-Key is longer than 255 or not visible ASCII.
	ErrBadKey = fault.New(fault.Malformed, "api.bad_idempotency_key")
	// ErrStale: If-Match names another version than the present one.
	ErrStale = fault.New(fault.Stale, "api.stale_version")
	// ErrVersionRequired: the route wants If-Match.
	ErrVersionRequired = fault.New(fault.Precondition, "api.version_required")
	// ErrTimeout: the request took too long. A command with an Idempotency-Key may
	// be repeated to learn how it went.
	ErrTimeout = fault.New(fault.Unavailable, "api.timeout")

	errMethod      = fault.New(fault.NotFound, "api.method_not_allowed")
	errAccept      = fault.New(fault.Invalid, "api.not_acceptable")
	errCrossOrigin = fault.New(fault.NotFound, "api.cross_origin")
	errGone        = fault.New(fault.Unavailable, "api.client_gone")
)

// status is what each kind of fault answers.
var status = map[fault.Kind]int{
	fault.Internal:     http.StatusInternalServerError,
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Malformed:    http.StatusBadRequest,
	fault.Unknown:      http.StatusUnauthorized,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.Stale:        http.StatusPreconditionFailed,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Unsupported:  http.StatusUnsupportedMediaType,
	fault.Precondition: http.StatusPreconditionRequired,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// ownStatus is for the few faults of HTTP itself that have no kind.
var ownStatus = map[string]int{
	errMethod.Code:      http.StatusMethodNotAllowed,
	errAccept.Code:      http.StatusNotAcceptable,
	errCrossOrigin.Code: http.StatusForbidden,
	errGone.Code:        499,
}

// StatusOf is the HTTP status that a fault answers.
func StatusOf(f *fault.Fault) int {
	if s, ok := ownStatus[f.Code]; ok {
		return s
	}
	if s, ok := status[f.Kind]; ok {
		return s
	}
	return http.StatusInternalServerError
}

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)
