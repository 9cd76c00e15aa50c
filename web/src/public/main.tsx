import { startI18n } from '../lib/i18n';
await startI18n({ en: () => import('../locales/public.en'), 'zh-CN': () => import('../locales/public.zh-CN') });
