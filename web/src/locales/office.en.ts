import charge from './en/charge.json';
import dead from './en/dead.json';
import insight from './en/insight.json';
import mail from './en/mail.json';
import order from './en/order.json';
import statement from './en/statement.json';
import user from './en/user.json';

export default { charge, dead, insight, mail, order, statement, user };
