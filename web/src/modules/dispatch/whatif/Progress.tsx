import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { progressQuery } from '../queries';
import styles from './whatif.module.css';

/** Seconds since it was first drawn. */
function useSeconds(): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}

/** How much of the search is done, as the server says, and how long it has been worked on; before and after the search it is told as going on. */
export function Progress({ node, watch }: { node: string; watch: string }) {
  const { t } = useT();
  const { number, percent } = useFormats();
  const seconds = useSeconds();
  const { data } = useQuery(progressQuery(node, watch));
  const share = data?.running ? data.permille / 1000 : undefined;
  const time = number(seconds, { style: 'unit', unit: 'second', unitDisplay: 'narrow' });
  return (
    <div className={styles.progress} data-progress>
      {share === undefined ? t('board:whatif.busy', { time }) : t('board:whatif.share', { share: percent(share), time })}
      <progress aria-label={t('board:whatif.ask')} {...(share === undefined ? {} : { value: share })} />
      <span role="status" className="hidden-visually">
        {share === undefined ? t('board:whatif.busy', { time: '' }) : t('board:whatif.tenths', { share: percent(Math.floor(share * 10) / 10) })}
      </span>
    </div>
  );
}
