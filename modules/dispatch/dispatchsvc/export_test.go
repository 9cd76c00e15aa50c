package dispatchsvc

// CountOpen is the question behind the list of boards.
const CountOpen = countOpen
