/** How long it takes to compare a meeting with a thousand enrolled people: `node bench/voices-speed.ts`. */
import { matchVoices } from '../src/pipeline/voices/match-voices.ts';
import { meanVector } from '../src/pipeline/voices/voice-vector.ts';

const PEOPLE = 1_000;
const VOICES = 10;
const RUNS = 20;

const vector = () => meanVector([Float32Array.from({ length: 192 }, () => Math.random() - 0.5)]);
const references = Array.from({ length: PEOPLE }, (_, index) => ({ personId: `${index}`, vector: vector() }));
const heard = Array.from({ length: VOICES }, (_, voice) => ({ voice, vector: vector(), seconds: 30, isNarrow: false }));
const times = Array.from({ length: RUNS }, () => {
  const before = process.cpuUsage();
  matchVoices(heard, references);
  return process.cpuUsage(before).user / 1_000;
}).sort((a, b) => a - b);
process.stdout.write(
  `${VOICES} voices, ${PEOPLE} people: median ${times[RUNS / 2]?.toFixed(1)} ms of CPU, slowest ${times.at(-1)?.toFixed(1)} ms\n`,
);
