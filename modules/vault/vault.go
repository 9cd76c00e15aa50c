// Package vault is the language of persons: how they are reached, which part
// they play, whose law protects them, and what they may ask for.
//
// It is pure. Package vaultsvc answers them.
package vault
