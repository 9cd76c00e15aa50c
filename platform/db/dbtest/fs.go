package dbtest

import (
	"io/fs"
	"testing/fstest"
)

func oneFile(ddl string) fs.FS {
	return fstest.MapFS{"migrations/0001_test.sql": {Data: []byte(ddl)}}
}
