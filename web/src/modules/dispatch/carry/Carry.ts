import { type Cargo, type Cell, cellAt, type Ground, pointOf, sameCell, stepped } from './cells';

/** Where the board is on the screen. */
export interface Place extends Ground {
  port: HTMLElement;
  /** The width of the column of technicians and the height of the line of time, which stay in view. */
  who: number;
  head: number;
}

export interface Hold {
  cargo: Cargo;
  by: 'pointer' | 'keys';
  /** Where it would come down; null beside the board. */
  cell: Cell | null;
}

const EDGE = 44;
const SPEED = 14;

/** How fast it scrolls, near an edge. */
function speed(at: number, low: number, high: number): number {
  if (Math.abs(at - low) < EDGE) return -SPEED;
  return Math.abs(at - high) < EDGE ? SPEED : 0;
}

/**
 * What is being carried over the board, by pointer or by keys. It is no React state: a pointer moves more often than anything is to be drawn,
 * and only a new cell is told. The board tells how it lies.
 */
export class Carry {
  ground: Place | null = null;
  hold: Hold | null = null;
  private readonly listeners = new Set<() => void>();
  private pointer = { x: 0, y: 0 };
  /** How far behind its beginning the cargo was taken. */
  private grip = 0;
  private frame = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly held = (): Hold | null => this.hold;

  /** How the board lies now; null when it is gone. */
  lie(ground: Place | null): void {
    this.ground = ground;
  }

  /** Scrolls the board to a row. */
  showRow(technician: string): void {
    const { ground } = this;
    if (ground) ground.port.scrollTop = ground.tops[ground.lanes.indexOf(technician)] ?? 0;
  }

  /** Scrolls the board so far that a cell can be seen. */
  showCell(cell: Cell): void {
    const { ground } = this;
    const point = ground ? pointOf(ground, cell) : null;
    if (!ground || !point) return;
    const { port, who, head } = ground;
    port.scrollLeft = Math.min(point.x - 24, Math.max(port.scrollLeft, point.x + 160 - port.clientWidth + who));
    port.scrollTop = Math.min(point.y, Math.max(port.scrollTop, point.y + 44 - port.clientHeight + head));
  }

  private tell(hold: Hold | null): void {
    const begun = this.hold === null || hold === null;
    if (begun) this.mark(false);
    this.hold = hold;
    if (begun) this.mark(hold !== null);
    for (const listener of this.listeners) listener();
  }

  /** What is carried stays where it was, paler; the board's own pointing and hovering rest meanwhile. */
  private mark(on: boolean): void {
    this.ground?.port.toggleAttribute('data-carrying', on);
    const { cargo } = this.hold ?? {};
    if (cargo) document.querySelector(`[data-cargo="${cargo.kind}:${cargo.id}"]`)?.toggleAttribute('data-carried', on);
  }

  /** Takes something up by the pointer; `grip` is how many pixels behind its beginning it was taken. */
  lift(cargo: Cargo, x: number, y: number, grip: number): void {
    this.grip = grip;
    this.pointer = { x, y };
    this.tell({ cargo, by: 'pointer', cell: this.under() });
    this.frame = requestAnimationFrame(this.follow);
  }

  /** Takes something up by the keyboard, at a cell. */
  take(cargo: Cargo, cell: Cell): void {
    this.tell({ cargo, by: 'keys', cell });
  }

  move(x: number, y: number): void {
    this.pointer = { x, y };
  }

  step(key: string): void {
    const { hold, ground } = this;
    if (!hold?.cell || !ground) return;
    const cell = stepped(ground, hold.cell, key);
    if (!sameCell(cell, hold.cell)) this.tell({ ...hold, cell });
  }

  /** Lets go; what was held is returned. */
  release(): Hold | null {
    const { hold } = this;
    cancelAnimationFrame(this.frame);
    if (hold) this.tell(null);
    return hold;
  }

  /** Once in a frame: scrolls at the edges, and tells when another cell is reached. */
  private readonly follow = (): void => {
    const { hold } = this;
    if (hold?.by !== 'pointer') return;
    this.frame = requestAnimationFrame(this.follow);
    this.scroll();
    const cell = this.under();
    if (cell === null ? hold.cell !== null : !sameCell(cell, hold.cell ?? undefined)) this.tell({ ...hold, cell });
  };

  private under(): Cell | null {
    const { ground, pointer } = this;
    if (!ground) return null;
    const box = ground.port.getBoundingClientRect();
    const inside = pointer.x >= box.left && pointer.x <= box.right && pointer.y >= box.top && pointer.y <= box.bottom;
    if (!inside) return null;
    return cellAt(ground, pointer.x - this.grip - box.left - ground.who + ground.port.scrollLeft, pointer.y - box.top - ground.head + ground.port.scrollTop);
  }

  private scroll(): void {
    const { ground, pointer } = this;
    if (!ground) return;
    const { port, who, head } = ground;
    const box = port.getBoundingClientRect();
    if (pointer.x < box.left || pointer.x > box.right || pointer.y < box.top || pointer.y > box.bottom) return;
    const right = speed(pointer.x, box.left + who, box.right);
    const down = speed(pointer.y, box.top + head, box.bottom);
    if (right !== 0) port.scrollLeft += right;
    if (down !== 0) port.scrollTop += down;
  }
}
