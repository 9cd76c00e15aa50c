/** What a case page knows when it chooses its one primary button. */
export interface Situation {
  state: string;
  responded: boolean;
  /** A plan waits for somebody to accept it. */
  planProposed?: boolean;
  /** Work waits for an appointment. */
  toBook?: boolean;
}

export type NextAction = 'acceptPlan' | 'book' | 'answer' | 'resume' | 'resolve' | 'close' | null;

/** The one thing to do next. Deciding comes before booking, booking before answering, answering before resolving. */
export function nextAction({ state, responded, planProposed, toBook }: Situation): NextAction {
  switch (state) {
    case 'new':
    case 'open':
      if (planProposed) return 'acceptPlan';
      if (toBook) return 'book';
      return responded ? 'resolve' : 'answer';
    case 'waiting':
      return toBook ? 'book' : 'resume';
    case 'resolved':
      return 'close';
    default:
      return null;
  }
}

const commands: Record<string, readonly string[]> = {
  new: ['wait', 'resolve', 'cancel'],
  open: ['wait', 'resolve', 'cancel'],
  waiting: ['wait', 'resume', 'resolve', 'cancel'],
  resolved: ['reopen', 'close'],
};

/** What may be done to a case in this state; the server has the last word. */
export function commandsIn(state: string): readonly string[] {
  return commands[state] ?? [];
}

/** Another plan may be proposed while the case is to be solved and nobody is at its work. */
export function mayPropose(state: string, works: readonly { state: string }[]): boolean {
  return ['new', 'open', 'waiting'].includes(state) && !works.some((one) => one.state === 'in_progress');
}
