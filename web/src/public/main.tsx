import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '../lib/i18n';
import '../ui/tokens.css';
import '../ui/base.css';
import { PublicApp } from './PublicApp';

await startI18n({ en: () => import('../locales/public.en'), 'zh-CN': () => import('../locales/public.zh-CN') });

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <PublicApp />
  </StrictMode>,
);
