/** What a process and all its descendants use, from /proc (Linux; elsewhere it is not known). */
import fs from 'node:fs/promises';

export interface TreeUsage {
  /** Pages that processes share count once (PSS), or in each of them (RSS) where only that is known. */
  memoryBytes: number;
  /** User and system time, with that of descendants that have ended and were waited for. */
  cpuSeconds: number;
}

/** USER_HZ, in which Linux reports times to programs on all its platforms. */
const TICKS_PER_SECOND = 100;

interface ProcessRecord {
  pid: number;
  parent: number;
  cpuTicks: number;
}

/** Null where /proc cannot be read. */
export async function measureProcessTree(rootPid: number): Promise<TreeUsage | null> {
  const family = await findFamily(rootPid);
  if (family.length === 0) return null;
  const sizes = await Promise.all(family.map(({ pid }) => readMemoryBytes(pid)));
  return {
    memoryBytes: sizes.reduce((sum, size) => sum + size, 0),
    cpuSeconds: family.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / TICKS_PER_SECOND,
  };
}

async function findFamily(rootPid: number): Promise<ProcessRecord[]> {
  const names = await fs.readdir('/proc').catch(() => []);
  const records = await Promise.all(names.filter(name => /^\d+$/.test(name)).map(readRecord));
  const known = records.filter(record => record !== undefined);
  const family = known.filter(({ pid }) => pid === rootPid);
  for (const member of family) family.push(...known.filter(({ parent }) => parent === member.pid));
  return family;
}

/** Undefined for a process that has ended meanwhile. */
async function readRecord(name: string): Promise<ProcessRecord | undefined> {
  const stat = await fs.readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // the program's name, in brackets, may hold anything; proc(5) numbers what follows it from 3, the state
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { pid: Number(name), parent: field(4), cpuTicks: field(14) + field(15) + field(16) + field(17) };
}

/** 0 for a process that has ended meanwhile. */
async function readMemoryBytes(pid: number): Promise<number> {
  const rollup = await fs.readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const status = /^Pss:/m.test(rollup) ? '' : await fs.readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^(?:Pss|VmRSS):\s+(\d+) kB/m.exec(rollup + status)?.[1] ?? 0) * 1024;
}
