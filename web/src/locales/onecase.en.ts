import charge from './en/charge.json';
import reward from './en/reward.json';

export default { charge, reward };
