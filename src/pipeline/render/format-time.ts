/** Times and dates as people read them. */

/** `03:15`, or `1:03:15` from an hour on; the fraction is cut off, so that a link never points past the moment. */
export function formatClock(ms: number): string {
  const [hours, minutes, seconds] = splitMs(ms);
  const rest = `${pad(minutes)}:${pad(seconds)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `01:03:15.250`, with `separator` before the milliseconds. */
export function formatTimestamp(ms: number, separator: '.' | ','): string {
  const [hours, minutes, seconds, milliseconds] = splitMs(Math.round(ms));
  return `${pad(hours)}:${pad(minutes)}:${pad(seconds)}${separator}${String(milliseconds).padStart(3, '0')}`;
}

/** `8 min`, `1 h 2 min`, `41 s`. */
export function formatLength(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `Tuesday 17 November 2026`. A date-time is shown as the day it was in the time zone. */
export function formatDate(iso: string, timeZone: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: isDay ? 'UTC' : timeZone,
  }).formatToParts(new Date(iso));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find(found => found.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
}

/** Seconds with milliseconds, for the published files. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function splitMs(ms: number): [hours: number, minutes: number, seconds: number, milliseconds: number] {
  const whole = Math.max(0, Math.floor(ms));
  return [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, Math.floor(whole / 1000) % 60, whole % 1000];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
