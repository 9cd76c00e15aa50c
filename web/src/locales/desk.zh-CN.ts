import cases from './zh-CN/case.json';
import common from './zh-CN/common.json';
import dead from './zh-CN/dead.json';
import event from './zh-CN/event.json';
import insight from './zh-CN/insight.json';
import login from './zh-CN/login.json';
import mail from './zh-CN/mail.json';
import order from './zh-CN/order.json';
import reason from './zh-CN/reason.json';
import role from './zh-CN/role.json';
import shell from './zh-CN/shell.json';
import sla from './zh-CN/sla.json';
import state from './zh-CN/state.json';
import statement from './zh-CN/statement.json';
import user from './zh-CN/user.json';
import word from './zh-CN/word.json';

export default { case: cases, common, dead, event, insight, login, mail, order, reason, role, shell, sla, state, statement, user, word };
