// Package crashtest holds the real binary to what it promises about failure: a
// server that is killed, a disk that is full and several processes on one
// database lose nothing that was acknowledged and do nothing twice.
//
// It knows the house from outside only: it starts the program, speaks HTTP, and
// counts rows in the database afterwards.
package crashtest
