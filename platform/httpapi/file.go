package httpapi

import (
	"mime"
	"net/http"
)

// File is a reply that the client keeps as a file. It is made whole before it
// goes out, so that half of one never passes for all of it.
type File struct {
	Name string
	Body []byte
}

func (f *File) write(x *exchange) error {
	if f == nil {
		return errNilReply
	}
	x.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	return x.send(http.StatusOK, []string{x.route.op.Produces}, f.Body)
}
