// The demo, on a database of its own.
import { newFolder, start } from './process.mjs';

export const startDemo = () => start(newFolder(), 'demo');
