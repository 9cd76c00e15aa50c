import cases from './zh-CN/case.json';
import common from './zh-CN/common.json';
import event from './zh-CN/event.json';
import login from './zh-CN/login.json';
import reason from './zh-CN/reason.json';
import role from './zh-CN/role.json';
import shell from './zh-CN/shell.json';
import sla from './zh-CN/sla.json';
import state from './zh-CN/state.json';
import word from './zh-CN/word.json';

export default { case: cases, common, event, login, reason, role, shell, sla, state, word };
