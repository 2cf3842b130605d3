/** The grid of speech detection: one probability for every 512 samples. */
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';

export const VAD_FRAME_SAMPLES = 512;
export const VAD_FRAME_MS = (VAD_FRAME_SAMPLES * 1000) / SAMPLE_RATE_HZ;
/** A frame of this probability and more counts as speech, where it is only about the one or the other. */
export const SPEECH = 0.5;
