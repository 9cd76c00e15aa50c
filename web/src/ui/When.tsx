import { Tooltip } from '@mantine/core';
import { useT } from '../lib/t';
import { useFormats } from '../lib/format';
import { useNow } from '../lib/now';
import styles from './ui.module.css';

interface Props {
  at: string;
  /** The customer's zone, where there is one. */
  zone?: string | undefined;
  /** "2 h ago" instead of the date. */
  relative?: boolean;
}

/** An instant in the viewer's zone; pointing at it or focusing it names the customer's zone too. */
export function When({ at, zone, relative = false }: Props) {
  const { t } = useT();
  const formats = useFormats();
  const now = useNow();
  const viewer = formats.instantFull(at);
  const tip = zone ? t('common:when.both', { customer: formats.instantFull(at, zone), viewer }) : viewer;
  return (
    <Tooltip label={<span style={{ whiteSpace: 'pre-line' }}>{tip}</span>}>
      <time dateTime={at} className={`${styles.when} nowrap`}>
        {relative ? formats.relative(at, new Date(now)) : formats.instant(at)}
      </time>
    </Tooltip>
  );
}
