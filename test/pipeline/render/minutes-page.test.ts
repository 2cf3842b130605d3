/** minutes.html in a browser: what it does, and what it must not. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { Minutes } from '../../../src/pipeline/render/minutes.ts';
import { renderFiles } from '../../../src/pipeline/render/render-files.ts';
import { loadTemplates } from '../../../src/pipeline/render/templates.ts';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { findChromium } from '../../builders/chromium.ts';
import { longMeeting } from '../../builders/long-meeting.ts';
import { action, item, minutes, say, span, summary, transcription } from '../../builders/meeting.ts';
import {
  clickWord,
  comesTrue,
  FAINT_TEXT,
  marked,
  matches,
  openRecording,
  silence,
} from '../../builders/minutes-page.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const executablePath = findChromium();
const skip = executablePath ? false : 'chromium is not installed';
const templates = loadTemplates();
const usual = render(minutes());

describe('minutes.html in a browser', { concurrency: true }, () => {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  before(async () => {
    if (!executablePath) return;
    browser = await chromium.launch({ executablePath });
    context = await browser.newContext();
  });
  after(async () => await browser?.close());

  /** The page, and everything that went wrong or left it. */
  async function open(t: TestContext, html = usual) {
    assert.ok(context);
    const file = path.join(await makeTemporaryFolder(t), 'minutes.html');
    fs.writeFileSync(file, html);
    fs.writeFileSync(path.join(path.dirname(file), 'shed.wav'), silence);
    const page = await context.newPage();
    t.after(() => page.close());
    const seen = { requests: [] as string[], complaints: [] as string[], dialogs: 0 };
    page.on('request', request => seen.requests.push(request.url()));
    page.on('console', message => seen.complaints.push(message.text()));
    page.on('pageerror', error => seen.complaints.push(error.message));
    page.on('dialog', dialog => {
      seen.dialogs++;
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    return { page, seen, url: pathToFileURL(file).href };
  }

  test('asks for nothing and complains of nothing', { skip }, async t => {
    const { page, seen, url } = await open(t);
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.getByRole('searchbox', { name: 'Search the transcript' }).fill('green');
    await matches(page, '1 of 3');
    assert.deepEqual([seen.requests, seen.complaints], [[url], []]);
  });

  test('nothing that was said runs', { skip }, async t => {
    const text = '"><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></style></script>';
    const { page, seen, url } = await open(t, render(allSaying(text)));
    assert.equal(await page.locator('h1').textContent(), text);
    assert.equal(await page.locator('#T0001 p').textContent(), `before ${text}`);
    await page.locator('.items .said a').first().click();
    assert.deepEqual([seen.dialogs, seen.requests, seen.complaints], [0, [url], []]);
  });

  test('what gets into the page all the same is stopped by its policy', { skip }, async t => {
    const evil =
      '<script>alert(1)</script><img src="http://127.0.0.1:9/x" onerror="alert(1)"><p id="evil" style="color: red">x</p>' +
      '<iframe src="http://127.0.0.1:9/y"></iframe><link rel="stylesheet" href="http://127.0.0.1:9/z">';
    const { page, seen } = await open(t, usual.replace('<main>', `<main>${evil}`));
    const refused = await page.evaluate<string>(`fetch('http://127.0.0.1:9/').then(() => '', error => error.message)`);
    assert.match(refused, /fetch/i);
    const written = `try { document.body.innerHTML = '<b>'; 'written'; } catch { 'refused'; }`;
    assert.equal(await page.evaluate<string>(written), 'refused');
    assert.equal(seen.dialogs, 0);
    assert.ok(seen.complaints.length >= 5, seen.complaints.join('\n'));
    assert.ok(
      seen.complaints.every(text => /Content Security Policy|TrustedHTML/.test(text)),
      seen.complaints.join('\n'),
    );
    assert.notEqual(await page.evaluate<string>(`getComputedStyle(find('evil')).color`), 'rgb(255, 0, 0)');
  });

  test('a word that is clicked is heard and marked', { skip }, async t => {
    const { page, seen } = await open(t);
    await openRecording(page);
    await clickWord(page, 'T0003', 'paint');
    assert.deepEqual(await page.evaluate('seeks'), [11.8]); // "paint" is the ninth word after 9.4 s, 0.3 s each
    await comesTrue(page, 'plays === 1');
    assert.match(await marked(page, 'playing'), /^(?:paint|by)$/); // some of it may have been played
    assert.equal(await page.locator('.playing').getAttribute('id'), 'T0003');
    assert.deepEqual(seen.complaints, []);
  });

  test('a word that is clicked before a recording is there starts it once it is', { skip }, async t => {
    const { page } = await open(t);
    await clickWord(page, 'T0002', 'station');
    assert.ok(await page.locator('.player.wanted').isVisible());
    await openRecording(page);
    assert.deepEqual(await page.evaluate('seeks'), [7.1]);
  });

  test('a few seconds of a speaker without a name are heard on their own', { skip }, async t => {
    const named = minutes();
    const speakers = named.transcript.speakers.map(one => (one.id === 'SPEAKER_00' ? { ...one, label: 'Ana' } : one));
    const { page, seen } = await open(t, render({ ...named, transcript: { ...named.transcript, speakers } }));
    const listen = page.getByRole('button', { name: /^Listen to / });
    assert.deepEqual(await listen.evaluateAll(all => all.map(one => one.ariaLabel)), ['Listen to SPEAKER_01']);
    await listen.click();
    assert.ok(await page.locator('.player.wanted').isVisible(), 'it asks for the recording');
    await page.setInputFiles('#file', { name: 'shed.wav', mimeType: 'audio/wav', buffer: silence });
    await comesTrue(page, '!audio.paused');
    assert.ok(await page.evaluate<boolean>('audio.currentTime >= 5 && audio.currentTime < 9'));
    await page.evaluate('audio.currentTime = 8.8'); // nearly at its end, which is 8.9
    await comesTrue(page, 'audio.paused && audio.currentTime < 9.5');
    assert.deepEqual(seen.complaints, []);
  });

  for (const place of ['beside', 'inside'] as const) {
    test(`the sound may lie ${place} the page`, { skip }, async t => {
      const address = place === 'beside' ? 'shed.wav' : `data:audio/wav;base64,${silence.toString('base64')}`;
      const html = renderFiles(minutes(), templates, address).get('minutes.html') ?? '';
      const { page, seen } = await open(t, html);
      await comesTrue(page, 'audio.readyState > 0');
      assert.equal(await page.evaluate('audio.duration'), 30);
      assert.ok(await page.locator('#audio').isVisible());
      assert.ok(await page.locator('#ask').isHidden());
      assert.deepEqual(seen.complaints, []);
    });
  }

  test('search counts, marks and goes round', { skip }, async t => {
    const { page } = await open(t);
    const box = page.locator('#search');
    await box.fill('GREEN');
    await matches(page, '1 of 3');
    assert.equal(await marked(page, 'found'), 'green|Green|green');
    await box.press('Enter');
    await matches(page, '2 of 3');
    assert.equal(await marked(page, 'current'), 'Green');
    await page.getByRole('button', { name: 'Next match' }).click();
    await page.getByRole('button', { name: 'Next match' }).click();
    await matches(page, '1 of 3');
    await box.press('Shift+Enter');
    await matches(page, '3 of 3');
    await box.fill('zebra');
    await matches(page, 'No match');
    await box.press('Escape');
    await matches(page, '');
    assert.equal(await marked(page, 'found'), '');
  });

  test('evidence leads to its words', { skip }, async t => {
    const { page } = await open(t);
    await page.locator('#decisions ~ .items .said a').first().click();
    await comesTrue(page, `document.activeElement.id === 'T0003'`);
    assert.equal(await marked(page, 'quote'), 'Agreed, green it is.');
    assert.match(page.url(), /#T0003$/);
  });

  test('what is not verified says so and why', { skip }, async t => {
    const { page } = await open(t);
    const unverified = page.locator('.unverified');
    assert.equal(await unverified.count(), 1);
    assert.match((await unverified.textContent()) ?? '', /Paint the fire station.*Unverified not found in the words/s);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`text can be read: ${colorScheme}`, { skip }, async t => {
      const { page } = await open(t);
      await page.emulateMedia({ colorScheme });
      await openRecording(page);
      assert.deepEqual(await page.evaluate(FAINT_TEXT), []);
      await page.locator('#theme').click();
      assert.deepEqual(await page.evaluate(FAINT_TEXT), [], 'after the button');
      const paper = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
      assert.equal(paper, colorScheme === 'light' ? 'rgb(21, 24, 28)' : 'rgb(251, 250, 247)');
    });
  }

  test('fits a phone', { skip }, async t => {
    const { page } = await open(t);
    await page.setViewportSize({ width: 340, height: 700 });
    await openRecording(page);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 340);
  });

  test('on paper there is what can be read, in black on white', { skip }, async t => {
    const { page } = await open(t);
    await openRecording(page);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of ['#player', '#searching', 'nav', '#theme']) assert.ok(await page.locator(hidden).isHidden());
    for (const seen of ['#T0005 p', '.lanes', 'table']) assert.ok(await page.locator(seen).isVisible(), seen);
    assert.equal(await page.evaluate(`getComputedStyle(document.querySelector('h1')).color`), 'rgb(0, 0, 0)');
    assert.ok((await page.pdf()).subarray(0, 5).equals(Buffer.from('%PDF-')));
  });

  test('the keyboard reaches everything, by name', { skip }, async t => {
    const { page } = await open(t);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the transcript');
    const nameless = `[...document.querySelectorAll('button, input, select, audio, nav, section')].filter(element =>
      !(element.labels?.length || element.ariaLabel || element.getAttribute('aria-labelledby') || element.textContent.trim()
        || element.id === 'audio')).map(element => element.outerHTML)`;
    assert.deepEqual(await page.evaluate(nameless), []);
    for (const role of ['banner', 'main', 'contentinfo', 'navigation', 'search'] as const) {
      assert.equal(await page.getByRole(role).count(), 1, role);
    }
  });

  test('the end of a meeting of three hours is one click away', { skip }, async t => {
    const { page } = await open(t, render(longMeeting(31_000)));
    const last = `document.querySelector('#turns ol:last-child li:last-child')`;
    await page.locator('.said a').click();
    await comesTrue(page, `document.activeElement === ${last}`);
    const { top, bottom, height } = await page.evaluate<{ top: number; bottom: number; height: number }>(
      `(() => { const { top, bottom } = ${last}.getBoundingClientRect(); return { top, bottom, height: innerHeight }; })()`,
    );
    assert.ok(top > 0 && bottom < height, `${top} to ${bottom} of ${height}`);
    const skipped = `[...document.querySelectorAll('.turns')].filter(part => !part.checkVisibility({ contentVisibilityAuto: true })
      || !part.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length > 40`;
    assert.ok(await page.evaluate<boolean>(skipped), 'what is off the screen is not laid out');
  });
});

function render(shown: Minutes): string {
  return renderFiles(shown, templates).get('minutes.html') ?? '';
}

/** A meeting in which everything says `text`. */
function allSaying(text: string): Minutes {
  const heard = transcription(say(1_000, 'before'), [{ text, startMs: 2_000, endMs: 3_000, confidence: 0.5 }]);
  const diarization = { spans: [span(0, 900, 3_000)], speakerCount: 1, warnings: [] };
  const transcript = assignSpeakers(heard, diarization, 5_000);
  for (const speaker of transcript.speakers) speaker.label = text;
  const evidence = [{ turn: 'T0001', start: 2, end: 3, quote: `${text} indeed` }];
  const items = [item('D1', text, { evidence, verified: false, reason: text })];
  return minutes({
    ...{ transcription: heard, diarization, transcript },
    summary: summary({
      ...{ title: text, abstract: text, decisions: items, questions: items, warnings: [text] },
      topics: [{ title: text, start: 0, end: 3 }],
      actionItems: [action('A1', text, { evidence, owner: text })],
    }),
  });
}
