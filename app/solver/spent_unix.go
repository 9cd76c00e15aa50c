//go:build unix

package solver

import (
	"syscall"
	"time"
)

// computed is how long this process has computed so far, where that can be known.
func computed() (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
