import type { DispatchBill } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import { type Figure, judged, shownOf, valueOf } from './model';
import styles from './whatif.module.css';

function useFigure(currency: string): (figure: Figure, value: number) => string {
  const { money, duration, number } = useFormats();
  return (figure, value) => {
    switch (figure) {
      case 'cost':
      case 'waiting':
        return money({ minor: value, currency });
      case 'distance':
        return number(value / 1000, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 0 });
      case 'travel':
      case 'overtime':
      case 'late':
        return value < 60 ? number(0) : duration(value * 1000);
      case 'visits':
      case 'unserved':
        return number(value);
    }
  };
}

const icons = { good: 'check', bad: 'alert', even: 'minus' } as const;

/** Now and planned side by side, in figures. */
export function Compare({ before, after }: { before: DispatchBill; after: DispatchBill }) {
  const { t } = useT();
  const say = useFigure(after.cost.currency);
  return (
    <table className={styles.compare}>
      <caption className="hidden-visually">{t('board:whatif.compare')}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('board:whatif.now')}</th>
          <th scope="col">{t('board:whatif.planned')}</th>
          <th scope="col">{t('board:whatif.difference')}</th>
        </tr>
      </thead>
      <tbody>
        {shownOf(before, after).map((figure) => {
          const [from, to] = [valueOf(before, figure), valueOf(after, figure)];
          const how = judged(figure, to - from, after.visits - before.visits);
          return (
            <tr key={figure}>
              <th scope="row">{t(`board:whatif.figure.${figure}`)}</th>
              <td>{say(figure, from)}</td>
              <td>{say(figure, to)}</td>
              <td data-how={how}>
                {how === 'more' ? null : <Icon name={icons[how]} size={13} />}
                {how === 'even' ? '' : `${to < from ? '−' : '+'}${say(figure, Math.abs(to - from))}`}
                <span className="hidden-visually"> {t(`board:whatif.how.${how}`)}</span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
