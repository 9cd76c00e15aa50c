package access

// Class says what sort of thing an action does.
type Class string

// The classes of actions.
const (
	Read     Class = "read"     // look at what names no customer
	Write    Class = "write"    // change it
	Personal Class = "personal" // see or change names, addresses, texts of customers
	Money    Class = "money"    // amounts, prices, statements
	Setup    Class = "admin"    // who may do what, and how the house is built
)

// rule is one line of the table of actions.
type rule struct {
	action string // kind.verb
	class  Class
	roles  string // roles and groups, separated by spaces
}

// Groups that are no roles: staff is everybody who works at the operator
// itself, crew adds technicians and the people of partners, member is whoever
// has logged in, and technician_near is a technician while the visit is near.
// What is unlimited is never for a token that is limited to some scopes.
const (
	desk  = "agent dispatcher quality"
	floor = "agent dispatcher depot parts"
	watch = "finance planner quality auditor"
)

// table lists every action of Fettle. A module adds its actions here, one line
// each; the line says everything about who may do it (the policy of a role
// says where). After a change run the package's tests with -update and review
// testdata/decisions.txt as you would review code.
var table = []rule{
	// The network.
	{"brand.read", Read, "staff brand integrator"},
	{"brand.write", Setup, "admin"},
	{"node.read", Read, "staff partner integrator"},
	{"node.write", Setup, "admin"},
	{"partner.read", Read, "staff partner integrator"},
	{"partner.write", Setup, "admin"},
	{"territory.read", Read, "staff partner"},
	{"territory.write", Setup, "admin dispatcher planner"},
	{"technician.read", Read, floor + " partner " + watch + " admin technician"},
	{"technician.write", Write, "dispatcher partner admin"},
	{"technician.personal", Personal, "dispatcher partner admin technician"},
	{"skill.read", Read, "crew integrator"},
	{"skill.write", Setup, "admin dispatcher"},
	{"shift.read", Read, "dispatcher partner planner admin technician"},
	{"shift.write", Write, "dispatcher partner admin"},
	{"calendar.read", Read, "crew integrator"},
	{"calendar.write", Setup, "admin"},

	// The catalogue and the installed base.
	{"line.read", Read, "crew brand integrator"},
	{"line.write", Setup, "admin quality integrator"},
	{"model.read", Read, "crew brand integrator"},
	{"model.write", Setup, "admin quality integrator"},
	{"part.read", Read, "crew brand integrator"},
	{"part.write", Setup, "admin parts integrator"},
	{"symptom.read", Read, "crew brand integrator"},
	{"symptom.write", Setup, "admin quality"},
	{"unit.read", Read, "crew brand customer integrator auditor"},
	{"unit.write", Write, floor + " integrator partner"},

	// Persons.
	{"person.read", Personal, desk + " partner customer"},
	{"person.write", Personal, "agent customer integrator"},
	{"person.find", Personal, "agent dispatcher"},
	{"person.export", Personal, "admin customer"},
	{"person.erase", Personal, "admin"},
	{"subject_request.read", Read, "admin auditor customer"},
	{"subject_request.create", Write, "agent admin customer"},
	{"subject_request.write", Write, "admin"},
	{"site.read", Read, floor + " partner technician quality planner auditor"},
	{"site.personal", Personal, "agent dispatcher partner customer technician_near"},

	// Warranty.
	{"term.read", Read, "crew brand integrator"},
	{"term.write", Setup, "admin quality brand"},
	{"registration.read", Read, desk + " brand customer integrator auditor"},
	{"registration.write", Write, "agent customer integrator"},
	{"entitlement.read", Read, floor + " partner brand customer technician integrator " + watch},
	{"entitlement.write", Write, "agent quality integrator"},
	{"claim.read", Money, "agent finance quality brand partner auditor"},
	{"claim.write", Money, "finance quality"},

	// Orders of brands.
	{"order.read", Read, desk + " brand integrator finance auditor"},
	{"order.create", Write, "agent brand integrator"},
	{"order.write", Write, "agent brand integrator"},
	{"order.refuse", Write, "agent"},
	{"order.personal", Personal, "agent integrator"},
	{"order.import", Write, "agent integrator"},

	// The desk.
	{"case.read", Read, floor + " technician partner brand customer integrator " + watch},
	{"case.create", Write, "agent dispatcher partner customer integrator"},
	{"case.write", Write, "agent dispatcher quality"},
	{"case.close", Write, "agent quality"},
	{"case.cancel", Write, "agent customer integrator"},
	{"case.assign", Write, "agent dispatcher quality"},
	{"case.import", Write, "agent integrator"},
	{"case.personal", Personal, desk + " partner customer technician_near"},
	{"case.chase", Write, "agent dispatcher quality partner brand customer integrator"},
	{"case.merge", Write, "agent"},
	{"message.read", Personal, desk + " partner customer technician_near"},
	{"message.write", Personal, desk + " partner customer integrator technician_near"},
	{"note.read", Personal, desk + " depot partner"},
	{"note.write", Personal, desk + " depot partner"},
	{"complaint.read", Read, desk + " brand auditor"},
	{"complaint.write", Write, "agent quality customer"},
	{"rating.read", Read, desk + " brand partner customer finance planner auditor"},
	{"rating.write", Write, "customer agent"},
	{"actor.read", Read, "staff"}, // who of us did what; to everybody else we are the service desk
	{"queue.read", Read, desk},
	{"queue.write", Setup, "admin quality"},

	// Service levels.
	{"clock.read", Read, floor + " technician partner brand customer integrator " + watch},
	{"clock.write", Write, "quality"},
	{"target.read", Read, "staff brand partner"},
	{"target.write", Setup, "admin quality"},

	// The fix plan.
	{"plan.read", Read, floor + " technician partner brand customer integrator " + watch},
	{"plan.write", Write, "agent dispatcher"},
	{"plan.accept", Write, "agent dispatcher customer"},
	{"plan.overrule", Write, "agent quality"},

	// Work and its appointments.
	{"work.read", Read, floor + " technician partner brand customer integrator " + watch},
	{"work.create", Write, "agent dispatcher partner"},
	{"work.write", Write, "agent dispatcher depot partner technician"},
	{"work.check", Write, "agent quality partner"},
	{"work.reverse", Money, "finance"},
	{"work.personal", Personal, "agent dispatcher depot partner technician_near"},
	{"appointment.read", Read, desk + " technician partner customer parts planner integrator auditor"},
	{"appointment.write", Write, "agent dispatcher partner customer"},
	{"appointment.go", Write, "dispatcher partner technician"},
	{"appointment.personal", Personal, "agent dispatcher partner customer technician_near"},
	{"offer.read", Read, "agent dispatcher partner customer integrator"},
	{"offer.create", Write, "agent dispatcher partner customer integrator"},
	{"offer.accept", Write, "agent dispatcher partner customer"},
	{"board.read", Read, "dispatcher partner agent planner"},
	{"board.write", Write, "dispatcher partner"},
	{"capacity.read", Read, "dispatcher partner planner"},
	{"experience.read", Read, "dispatcher partner planner quality"},
	{"experience.write", Setup, "admin dispatcher planner"},
	{"routing.solve", Read, "dispatcher planner integrator"}, // a problem that stands for itself

	// Visits and their records.
	{"visit.read", Read, desk + " technician partner brand customer parts finance planner auditor integrator"},
	{"visit.write", Write, "technician partner dispatcher integrator"},
	{"visit.personal", Personal, "agent quality partner customer technician_near"},
	{"record.read", Read, desk + " technician partner brand customer finance planner auditor integrator"},
	{"record.write", Write, "technician partner integrator"},
	{"file.read", Personal, desk + " depot partner customer technician_near"},
	{"file.write", Write, desk + " depot partner customer technician integrator"},
	{"bundle.read", Personal, "technician"},

	// Parts and stock.
	{"stock.read", Read, floor + " partner planner finance auditor integrator"},
	{"stock.write", Write, "parts depot integrator"},
	{"stock.count", Write, "parts depot partner"},
	{"movement.read", Read, "parts depot partner finance auditor"},
	{"movement.write", Write, "parts depot partner"},
	{"reservation.read", Read, floor + " partner planner"},
	{"reservation.write", Write, "parts dispatcher depot"},
	{"van.read", Read, "technician parts dispatcher"},
	{"return.read", Read, floor + " partner brand customer " + watch},
	{"return.write", Write, "agent depot partner customer"},

	// Money.
	{"charge.read", Money, "agent finance partner brand auditor"},
	{"charge.write", Money, "finance"},
	{"ratecard.read", Money, "finance partner brand auditor"},
	{"ratecard.write", Money, "finance"},
	{"statement.read", Money, "finance partner brand auditor"},
	{"statement.write", Money, "finance"},
	{"statement.agree", Money, "partner brand"},
	{"statement.dispute", Money, "partner brand"},
	{"journal.read", Money, "finance auditor"},
	{"journal.write", Money, "finance"},
	{"price.read", Money, "agent finance partner customer"},

	// Proof and insight.
	{"proof.read", Read, desk + " partner brand customer finance auditor integrator"},
	{"proof.verify", Read, "quality finance auditor admin"},
	{"report.read", Read, "dispatcher partner brand " + watch},
	{"report.money", Money, "finance planner"},
	{"hint.read", Read, "crew brand customer"},

	// One's own account, and the house.
	{"me.read", Read, "member"},
	{"me.write", Write, "member"},
	{"user.read", Setup, "admin"},
	{"user.write", Setup, "admin unlimited"},
	{"grant.read", Setup, "admin auditor"},
	{"grant.write", Setup, "admin unlimited"},
	{"token.read", Setup, "admin"},
	{"token.write", Setup, "admin unlimited"},
	{"tenant.read", Setup, "admin auditor"},
	{"tenant.write", Setup, "admin"},
	{"policy.read", Read, "staff"},
	{"policy.write", Setup, "admin quality"},
	{"deadletter.read", Setup, "admin"},
	{"deadletter.write", Setup, "admin"},
	{"job.read", Setup, "admin"},
	{"job.write", Setup, "admin"},
	{"mail.read", Personal, "admin"},
	{"import.read", Read, "agent admin integrator"},
	{"import.write", Write, "agent admin integrator"},
}
