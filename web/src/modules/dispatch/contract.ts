import type { DispatchBar, DispatchBoardView, DispatchConcern, DispatchLane, DispatchOpen, MoneyAmount } from '../../api/client';

/* The board as the server tells it, under the names that this page uses. */

export type BarView = DispatchBar;
export type LaneView = DispatchLane;
export type OpenView = DispatchOpen;
export type Attention = DispatchConcern;
export type BoardView = DispatchBoardView;

/** Another visit whose planned beginning moves. */
export interface Shifted {
  appointment: string;
  from: string;
  to: string;
}
/** What would follow if a visit went to a place; seconds and cost are differences to the plan as it stands. */
export interface Tried {
  technician: string;
  start_at?: string;
  fits: boolean;
  rule?: string;
  /** Not even a dispatcher may do it. */
  hard?: boolean;
  slot?: { technician: string; start_at: string; end_at: string; service_start_at: string; service_end_at: string };
  cost?: MoneyAmount;
  travel_seconds: number;
  travel_metres: number;
  overtime_seconds: number;
  late_seconds: number;
  shifted: Shifted[];
}
