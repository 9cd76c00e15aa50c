import common from './en/common.json';
import pages from './en/public.json';
import reason from './en/reason.json';
import word from './en/word.json';

export default { common, public: pages, reason, word };
