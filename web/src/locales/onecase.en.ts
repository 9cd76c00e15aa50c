import charge from './en/charge.json';
import reward from './en/reward.json';
import slot from './en/slot.json';

export default { charge, reward, slot };
