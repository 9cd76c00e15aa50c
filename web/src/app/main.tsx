import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '../lib/i18n';
import { Desk } from '../ui/Desk';
import { queryClient } from './query';
import { router } from './router';

await startI18n({ en: () => import('../locales/desk.en'), 'zh-CN': () => import('../locales/desk.zh-CN') });

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Desk>
        <RouterProvider router={router} />
      </Desk>
    </QueryClientProvider>
  </StrictMode>,
);
