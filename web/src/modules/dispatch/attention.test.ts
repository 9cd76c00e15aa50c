import { describe, expect, it } from 'vitest';
import { countJobs, grouped, jobAtRisk, lateByCase, needsOf, partsTooLate, visitAtRisk } from './attention';
import { modelOf, visitOf } from './model';
import { at, barView, boardView, laneView, ms, openView } from './testing';

const visit = (...args: Parameters<typeof barView>) => visitOf(barView(...args), 'tech_1');

describe('what needs somebody', () => {
  it('is a visit without room, one planned behind its window, and one whose window has passed', () => {
    const late = { end_at: at('11:00') };
    expect(visitAtRisk(visit('a', '09:00', '10:00', { conflict: true }), ms('08:00'))).toBe(true);
    expect(visitAtRisk(visit('a', '11:00', '12:00', late), ms('08:00'))).toBe(true);
    expect([ms('10:59'), ms('11:00')].map((now) => visitAtRisk(visit('a', '09:00', '10:00', late), now))).toEqual([false, true]);
    expect(visitAtRisk(visit('a', '09:00', '10:00', { ...late, state: 'completed' }), ms('20:00'))).toBe(false);
  });
  it('is a visit whose parts come after its window, or nobody knows when, until somebody has begun', () => {
    const late = { end_at: at('11:00'), parts: 'late' as const };
    expect(['10:59', '11:00', undefined].map((clock) => partsTooLate(visit('a', '09:00', '10:00', clock ? { ...late, parts_from: at(clock) } : late)))).toEqual([false, true, true]);
    expect(partsTooLate(visit('a', '09:00', '10:00', { ...late, state: 'on_site' }))).toBe(false);
    expect(partsTooLate(visit('a', '09:00', '10:00', { end_at: at('11:00'), parts: 'held' }))).toBe(false);
  });
  it('is late by its case alone where it begins in its window', () => {
    const planned = barView('a', '10:30', '11:00', { end_at: at('11:00'), late_seconds: 600 });
    expect([planned, { ...planned, expected_at: at('10:59') }, { ...planned, expected_at: at('11:00') }].map(lateByCase)).toEqual([true, true, false]);
  });
  it('is an open visit whose time runs out', () => {
    const job = openView('wo', { ready_at: at('08:00'), due_at: at('12:00') });
    expect([ms('09:00'), ms('11:30'), ms('13:00')].map((now) => jobAtRisk(job, now))).toEqual([false, true, true]);
    expect(jobAtRisk(openView('wo'), ms('23:00'))).toBe(false);
  });
  it('stands once, in the group of its worst reason, also where only the clock has told yet', () => {
    const torn = barView('torn', '09:00', '10:00', { conflict: true });
    const missed = barView('missed', '06:00', '07:00', { end_at: at('08:00') });
    const attention = [
      { code: 'conflict', severity: 'high' as const, appointment: 'torn', work_order: 'wo_torn', technician: 'a' },
      { code: 'unconfirmed', severity: 'medium' as const, appointment: 'torn', work_order: 'wo_torn', technician: 'a' },
      { code: 'overdue', severity: 'high' as const, work_order: 'late' },
      { code: 'part_missing', severity: 'high' as const, work_order: 'late' },
      { code: 'certificate_ends', severity: 'medium' as const, technician: 'a', skill: 'gas', count: 2 },
    ];
    const items = needsOf(modelOf(boardView([laneView('a', [torn, missed])], [openView('late'), openView('new'), openView('no', { passed: ['a'] })], { attention })), ms('09:00'));
    const codes = new Map([...grouped(items)].map(([need, of]) => [need, of.map(({ code }) => code)]));
    expect(Object.fromEntries(codes)).toEqual({ risk: ['conflict', 'overdue'], refused: ['refused'], unassigned: ['unassigned'], part: ['part_missing'], late: [], certificate: ['certificate_ends'] });
    expect(countJobs(items)).toBe(6);
  });
  it('presses most first, and a promise that only comes after the clocks of its case is no risk until its window has passed', () => {
    const [due, torn] = [barView('due', '10:00', '11:00', { end_at: at('12:00') }), barView('torn', '09:00', '10:00', { conflict: true })];
    const attention = [{ code: 'overdue', severity: 'medium' as const, appointment: 'due', work_order: 'wo_due', technician: 'a', at: at('08:00') }];
    const model = modelOf(boardView([laneView('a', [torn, due])], [], { attention }));
    expect(needsOf(model, ms('09:00')).map(({ need, appointment }) => [need, appointment])).toEqual([['risk', 'torn'], ['late', 'due']]);
    expect(needsOf(model, ms('12:00')).map(({ need }) => need)).toEqual(['risk', 'risk']);
  });
  it('is nothing where all goes well', () => {
    expect(needsOf(modelOf(boardView([laneView('a', [barView('1', '10:00', '11:00')])])), ms('09:00'))).toEqual([]);
  });
});
