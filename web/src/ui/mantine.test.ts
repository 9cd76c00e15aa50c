import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(process.cwd(), 'src');
const styles = readFileSync(join(source, 'ui/mantine.css'), 'utf8');

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return entry.name.endsWith('.tsx') ? [path] : [];
  });

/** Without its styles a component is drawn as bare boxes, and nothing else complains. */
it('has the styles of every component that some page uses', () => {
  const missing = new Set<string>();
  let seen = 0;
  for (const file of files(source)) {
    for (const [, names = ''] of readFileSync(file, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
      for (const name of names.split(',').map((one) => one.trim().replace(/^type /, ''))) {
        if (!existsSync(join(process.cwd(), `node_modules/@mantine/core/styles/${name}.css`))) continue;
        seen++;
        if (!styles.includes(`/styles/${name}.css`)) missing.add(`${name} in ${file.slice(source.length + 1)}`);
      }
    }
  }
  expect([...missing]).toEqual([]);
  expect(seen).toBeGreaterThan(20);
});
