import { Switch } from '@mantine/core';
import { useT } from '../../lib/t';
import { setPrefs, usePrefs } from '../../lib/prefs';
import { Dialog } from '../Dialogs';
import type { NavGroup } from './Nav';
import styles from './shell.module.css';

/** Every shortcut, and the switch that turns single letters off. */
export default function Shortcuts({ groups, onClose }: { groups: NavGroup[]; onClose: () => void }) {
  const { t } = useT();
  const { letterKeys } = usePrefs();
  const places = groups.flatMap((group) => group.items).filter((item) => item.letter);
  const rows: [string, string][] = [
    [t('shell:keys.palette'), 'Ctrl K'],
    [t('shell:keys.search'), '/'],
    [t('shell:keys.help'), '?'],
    [t('shell:keys.step'), 'J K'],
    [t('shell:keys.open'), 'Enter'],
    [t('shell:keys.back'), 'Esc'],
    [t('shell:keys.send'), 'Ctrl Enter'],
    ...places.map((item): [string, string] => [t('shell:keys.go', { place: item.label }), `G ${item.letter?.toUpperCase()}`]),
  ];
  return (
    <Dialog open onClose={onClose} title={t('shell:keys.title')}>
      <dl className={styles.keys}>
        {rows.map(([what, keys]) => (
          <div key={what} style={{ display: 'contents' }}>
            <dt>{what}</dt>
            <dd>
              <kbd className={styles.kbd}>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Switch checked={letterKeys} onChange={(event) => setPrefs({ letterKeys: event.currentTarget.checked })} label={t('shell:keys.letters')} description={t('shell:keys.lettersHint')} />
    </Dialog>
  );
}
