package resident

import (
	"sync"
	"sync/atomic"
)

// Keeper holds the present board. Many read it at once; changes come one after another,
// each to the board as it is then, so that of two who want the same place one wins.
type Keeper struct {
	mu  sync.Mutex // held while a change is made
	now atomic.Pointer[Board]
}

// NewKeeper begins with a board.
func NewKeeper(b *Board) *Keeper {
	k := &Keeper{}
	k.now.Store(b)
	return k
}

// Board is the present board.
func (k *Keeper) Board() *Board { return k.now.Load() }

// Apply answers disturbances; see Board.Apply.
func (k *Keeper) Apply(list ...Disturbance) (*Board, Answer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	next, a, err := k.now.Load().Apply(list...)
	if err != nil {
		return nil, Answer{}, err
	}
	k.now.Store(next)
	return next, a, nil
}

// Adopt takes an improvement over; see Board.Adopt.
func (k *Keeper) Adopt(i Better) (*Board, Answer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	next, a, err := k.now.Load().Adopt(i)
	if err != nil {
		return nil, Answer{}, err
	}
	k.now.Store(next)
	return next, a, nil
}
