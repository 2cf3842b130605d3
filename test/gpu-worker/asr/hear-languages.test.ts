import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ears, hearLanguages, translateHeard } from '../../../src/gpu-worker/asr/hear-languages.ts';
import type { PieceTranscript } from '../../../src/gpu-worker/asr/piece-transcript.ts';
import type { Span } from '../../../src/pipeline/meeting.ts';

const MINUTE_MS = 60_000;
const whole = { startMs: 0, endMs: 2 * MINUTE_MS };

/** Models that know what was said: `languageAt` is the truth, a window that holds two languages is taken for its first. */
function listen(languageAt: (ms: number) => string, english: boolean) {
  const asked: string[] = [];
  const transcript = (span: Span, language: string): PieceTranscript => {
    const truth = languageAt(span.startMs);
    const mixed = languageAt(span.endMs - 1) !== truth;
    return {
      words: [{ text: `${language}:${truth}`, startMs: 0, endMs: 500, confidence: 0.9 }],
      ...{ tokenCount: 10, logProbability: language === truth ? -0.5 : -8, language },
      languages: mixed ? { [truth]: 0.7, [languageAt(span.endMs - 1)]: 0.3 } : { [truth]: 0.99 },
    };
  };
  const ears: Ears = {
    hearEnglish: english
      ? async pieces => {
          asked.push(...pieces.map(() => 'english'));
          return pieces.map(piece => transcript(piece, 'en'));
        }
      : undefined,
    hearAny: async (windows, language) => {
      asked.push(...windows.map(() => language ?? 'any'));
      return windows.map(window => transcript(window, language ?? languageAt(window.startMs)));
    },
    translate: async windows => windows.map(window => transcript(window, 'en')),
    cut: ({ startMs, endMs }, into) => {
      const size = into === 'pieces' ? 15_000 : 5_000;
      const count = Math.ceil((endMs - startMs) / size);
      return Array.from({ length: count }, (_, i) => ({
        startMs: startMs + i * size,
        endMs: Math.min(endMs, startMs + (i + 1) * size),
      }));
    },
  };
  return { ears, asked };
}

test('a meeting in English is heard by the English model alone, each piece once', async () => {
  const { ears, asked } = listen(() => 'en', true);
  const heard = await hearLanguages(ears, whole);
  assert.deepEqual(asked, Array(8).fill('english'));
  assert.deepEqual(
    heard.map(({ startMs }) => startMs),
    [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000, 105_000],
  );
});

test('after three foreign pieces the English model is asked no more', async () => {
  const { ears, asked } = listen(() => 'de', true);
  const heard = await hearLanguages(ears, whole);
  assert.equal(asked.filter(who => who === 'english').length, 3);
  assert.ok(heard.every(({ language, transcript }) => language === 'de' && transcript.words[0]?.text === 'de:de'));
});

test('a foreign part of an English meeting is heard in its language, and each moment once', async () => {
  const { ears } = listen(ms => (ms >= 45_000 && ms < 65_000 ? 'fr' : 'en'), true);
  const heard = await hearLanguages(ears, whole);
  heard.reduce((previous, next) => {
    assert.ok(next.startMs >= previous.endMs, `${next.startMs} begins before ${previous.endMs}`);
    return next;
  });
  assert.equal(heard.at(0)?.startMs, 0);
  assert.equal(heard.at(-1)?.endMs, whole.endMs);
  const french = heard.filter(({ language }) => language === 'fr');
  assert.equal(french[0]?.startMs, 45_000);
  assert.ok(french.at(-1)!.endMs >= 60_000);
});

test('a short mumble in an English meeting stays English, a foreign sentence does not', async () => {
  const { ears } = listen(ms => (ms >= 45_000 && ms < 60_000 ? 'ur' : 'en'), true);
  const cut: Ears['cut'] = (within, into) =>
    into === 'pieces'
      ? ears.cut(within, into).map(span => (span.startMs === 45_000 ? { ...span, endMs: 47_000 } : span))
      : ears.cut(within, into);
  const languagesOf = async (heard: Promise<{ language: string }[]>) => (await heard).map(({ language }) => language);
  assert.ok((await languagesOf(hearLanguages({ ...ears, cut }, whole))).every(language => language === 'en'));
  assert.ok((await languagesOf(hearLanguages(ears, whole))).includes('ur'));
});

test('a change within a window is cut where it is, to a sentence', async () => {
  const { ears } = listen(ms => (ms < 50_000 ? 'en' : 'de'), false);
  const heard = await hearLanguages(ears, whole);
  const german = heard.findIndex(({ language }) => language === 'de');
  assert.equal(heard[german]?.startMs, 50_000);
  assert.ok(heard.slice(german).every(({ language }) => language === 'de'));
  assert.ok(heard.every(({ transcript }) => /^(en:en|de:de)$/.test(transcript.words[0]!.text)));
});

test('only what is foreign is translated', async () => {
  const { ears } = listen(ms => (ms < 60_000 ? 'en' : 'de'), false);
  const heard = await hearLanguages(ears, whole);
  const translated = await translateHeard(ears, heard);
  heard.forEach(({ language, transcript }, index) => {
    if (language === 'en') assert.equal(translated[index], transcript);
    else assert.equal(translated[index]?.words[0]?.text, 'en:de');
  });
});
