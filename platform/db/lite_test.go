package db

import (
	"errors"
	"fmt"
	"testing"

	"zombiezen.com/go/sqlite"
)

// TestPassing tells troubles that pass, which callers may show, from mistakes.
func TestPassing(t *testing.T) {
	t.Parallel()
	for code, passes := range map[sqlite.ResultCode]bool{
		sqlite.ResultBusy: true, sqlite.ResultBusySnapshot: true, sqlite.ResultBusyRecovery: true, sqlite.ResultLocked: true,
		sqlite.ResultProtocol: true, sqlite.ResultSchema: true, sqlite.ResultFull: true, sqlite.ResultIOErr: true,
		sqlite.ResultConstraintUnique: false, sqlite.ResultMisuse: false, sqlite.ResultCorrupt: false, sqlite.ResultError: false,
	} {
		err := lite(fmt.Errorf("store: %w", code.ToError()))
		if got := errors.Is(err, ErrUnavailable); got != passes {
			t.Errorf("%v: unavailable %v, want %v", code, got, passes)
		}
	}
	if err := lite(ErrRetry); !errors.Is(err, ErrRetry) {
		t.Error("another error was changed")
	}
}
