import type { OpenView } from '../contract';

/** What keeps somebody from an open visit: to the optimiser who has said no is excluded, like whom the customer does not want; to a dispatcher that is another matter. */
export const ruleOf = ({ passed }: Pick<OpenView, 'passed'>, technician: string, rule: string): string => (rule === 'excluded' && passed?.includes(technician) ? 'passed' : rule);

/** Who is kept from an open visit by which rule, the rule that keeps most people first. */
export function byRule(job: Pick<OpenView, 'passed'>, why: { technician: string; rule: string }[]): { rule: string; people: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { technician, rule } of why) {
    const told = ruleOf(job, technician, rule);
    groups.set(told, [...(groups.get(told) ?? []), technician]);
  }
  return [...groups].map(([rule, people]) => ({ rule, people })).toSorted((a, b) => b.people.length - a.people.length);
}
