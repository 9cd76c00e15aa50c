// The demo, on a database of its own, with some days behind it.
import { newFolder, start } from './process.mjs';

const DAYS = 8;

/** Everybody's password there. */
export const demoPassword = 'fettle-demo';

export const startDemo = () => start(newFolder(), ['demo', '--days', String(DAYS)]);
