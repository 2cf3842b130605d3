/** Discord's ids: milliseconds since 2015 in the upper bits (docs.discord.com, reference#snowflakes). */
const EPOCH_MS = 1_420_070_400_000;
const TIME_SHIFT = 22n;

/** The smallest id of that moment. */
export function snowflakeAt(atMs: number): string {
  return String(BigInt(Math.max(0, Math.floor(atMs) - EPOCH_MS)) << TIME_SHIFT);
}

/** When that id was given, in milliseconds since 1970. */
export function timeOfSnowflake(id: string): number {
  return Number(BigInt(id) >> TIME_SHIFT) + EPOCH_MS;
}
