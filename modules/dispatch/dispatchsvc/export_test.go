package dispatchsvc

// CountOpen is the question behind the list of boards.
const CountOpen = countOpen

// HoldSolvers occupies the searches of the API, until they are released.
func (m *Module) HoldSolvers() (release func()) {
	for range solveAtOnce {
		m.solving <- struct{}{}
	}
	return func() {
		for range solveAtOnce {
			<-m.solving
		}
	}
}
