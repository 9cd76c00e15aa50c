import reward from './zh-CN/reward.json';

export default { reward };
