import type { DispatchExperience, LearnFactor } from '../../api/client';

/* What was learnt, as the lines of a picture: pure arithmetic. */

export interface Line {
  key: string;
  /** Ways, a kind of work, or one of who does it. */
  kind: 'travel' | 'work' | 'person';
  /** The work type, or the technician. */
  of: string;
  factor: LearnFactor;
}

/** What visits say nothing of is left out; a kind of work is told of the node, or of everywhere where the node has no visits. */
export function linesOf({ travel, works }: Pick<DispatchExperience, 'travel' | 'works'>): Line[] {
  const travelled: Line[] = travel.visits > 0 ? [{ key: 'travel', kind: 'travel', of: '', factor: travel }] : [];
  const worked = works.flatMap(({ work_type: work, here, everywhere, technicians = [] }): Line[] => {
    const factor = here.visits > 0 ? here : everywhere;
    const people = technicians.filter((one) => one.factor.visits > 0);
    if (factor.visits === 0 && people.length === 0) return [];
    return [
      { key: work, kind: 'work', of: work, factor },
      ...people.map((one): Line => ({ key: `${work} ${one.technician}`, kind: 'person', of: one.technician, factor: one.factor })),
    ];
  });
  return [...travelled, ...worked];
}

/** How much longer (or shorter, below nothing) than reckoned, as a share. */
export const deviation = ({ permille }: LearnFactor): number => (permille === 0 ? 0 : permille / 1000 - 1);

/** How far the picture reaches to either side: to a fifth at the least, so that little looks like little. */
export const reachOf = (lines: Line[]): number => Math.max(0.2, ...lines.map(({ factor }) => Math.abs(deviation(factor))));

/** Where a bar begins and how long it is, in per cent of the whole width; the middle is as reckoned. */
export function barOf(factor: LearnFactor, reach: number): { from: number; length: number } {
  const length = (Math.abs(deviation(factor)) / reach) * 50;
  return { from: deviation(factor) < 0 ? 50 - length : 50, length };
}
