import board from './zh-CN/board.json';
import capacity from './zh-CN/capacity.json';
import reward from './zh-CN/reward.json';
import slot from './zh-CN/slot.json';

export default { board, capacity, reward, slot };
