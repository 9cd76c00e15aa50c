import charge from './zh-CN/charge.json';
import dead from './zh-CN/dead.json';
import insight from './zh-CN/insight.json';
import mail from './zh-CN/mail.json';
import order from './zh-CN/order.json';
import statement from './zh-CN/statement.json';
import user from './zh-CN/user.json';

export default { charge, dead, insight, mail, order, statement, user };
