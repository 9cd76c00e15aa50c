import cases from './en/case.json';
import common from './en/common.json';
import event from './en/event.json';
import login from './en/login.json';
import reason from './en/reason.json';
import role from './en/role.json';
import shell from './en/shell.json';
import sla from './en/sla.json';
import state from './en/state.json';
import word from './en/word.json';

export default { case: cases, common, event, login, reason, role, shell, sla, state, word };
