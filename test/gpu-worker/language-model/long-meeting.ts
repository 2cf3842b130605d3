/** A meeting of any length in which nothing repeats exactly: for limits of time, memory and windows. */
import type { Line } from '../../pipeline/minutes/build-transcript.ts';

const PEOPLE = ['Ana', 'Ben', 'Cleo', 'Dev'];
const THINGS = [
  'the login page',
  'the invoice export',
  'the warehouse sensor',
  'the spring catalogue',
  'the help desk',
];
const REMARKS = [
  (thing: string, n: number) =>
    `About ${thing}, I looked at it again and found ${n} places where it is slower than it was last year.`,
  (thing: string) => `I think ${thing} could wait, but the people in support ask for it almost every day now.`,
  (thing: string, n: number) => `I'll send everybody the list for ${thing} by Friday, it has ${n} lines so far.`,
  (thing: string) => `Okay, then we keep ${thing} as it is. That's decided.`,
  (thing: string) => `Who is going to look after ${thing} when half of us are away?`,
];

/** @param turns about four seconds each */
export function workingWeek(turns: number): Line[] {
  return Array.from({ length: turns }, (_, index) => {
    const remark = REMARKS[index % REMARKS.length];
    const thing = THINGS[Math.floor(index / 3) % THINGS.length] ?? '';
    return {
      speaker: PEOPLE[(index * 7 + Math.floor(index / 5)) % PEOPLE.length] ?? '',
      text: remark?.(thing, index + 2) ?? '',
    };
  });
}
