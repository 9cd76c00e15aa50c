import charge from './zh-CN/charge.json';
import reward from './zh-CN/reward.json';
import slot from './zh-CN/slot.json';

export default { charge, reward, slot };
