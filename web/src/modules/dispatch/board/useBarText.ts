import { useMemo } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { looks, useStateWord } from '../../../ui/StatusBadge';
import { lateByCase, visitAtRisk } from '../attention';
import type { Visit } from '../model';
import type { BarText } from './Bar';

const LATE = 60;

/** What a bar says of its visit, by whose visit it is, the minute, and whether a certificate ends before it. */
export type TextOf = (visit: Visit, who: string, now: number, certificate: boolean) => BarText;

type Words = (visit: Visit, who: string, risk: boolean, certificate: boolean) => BarText;

/** Words take time to make: what has been said of a visit is kept while the same is to be said, whether its row is in view or not. */
function remembered(words: Words): TextOf {
  const said = new WeakMap<Visit, { who: string; risk: boolean; certificate: boolean; text: BarText }>();
  return (visit, who, now, certificate) => {
    const risk = visitAtRisk(visit, now);
    const before = said.get(visit);
    if (before?.who === who && before.risk === risk && before.certificate === certificate) return before.text;
    const text = words(visit, who, risk, certificate);
    said.set(visit, { who, risk, certificate, text });
    return text;
  };
}

export function useBarText(zone: string): TextOf {
  const { t } = useT();
  const { time, duration, instant } = useFormats();
  const stateWord = useStateWord();
  return useMemo(
    () =>
      remembered(({ bar }, who, risk, certificate) => {
        const state = stateWord('appointment', bar.state);
        const [tone, icon] = looks.appointment[bar.state as keyof typeof looks.appointment] ?? ['plain', 'why'];
        const marks: BarText['marks'] = [];
        if (bar.late_seconds >= LATE) marks.push({ icon: 'clock', text: t(lateByCase(bar) ? 'board:lateDue' : 'board:late', { time: duration(bar.late_seconds * 1000) }) });
        if (bar.parts === 'awaited') marks.push({ icon: 'box', text: t('board:partAwaited') });
        if (bar.parts === 'late') marks.push({ icon: 'box', text: bar.parts_from ? t('board:partLate', { when: instant(bar.parts_from, zone) }) : t('board:partUndated') });
        if (certificate) marks.push({ icon: 'shield', text: t('board:certificate') });
        if (bar.tied?.some(({ how }) => how === 'with')) marks.push({ icon: 'users', text: t('board:tied.with') });
        if (bar.pinned) marks.push({ icon: 'pin', text: t('board:pinned') });
        const text = { time: time(bar.service_start_at, zone), state: risk ? `${bar.conflict ? t('board:conflict') : t('board:atRisk')} · ${state}` : state };
        const rest = t('board:barUntil', { time: time(bar.service_end_at, zone), who, reference: bar.reference ?? '' });
        return { ...text, icon: risk ? 'alert' : icon, tone: risk ? 'risk' : tone, marks, label: [text.time, text.state, rest, ...marks.map((mark) => mark.text)].join(' ') };
      }),
    [t, time, duration, instant, stateWord, zone],
  );
}
