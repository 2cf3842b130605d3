/** Whether this processor multiplies unsigned by signed bytes exactly and at full speed. */
import fs from 'node:fs';

/** What Linux calls the instructions of AVX-512 VNNI and of AVX-VNNI. */
const FLAGS = /^flags\s*:.*\b(?:avx512_vnni|avx_vnni)\b/m;

/**
 * With VNNI the graphs with signed weights give the same numbers as those with unsigned ones, and Moonshine's encoder
 * twice as fast (bench/RESULTS.md). Without, onnxruntime adds pairs of such products in 16 bits, which may overflow.
 * @param cpuInfoPath what the kernel says about the processors; where there is no such file the answer is no
 */
export function hasVnni(cpuInfoPath = '/proc/cpuinfo'): boolean {
  try {
    return FLAGS.test(fs.readFileSync(cpuInfoPath, 'utf8'));
  } catch {
    return false;
  }
}
