// Package remedy is the language of the fix plan: how a case is fixed, chosen
// among the ways that there are by cost, time, odds, rules and the customer's
// wish, with the reason for every choice and every rejection.
//
// It is pure. Package remedysvc keeps the plans.
package remedy

// Mode is a way to fix a case.
type Mode string

// The ways to fix a case.
const (
	Remote   Mode = "remote"    // advice by phone, chat or video
	SelfKit  Mode = "self_kit"  // a kit with which the customer repairs
	CarryIn  Mode = "carry_in"  // the customer brings it
	MailIn   Mode = "mail_in"   // the customer sends it
	OnSite   Mode = "on_site"   // a technician visits
	Swap     Mode = "swap"      // another unit, in exchange
	TradeIn  Mode = "trade_in"  // a rebate on a new one
	Refund   Mode = "refund"    // money back
	Partial  Mode = "partial"   // part of the money back, goods kept
	NoRemedy Mode = "no_remedy" // nothing can be done; says why
)
