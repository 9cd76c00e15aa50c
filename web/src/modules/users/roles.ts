import { useT } from '../../lib/t';

export const roles = ['agent', 'dispatcher', 'technician', 'depot', 'parts', 'partner', 'brand', 'finance', 'planner', 'quality', 'admin', 'integrator', 'auditor'] as const;

/** Roles that hold for the whole operator; the others need a brand, a partner or a technician to be of. */
export const wideRoles = roles.filter((role) => !['technician', 'partner', 'brand'].includes(role));

export function useRoleName(): (role: string) => string {
  const { t, has } = useT();
  return (role) => {
    const key = `role:${role}`;
    return has(key) ? t(key) : role;
  };
}
