package demo

// For tests, which choose the day.
var (
	ResumeAt  = (*Clock).resume
	CatchUpTo = (*Clock).catchUp
)
