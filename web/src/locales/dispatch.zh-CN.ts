import board from './zh-CN/board.json';
import capacity from './zh-CN/capacity.json';
import reward from './zh-CN/reward.json';

export default { board, capacity, reward };
