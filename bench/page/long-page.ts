/**
 * How minutes.html of a meeting of three hours opens and scrolls in headless Chromium: `node bench/page/long-page.ts [WORDS]`.
 * Needs `apt-get install chromium`; graphics are drawn by the processor, which is the worst case.
 */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { renderFiles } from '../../src/pipeline/render/render-files.ts';
import { longMeeting } from '../../test/builders/long-meeting.ts';

const wordCount = Number(process.argv[2] ?? 31_000);
const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-page-'));
const file = path.join(folder, 'minutes.html');
const startedAt = performance.now();
const html = renderFiles(longMeeting(wordCount)).get('minutes.html') ?? '';
const renderMs = performance.now() - startedAt;
await fs.writeFile(file, html);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  const opened = await page.evaluate<{ loadedMs: number; paintMs: number }>(`({
    loadedMs: performance.getEntriesByType('navigation')[0].duration,
    paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  })`);
  const frames = await scrollThrough(page);
  const searchMs = await timeSearch(page, 'budget');
  console.log({
    ...{ wordCount, megabytes: html.length / 1e6, renderAllFilesMs: renderMs },
    turns: await page.locator('#turns li').count(),
    ...opened,
    ...frames,
    searchMs,
    matches: await page.textContent('#count'),
  });
} finally {
  await browser.close();
  await fs.rm(folder, { recursive: true });
}

/** Through the whole page, 120 pixels a frame, and the time of each frame. */
async function scrollThrough(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const workedSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await workedSeconds();
  const frameMs = await page.evaluate<number[]>(`new Promise(resolve => {
    const times = [];
    let last = performance.now();
    const step = now => {
      times.push(now - last);
      last = now;
      scrollBy({ top: 120, behavior: 'instant' });
      const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
      if (atEnd || times.length > 3000) resolve(times.slice(1));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  const sorted = frameMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  return {
    frames: sorted.length,
    workMsPerFrame: (1000 * ((await workedSeconds()) - before)) / sorted.length,
    ...{ frameMsMedian: at(0.5), frameMsP99: at(0.99), frameMsMost: at(1) },
  };
}

/** From the word to its marks on the screen. */
async function timeSearch(page: Page, wanted: string): Promise<number> {
  await page.evaluate(`find('search').value = ${JSON.stringify(wanted)}`);
  return await page.evaluate<number>(`new Promise(resolve => {
    const startedAt = performance.now();
    search();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - startedAt)));
  })`);
}
