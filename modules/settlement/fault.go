package settlement

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNoCard      = fault.New(fault.Conflict, "settlement.no_rate_card") // args: party
	ErrCard        = fault.New(fault.Invalid, "settlement.rate_card")
	ErrStatement   = fault.New(fault.NotFound, "settlement.statement_not_found")
	ErrTransition  = fault.New(fault.Conflict, "settlement.transition") // args: state, command
	ErrPayment     = fault.New(fault.Invalid, "settlement.payment")
	ErrOverpaid    = fault.New(fault.Conflict, "settlement.overpaid")
	ErrReason      = fault.New(fault.Invalid, "settlement.reason")
	ErrNoPayment   = fault.New(fault.NotFound, "settlement.payment_not_found")
	ErrTakenBack   = fault.New(fault.Conflict, "settlement.payment_reversed")
	ErrUnbalanced  = fault.New(fault.Internal, "settlement.unbalanced")
	ErrPeriodOpen  = fault.New(fault.Conflict, "settlement.period_not_over")
	ErrCardMissing = fault.New(fault.NotFound, "settlement.rate_card_not_found")
)
