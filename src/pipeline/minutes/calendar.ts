/** Calendar days without clocks: a due date is a day, whatever the time zone of the machine. */
export interface Day {
  year: number;
  /** 1..12 */
  month: number;
  day: number;
}

/** The day in `timeZone` of an ISO date or date-time; a date alone is that date. */
export function dayOf(iso: string, timeZone: string): Day {
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (plain) return { year: Number(plain[1]), month: Number(plain[2]), day: Number(plain[3]) };
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(new Date(iso))
    .map(({ type, value }): [string, number] => [type, Number(value)]);
  const part = new Map(parts);
  return { year: part.get('year') ?? 1970, month: part.get('month') ?? 1, day: part.get('day') ?? 1 };
}

export function toIso({ year, month, day }: Day): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

export function addDays({ year, month, day }: Day, days: number): Day {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** 1 = Monday … 7 = Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
}

/** Friday of the week `weeks` after this one; at a weekend, this week's is over and its Sunday counts. */
export function endOfWeek(from: Day, weeks: number): Day {
  const today = weekdayOf(from);
  if (weeks === 0 && today > 5) return addDays(from, 7 - today);
  return addDays(from, 5 - today + 7 * weeks);
}

export function endOfMonth({ year, month }: Day, months: number): Day {
  return addDays({ year, month: month + months + 1, day: 1 }, -1);
}

/** Last day of quarter 1..4, this year's or, when that is over, the next. */
export function endOfQuarter(from: Day, quarter: number): Day {
  const end = endOfMonth({ year: from.year, month: quarter * 3, day: 1 }, 0);
  return toIso(end) < toIso(from) ? { ...end, year: end.year + 1 } : end;
}

/** The next such day of a month, today included. */
export function nextDayOfMonth(from: Day, day: number): Day | undefined {
  for (let months = 0; months < 12; months++) {
    const last = endOfMonth(from, months);
    if (day <= last.day && (months > 0 || day >= from.day)) return { ...last, day };
  }
  return undefined;
}
