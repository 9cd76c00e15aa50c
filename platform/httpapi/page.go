package httpapi

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/url"

	"fettle.dev/fettle/platform/access"
)

// Page is a part of a list. Next continues it; "" means that this is its end.
type Page[T any] struct {
	Items []T    `json:"items" doc:"The things of this part of the list."`
	Next  string `json:"next,omitempty" doc:"Give it as cursor to continue; absent at the end."`
}

// PageIn is what a list asks for; a route's input embeds it.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"2000" doc:"Where to continue: next of the part before."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"How many things at most."`
}

// Seek reads the cursor of a list into key, which holds what the list is sorted
// by. It returns false for the first part. A cursor holds for the tenant, the
// route and the filter it was given for, and for nothing else: any other is
// ErrBadCursor. Cursors are sealed, so that the key may be anything that a
// caller need not see.
func (p PageIn) Seek(ctx context.Context, key any) (bool, error) {
	if p.Cursor == "" {
		return false, nil
	}
	s, bound := cursorOf(ctx)
	plain, err := s.open(p.Cursor, bound)
	if err != nil || json.Unmarshal(plain, key) != nil {
		return false, ErrBadCursor
	}
	return true, nil
}

// Next makes the cursor behind the thing with the given key.
func Next(ctx context.Context, key any) (string, error) {
	plain, err := json.Marshal(key)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	s, bound := cursorOf(ctx)
	return s.seal(plain, bound), nil
}

// PageOf cuts a list that was asked for one thing more than the limit.
func PageOf[T any](ctx context.Context, in PageIn, items []T, key func(T) any) (Page[T], error) {
	if len(items) <= in.Limit {
		return Page[T]{Items: items}, nil
	}
	items = items[:in.Limit]
	next, err := Next(ctx, key(items[len(items)-1]))
	return Page[T]{Items: items, Next: next}, err
}

// outside seals cursors where no request is: a use case that a job or a test calls.
var outside = newSeals(rand.Text())

// cursorOf returns the keys and what a cursor of this request is bound to.
func cursorOf(ctx context.Context) (seals, []byte) {
	caller, _ := access.From(ctx)
	x := from(ctx)
	if x == nil {
		return outside, pack(caller.Tenant.String())
	}
	filter := url.Values{}
	for name, v := range x.r.URL.Query() {
		if name != "cursor" && name != "limit" {
			filter[name] = v
		}
	}
	return x.api.seals, pack(caller.Tenant.String(), x.route.op.ID, x.r.URL.EscapedPath(), filter.Encode())
}

// seals are the keys of an API.
type seals struct {
	cursor cipher.AEAD
	mac    []byte
}

func newSeals[S ~[]byte | ~string](secret S) seals {
	block, err := aes.NewCipher(derive([]byte(secret), "cursor"))
	if err != nil {
		panic(err) // cannot happen: the key has 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // cannot happen: AES has blocks of 16 bytes
	}
	return seals{cursor: aead, mac: derive([]byte(secret), "idempotency")}
}

func derive(secret []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "fettle httpapi "+use, 32)
	if err != nil {
		panic(err) // cannot happen: 32 bytes are within the limit
	}
	return key
}

func (s seals) seal(plain, bound []byte) string {
	return base64.RawURLEncoding.EncodeToString(s.cursor.Seal(nil, nil, plain, bound))
}

func (s seals) open(cursor string, bound []byte) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, err
	}
	return s.cursor.Open(nil, nil, sealed, bound)
}

// hash is a keyed hash of some texts.
func (s seals) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, s.mac)
	_, _ = h.Write(pack(parts...)) // a hash never fails
	return h.Sum(nil)
}

// pack joins texts so that no two lists of them become the same bytes.
func pack(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		b.Write(binary.AppendUvarint(nil, uint64(len(p))))
		b.WriteString(p)
	}
	return b.Bytes()
}
