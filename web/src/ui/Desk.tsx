import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useScheme } from '../lib/prefs';
import './tokens.css';
import './mantine.css';
import './base.css';
import { theme } from './theme';

/** The design system's root for the desk: theme, tokens, and no style element written at run time. */
export function Desk({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} forceColorScheme={useScheme()} withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  );
}
