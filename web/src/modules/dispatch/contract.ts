import type { DispatchBar, DispatchBoardView, DispatchConcern, DispatchConsequence, DispatchLane, DispatchOpen } from '../../api/client';

/* The board as the server tells it, under the names that this page uses. */

export type BarView = DispatchBar;
export type LaneView = DispatchLane;
export type OpenView = DispatchOpen;
export type Attention = DispatchConcern;
export type BoardView = DispatchBoardView;

/** What would follow if a visit went to a place; figures are differences to the plan as it stands. */
export type Tried = DispatchConsequence;
