import board from './zh-CN/board.json';
import capacity from './zh-CN/capacity.json';

export default { board, capacity };
