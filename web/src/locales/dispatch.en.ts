import board from './en/board.json';
import capacity from './en/capacity.json';

export default { board, capacity };
