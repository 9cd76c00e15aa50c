package demo

import "time"

// For tests, which choose the day.
var (
	ResumeAt  = (*Clock).resume
	CatchUpTo = (*Clock).catchUp
)

// Start is when the play would begin.
func (o Options) Start() time.Time { return o.start() }
