import board from './en/board.json';
import capacity from './en/capacity.json';
import reward from './en/reward.json';
import slot from './en/slot.json';

export default { board, capacity, reward, slot };
