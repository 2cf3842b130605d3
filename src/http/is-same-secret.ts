/** Compares secrets in constant time: how long it takes tells nothing about them. */
import { timingSafeEqual } from 'node:crypto';

export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
