/** Ids as Discord makes them: milliseconds since 2015, and a number that counts (docs.discord.com, reference#snowflakes). */
const EPOCH_MS = 1_420_070_400_000n;

/** @returns a new one each time, later than all before */
export function createSnowflakes(): () => string {
  let last = 0n;
  return () => {
    const next = (BigInt(Date.now()) - EPOCH_MS) << 22n;
    last = next > last ? next : last + 1n;
    return String(last);
  };
}

export function msOf(snowflake: string): number {
  return Number((BigInt(snowflake) >> 22n) + EPOCH_MS);
}

/** The earlier one first. */
export const bySnowflake = (a: string, b: string): number =>
  BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
