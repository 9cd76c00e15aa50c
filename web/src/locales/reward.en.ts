import reward from './en/reward.json';

export default { reward };
