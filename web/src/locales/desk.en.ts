import cases from './en/case.json';
import common from './en/common.json';
import dead from './en/dead.json';
import event from './en/event.json';
import insight from './en/insight.json';
import login from './en/login.json';
import mail from './en/mail.json';
import order from './en/order.json';
import reason from './en/reason.json';
import role from './en/role.json';
import shell from './en/shell.json';
import sla from './en/sla.json';
import state from './en/state.json';
import statement from './en/statement.json';
import user from './en/user.json';
import word from './en/word.json';

export default { case: cases, common, dead, event, insight, login, mail, order, reason, role, shell, sla, state, statement, user, word };
