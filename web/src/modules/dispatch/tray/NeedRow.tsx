import { memo } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Icon, type IconName } from '../../../ui/icons';
import type { NeedItem } from '../attention';
import type { Visit } from '../model';
import styles from './tray.module.css';

interface Props {
  item: NeedItem;
  visit: Visit | undefined;
  nameOf: (technician: string) => string;
  zone: string;
  onReveal: (item: NeedItem) => void;
}

const icons: Record<string, IconName> = { overdue: 'clock', conflict: 'alert', unconfirmed: 'why', part_late: 'box', certificate_ends: 'shield' };

/** Something that a person has to look at and that lies on the board: a click from it. */
export const NeedRow = memo(function NeedRow({ item, visit, nameOf, zone, onReveal }: Props) {
  const { t } = useT();
  const word = useWord();
  const { instant, day } = useFormats();
  const certificate = item.need === 'certificate';
  const said = () => {
    if (certificate) return t('board:certificateNeeded', { skill: item.skill ?? '', count: item.count ?? 0, day: item.at ? day(item.at, zone) : '' });
    if (item.at && item.code === 'part_late') return t('board:partLate', { when: instant(item.at, zone) });
    if (item.at && item.need === 'late') return t('board:lateFor', { when: instant(item.at, zone) });
    return word('need', item.code);
  };
  const who = item.technician ? nameOf(item.technician) : '';
  const when = visit ? instant(visit.bar.service_start_at, zone) : '';
  return (
    <li>
      <button type="button" className={styles.row} onClick={() => onReveal(item)} data-severity={item.severity}>
        <Icon name={icons[item.code] ?? 'alert'} size={16} />
        <span>
          <strong>{certificate ? who : (visit?.bar.reference ?? who)}</strong> {said()}
          <span className="dim small">{[visit && !certificate ? who : '', when].filter(Boolean).join(' · ')}</span>
        </span>
        <Icon name="chevronRight" size={14} />
      </button>
    </li>
  );
});
