import common from './zh-CN/common.json';
import pages from './zh-CN/public.json';
import reason from './zh-CN/reason.json';
import word from './zh-CN/word.json';

export default { common, public: pages, reason, word };
