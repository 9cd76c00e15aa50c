import charge from './zh-CN/charge.json';
import reward from './zh-CN/reward.json';

export default { charge, reward };
