import type { OpenView } from '../contract';

type Told = Pick<OpenView, 'passed' | 'tied'>;

/**
 * What keeps somebody from an open visit: to the optimiser who has said no, or comes at that moment anyway where two are needed, is excluded like
 * whom the customer does not want; to a dispatcher that is another matter.
 */
export function ruleOf({ passed, tied }: Told, technician: string, rule: string): string {
  if (rule !== 'excluded') return rule;
  if (passed?.includes(technician)) return 'passed';
  return tied?.some((one) => one.how === 'with' && one.technician === technician) ? 'tie_same' : rule;
}

/** Who is kept from an open visit by which rule, the rule that keeps most people first. */
export function byRule(job: Told, why: { technician: string; rule: string }[]): { rule: string; people: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { technician, rule } of why) {
    const told = ruleOf(job, technician, rule);
    groups.set(told, [...(groups.get(told) ?? []), technician]);
  }
  return [...groups].map(([rule, people]) => ({ rule, people })).toSorted((a, b) => b.people.length - a.people.length);
}
