export type ClockState = 'running' | 'paused' | 'met' | 'breached';

/** One promise's clock as the desk shows it. Instants are ISO strings with an offset. */
export interface Clock {
  state: ClockState;
  startedAt: string;
  dueAt: string;
  /** When it was met or breached; absent while it runs. */
  endedAt?: string | undefined;
}

export type ClockLevel = 'good' | 'neutral' | 'warn' | 'over' | 'paused' | 'met';

export interface ClockReading {
  level: ClockLevel;
  /** Milliseconds to the due instant; negative when it has passed. */
  left: number;
}

/** How a clock stands at `now`: green over half its time, neutral to a quarter, amber below, red past it. */
export function readClock(clock: Clock, now: number): ClockReading {
  const due = Date.parse(clock.dueAt);
  const left = due - (clock.endedAt ? Date.parse(clock.endedAt) : now);
  switch (clock.state) {
    case 'met':
      return { level: 'met', left };
    case 'breached':
      return { level: 'over', left };
    case 'paused':
      return { level: 'paused', left };
    case 'running': {
      if (left <= 0) return { level: 'over', left };
      const share = left / Math.max(1, due - Date.parse(clock.startedAt));
      if (share > 0.5) return { level: 'good', left };
      return { level: share > 0.25 ? 'neutral' : 'warn', left };
    }
  }
}
