package id

// Kinds are append-only and in alphabetical order; their prefixes are part of the API.

// Markers, one for each kind.
type (
	APITokenKind       struct{}
	AppointmentKind    struct{}
	BrandKind          struct{}
	CaseKind           struct{}
	ChargeKind         struct{}
	CheckpointKind     struct{}
	EntitlementKind    struct{}
	EntryKind          struct{}
	EventKind          struct{}
	FileKind           struct{}
	FixPlanKind        struct{}
	GrantKind          struct{}
	JobKind            struct{}
	LeafKind           struct{}
	LineKind           struct{}
	MailKind           struct{}
	MessageKind        struct{}
	ModelKind          struct{}
	MovementKind       struct{}
	NodeKind           struct{}
	OfferKind          struct{}
	OrderKind          struct{}
	PartKind           struct{}
	PartnerKind        struct{}
	PersonKind         struct{}
	RateCardKind       struct{}
	ReservationKind    struct{}
	ReviewKind         struct{}
	SessionKind        struct{}
	SiteKind           struct{}
	SlaCalendarKind    struct{}
	SlaClockKind       struct{}
	SlaTargetKind      struct{}
	SlowdownKind       struct{}
	StatementKind      struct{}
	SubjectRequestKind struct{}
	TechnicianKind     struct{}
	TenantKind         struct{}
	TerritoryKind      struct{}
	UnitKind           struct{}
	UserKind           struct{}
	VisitKind          struct{}
	WarrantyTermKind   struct{}
	WorkOrderKind      struct{}
)

func (APITokenKind) prefix() string       { return "tok" }
func (AppointmentKind) prefix() string    { return "apt" }
func (BrandKind) prefix() string          { return "brd" }
func (CaseKind) prefix() string           { return "case" }
func (ChargeKind) prefix() string         { return "chg" }
func (CheckpointKind) prefix() string     { return "chk" }
func (EntitlementKind) prefix() string    { return "ent" }
func (EntryKind) prefix() string          { return "jrn" }
func (EventKind) prefix() string          { return "evt" }
func (FileKind) prefix() string           { return "file" }
func (FixPlanKind) prefix() string        { return "plan" }
func (GrantKind) prefix() string          { return "grt" }
func (JobKind) prefix() string            { return "job" }
func (LeafKind) prefix() string           { return "leaf" }
func (LineKind) prefix() string           { return "line" }
func (MailKind) prefix() string           { return "mail" }
func (MessageKind) prefix() string        { return "msg" }
func (ModelKind) prefix() string          { return "mdl" }
func (MovementKind) prefix() string       { return "mov" }
func (NodeKind) prefix() string           { return "node" }
func (OfferKind) prefix() string          { return "offr" }
func (OrderKind) prefix() string          { return "ord" }
func (PartKind) prefix() string           { return "part" }
func (PartnerKind) prefix() string        { return "ptn" }
func (PersonKind) prefix() string         { return "per" }
func (RateCardKind) prefix() string       { return "rate" }
func (ReservationKind) prefix() string    { return "rsv" }
func (ReviewKind) prefix() string         { return "rev" }
func (SessionKind) prefix() string        { return "ses" }
func (SiteKind) prefix() string           { return "site" }
func (SlaCalendarKind) prefix() string    { return "cal" }
func (SlaClockKind) prefix() string       { return "clk" }
func (SlaTargetKind) prefix() string      { return "tgt" }
func (SlowdownKind) prefix() string       { return "slow" }
func (StatementKind) prefix() string      { return "stm" }
func (SubjectRequestKind) prefix() string { return "dsr" }
func (TechnicianKind) prefix() string     { return "tech" }
func (TenantKind) prefix() string         { return "ten" }
func (TerritoryKind) prefix() string      { return "tty" }
func (UnitKind) prefix() string           { return "unit" }
func (UserKind) prefix() string           { return "usr" }
func (VisitKind) prefix() string          { return "vis" }
func (WarrantyTermKind) prefix() string   { return "wty" }
func (WorkOrderKind) prefix() string      { return "wo" }

// The kinds of things that Fettle names.
type (
	// APIToken names an API token.
	APIToken = ID[APITokenKind]
	// Appointment names a promised stretch of a technician's time.
	Appointment = ID[AppointmentKind]
	// Brand names a brand that the operator serves.
	Brand = ID[BrandKind]
	// Case names a customer's problem.
	Case = ID[CaseKind]
	// Charge names a rated line.
	Charge = ID[ChargeKind]
	// Checkpoint names a signed head of the proof log.
	Checkpoint = ID[CheckpointKind]
	// Entitlement names a decision on what covers a case.
	Entitlement = ID[EntitlementKind]
	// Entry names an entry of the double-entry journal.
	Entry = ID[EntryKind]
	// Event names an event of the outbox.
	Event = ID[EventKind]
	// File names a stored file.
	File = ID[FileKind]
	// FixPlan names a fix plan.
	FixPlan = ID[FixPlanKind]
	// Grant names a role with a scope.
	Grant = ID[GrantKind]
	// Job names a job of the queue.
	Job = ID[JobKind]
	// Leaf names a leaf of the proof log.
	Leaf = ID[LeafKind]
	// Line names a product line.
	Line = ID[LineKind]
	// Mail names a message that goes out.
	Mail = ID[MailKind]
	// Message names an entry of a case's conversation.
	Message = ID[MessageKind]
	// Model names a model of a product line.
	Model = ID[ModelKind]
	// Movement names a movement of stock.
	Movement = ID[MovementKind]
	// Node names headquarters, a regional centre or a local node.
	Node = ID[NodeKind]
	// Offer names a slot that is offered.
	Offer = ID[OfferKind]
	// Order names a brand's service order.
	Order = ID[OrderKind]
	// Part names a spare part.
	Part = ID[PartKind]
	// Partner names a company that serves for the operator.
	Partner = ID[PartnerKind]
	// Person names a person whose data is sealed.
	Person = ID[PersonKind]
	// RateCard names a card of prices.
	RateCard = ID[RateCardKind]
	// Reservation names a reservation of stock.
	Reservation = ID[ReservationKind]
	// Review names something about a visit that somebody must look at.
	Review = ID[ReviewKind]
	// Session names a log-in.
	Session = ID[SessionKind]
	// Site names where the unit stands.
	Site = ID[SiteKind]
	// SlaCalendar names the working hours of nodes or countries.
	SlaCalendar = ID[SlaCalendarKind]
	// SlaClock names a clock that runs on a case.
	SlaClock = ID[SlaClockKind]
	// SlaTarget names a promise for a sort of cases.
	SlaTarget = ID[SlaTargetKind]
	// Slowdown names a while in which the ways of a node take longer.
	Slowdown = ID[SlowdownKind]
	// Statement names a settlement statement.
	Statement = ID[StatementKind]
	// SubjectRequest names a person's request about their data.
	SubjectRequest = ID[SubjectRequestKind]
	// Technician names a person who visits.
	Technician = ID[TechnicianKind]
	// Tenant names an operator: the tenant.
	Tenant = ID[TenantKind]
	// Territory names a service territory.
	Territory = ID[TerritoryKind]
	// Unit names one product with a serial.
	Unit = ID[UnitKind]
	// User names somebody who logs in.
	User = ID[UserKind]
	// Visit names a visit as done.
	Visit = ID[VisitKind]
	// WarrantyTerm names a term of warranty.
	WarrantyTerm = ID[WarrantyTermKind]
	// WorkOrder names a work order.
	WorkOrder = ID[WorkOrderKind]
)
