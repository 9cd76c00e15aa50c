import { useCallback } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { looks, useStateWord } from '../../../ui/StatusBadge';
import { visitAtRisk } from '../attention';
import type { Visit } from '../model';
import type { BarText } from './Bar';

const LATE = 60;

/** What a bar says of its visit. */
export function useBarText(zone: string): (visit: Visit, who: string, now: number, certificate: boolean) => BarText {
  const { t } = useT();
  const { time, duration } = useFormats();
  const stateWord = useStateWord();
  return useCallback(
    (visit, who, now, certificate) => {
      const { bar } = visit;
      const state = stateWord('appointment', bar.state);
      const risk = visitAtRisk(visit, now);
      const [tone, icon] = looks.appointment[bar.state as keyof typeof looks.appointment] ?? ['plain', 'why'];
      const marks: BarText['marks'] = [];
      if (bar.late_seconds >= LATE) marks.push({ icon: 'clock', text: t('board:late', { time: duration(bar.late_seconds * 1000) }) });
      if (bar.parts === 'awaited') marks.push({ icon: 'box', text: t('board:partAwaited') });
      if (certificate) marks.push({ icon: 'shield', text: t('board:certificate') });
      if (bar.tied?.some(({ how }) => how === 'with')) marks.push({ icon: 'users', text: t('board:tied.with') });
      if (bar.pinned) marks.push({ icon: 'pin', text: t('board:pinned') });
      const words = risk ? `${bar.conflict ? t('board:conflict') : t('board:atRisk')} · ${state}` : state;
      const said = { time: time(bar.service_start_at, zone), state: words, icon: risk ? 'alert' : icon, tone: risk ? 'risk' : tone };
      const rest = t('board:barUntil', { time: time(bar.service_end_at, zone), who, reference: bar.reference ?? '' });
      return { ...said, marks, rest, key: [...Object.values(said), rest, ...marks.map(({ text }) => text)].join('|') };
    },
    [t, time, duration, stateWord, zone],
  );
}
