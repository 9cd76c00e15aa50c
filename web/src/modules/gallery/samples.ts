import { Problem } from '../../api/problem';
import type { Amount } from '../../lib/format';
import { currentLang } from '../../lib/i18n';
import type { Clock } from '../../lib/sla';
import type { NavGroup } from '../../ui/shell/Nav';
import type { TimelineEntry } from '../../ui/Timeline';

/* Texts of the gallery, which no customer ever sees: they stay out of the catalogues and out of the shipped bundle. */
const en = {
  title: 'Gallery', role: 'Agent · Wuhan', tenant: 'Northwind Service', due: 'Due', subject: 'Subject', state: 'State', opened: 'Opened', cost: 'Cost',
  late: 'Late', mine: 'Mine', save: 'Save', other: 'Something else', disabled: 'Not now', forms: 'Forms', name: 'Name', hint: 'As on the invoice', phone: 'Phone',
  phoneError: 'Give the number with its country code, such as +86 27 5550 0142.', country: 'Country', workType: 'Work type', repair: 'Repair', install: 'Installation',
  message: 'Message', messageText: 'The indoor unit drips on the sofa since yesterday.', choices: 'Choices', onSwitch: 'Tell me by e-mail', rating: 'How was it?',
  states: 'States', response: 'Response', errors: 'Errors and remarks', loadFailed: 'The cases could not be loaded.', note: 'The part arrives tomorrow before noon.',
  empty: 'No case is waiting for you. New ones appear here by themselves.', openDrawer: 'Change the customer', openConfirm: 'Erase the person', openToast: 'Show a message',
  openToastError: 'Show an error', toast: 'The case was given to Li Na.', toastError: 'The visit could not be moved: its part is not there yet.', facts: 'Facts', customer: 'Customer',
  coverage: 'Warranty', reasonFor: 'Sold on 3 May 2024 in China: 72 months of parts and labour', reasonAgainst: 'Travel beyond 50 km is not covered', reasonNeutral: 'The unit was never registered; the invoice counts',
  labour: 'Labour', penalty: 'Late arrival', refund: 'Goodwill', timeline: 'Timeline', cases: 'Cases', dispatch: 'Dispatch', parts: 'Parts', partners: 'Partners', statements: 'Statements', kpis: 'Figures', users: 'Users',
  work: 'Work', network: 'Network', money: 'Money', insight: 'Insight', setup: 'Setup', wrote: 'wrote', booked: 'booked a visit for Thursday', late1: 'promise at risk: response',
  sys: 'looked up the coverage', portal: 'Portal', technician: 'on site, replaced the drain pump',
};

const zh: typeof en = {
  title: '组件库', role: '客服 · 武汉', tenant: '北风服务', due: '时限', subject: '主题', state: '状态', opened: '创建', cost: '费用',
  late: '超时', mine: '我的', save: '保存', other: '其他操作', disabled: '暂不可用', forms: '表单', name: '姓名', hint: '与发票一致', phone: '电话',
  phoneError: '请填写带国家代码的号码，例如 +86 27 5550 0142。', country: '国家', workType: '作业类型', repair: '维修', install: '安装',
  message: '留言', messageText: '室内机从昨天开始往沙发上滴水。', choices: '选项', onSwitch: '用邮件通知我', rating: '服务如何?',
  states: '状态', response: '首次响应', errors: '错误与提示', loadFailed: '无法加载服务请求。', note: '备件将于明天中午前到达。',
  empty: '目前没有等待您处理的服务请求，新的请求会自动出现。', openDrawer: '修改客户', openConfirm: '删除个人信息', openToast: '显示消息',
  openToastError: '显示错误', toast: '已将服务请求交给李娜。', toastError: '无法改约：备件尚未到货。', facts: '信息', customer: '客户',
  coverage: '保修', reasonFor: '2024年5月3日在中国售出：零件与人工保修 72 个月', reasonAgainst: '50 公里以外的路途费不在保修范围', reasonNeutral: '未注册产品，以发票日期为准',
  labour: '人工', penalty: '迟到', refund: '特批保修', timeline: '时间线', cases: '服务请求', dispatch: '派工', parts: '备件', partners: '服务商', statements: '结算单', kpis: '指标', users: '用户',
  work: '作业', network: '网络', money: '财务', insight: '分析', setup: '设置', wrote: '留言', booked: '预约了周四上门', late1: '时限预警：首次响应',
  sys: '查询了保修范围', portal: '客户门户', technician: '已到场，更换了排水泵',
};

export const samples = () => (currentLang() === 'zh-CN' ? zh : en);

export const ZONE = 'Asia/Shanghai';
const now = Date.now();
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

const clock = (state: Clock['state'], started: number, due: number, ended?: number): Clock => ({
  state,
  startedAt: at(started),
  dueAt: at(due),
  endedAt: ended === undefined ? undefined : at(ended),
});

export const clocks = (): Clock[] => [
  clock('running', -60, 130),
  clock('running', -120, 75),
  clock('running', -240, 25),
  clock('running', -240, -95),
  clock('paused', -60, 600),
  clock('met', -600, -60, -300),
  clock('breached', -6000, -3000, -1300),
];

export interface SampleRow {
  id: string;
  subject: string;
  state: string;
  openedAt: string;
  clock: Clock;
  cost: Amount;
}

export const rows = (): SampleRow[] => {
  const s = samples();
  const states = ['new', 'open', 'waiting', 'open', 'resolved', 'closed', 'cancelled'];
  return clocks().map((c, index) => ({
    id: `case_${index}`,
    subject: index % 2 ? s.messageText : `${s.install} · AC-24-007183${index}`,
    state: states[index] ?? 'open',
    openedAt: at(-60 * (index + 1) ** 2),
    clock: c,
    cost: { minor: 12_345 * (index + 1), currency: ['CNY', 'EUR', 'JPY', 'USD'][index % 4] ?? 'EUR' },
  }));
};

export const timeline = (): TimelineEntry[] => {
  const s = samples();
  return [
    { id: '1', icon: 'chat', actor: 'Mei Lindqvist', what: s.wrote, at: at(-300), source: s.portal, body: { text: 'Die Inneneinheit tropft seit gestern …', lang: 'de' } },
    { id: '2', icon: 'shield', actor: 'Fettle', what: s.sys, at: at(-299), system: true },
    { id: '3', icon: 'shield', actor: 'Fettle', what: s.sys, at: at(-298), system: true },
    { id: '4', icon: 'alert', tone: 'risk', actor: 'Fettle', what: s.late1, at: at(-200) },
    { id: '5', icon: 'calendar', actor: 'Li Na', what: s.booked, at: at(-120) },
    { id: '6', icon: 'wrench', tone: 'brand', actor: 'Zhang Wei', what: s.technician, at: at(-20) },
  ];
};

export const refused = () => new Problem(409, 'dispatch.part_missing', samples().toastError, '', [], 'req-7Q2M4K');

export const groups = (): NavGroup[] => {
  const s = samples();
  return [
    { label: s.work, items: [{ to: '/cases', label: s.cases, icon: 'inbox', letter: 'c' }, { to: '/dispatch', label: s.dispatch, icon: 'board', letter: 'd' }, { to: '/parts', label: s.parts, icon: 'box', letter: 'p' }] },
    { label: s.network, items: [{ to: '/partners', label: s.partners, icon: 'users' }] },
    { label: s.money, items: [{ to: '/statements', label: s.statements, icon: 'statement', letter: 's' }] },
    { label: s.insight, items: [{ to: '/insight', label: s.kpis, icon: 'chart', letter: 'k' }] },
    { label: s.setup, items: [{ to: '/users', label: s.users, icon: 'user' }] },
  ];
};
