import { Modal, TextInput } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useT } from '../../lib/t';
import { type Command, matchCommands, useAllCommands } from '../../lib/commands';
import { Icon, type IconName } from '../icons';
import type { NavGroup } from './Nav';
import styles from './shell.module.css';

interface Props {
  groups: NavGroup[];
  go: (to: string) => void;
  find?: ((query: string) => void) | undefined;
  onClose: () => void;
}

const groupIcons: Record<Command['group'], IconName> = { do: 'play', find: 'search', go: 'chevronRight' };

function useOptions({ groups, go, find }: Props, query: string): Command[] {
  const { t } = useT();
  const registered = useAllCommands();
  return useMemo(() => {
    const places = groups
      .flatMap((group) => group.items)
      .map((item): Command => ({ id: item.to, label: item.label, group: 'go', keys: item.letter && `G ${item.letter.toUpperCase()}`, run: () => go(item.to) }));
    const hits = matchCommands([...registered, ...places], query);
    if (!find || query.trim() === '') return hits;
    return [...hits, { id: 'find', label: t('shell:palette.find', { query: query.trim() }), group: 'find', run: () => find(query.trim()) }];
  }, [groups, go, find, registered, query, t]);
}

/** Go, find, do: one field for all three. The list follows the combobox pattern, so that every option is announced. */
export default function Palette(props: Props) {
  const { t } = useT();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const options = useOptions(props, query);
  const active = Math.min(at, options.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    props.onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: options.length - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt((next + options.length) % Math.max(1, options.length));
    }
    if (event.key === 'Enter') run(options[active]);
  };

  return (
    <Modal opened onClose={props.onClose} withCloseButton={false} yOffset="12dvh" centered={false} size={560} padding="sm" title={null} aria-label={t('shell:palette.open')}>
      <div className={styles.palette}>
        <TextInput
          data-autofocus
          aria-label={t('shell:palette.open')}
          placeholder={t('shell:palette.open')}
          leftSection={<Icon name="search" />}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={options[active] ? `${id}-${active}` : undefined}
          autoComplete="off"
        />
        <div id={`${id}-list`} role="listbox" aria-label={t('shell:palette.results')} className={styles.paletteList} ref={list} tabIndex={-1}>
          {options.map((command, index) => (
            // Focus stays in the field above, which handles the keys.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div key={command.id} id={`${id}-${index}`} role="option" tabIndex={-1} aria-selected={index === active} className={styles.option} onClick={() => run(command)} onMouseMove={() => setAt(index)}>
              <Icon name={groupIcons[command.group]} size={16} />
              <span>{command.label}</span>
              {command.keys ? <kbd className={styles.kbd}>{command.keys}</kbd> : null}
            </div>
          ))}
        </div>
        {options.length === 0 ? (
          <p className="dim" role="status">
            {t('shell:palette.none')}
          </p>
        ) : null}
      </div>
    </Modal>
  );
}
