//go:build !unix

package solver

import "time"

// computed is how long this process has computed so far, where that can be known.
func computed() (time.Duration, bool) { return 0, false }
