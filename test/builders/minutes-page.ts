/** What tests do on minutes.html, as a reader would. The scripts are texts: what they name exists in the page only. */
import type { Page } from 'playwright-core';
import { until } from './until.ts';

/** 30 s as WAV of 8 bits. */
export const silence = makeSilence();

function makeSilence(): Buffer {
  const [rateHz, headerBytes] = [8_000, 44];
  const wav = Buffer.alloc(headerBytes + 30 * rateHz, 128);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.set([16, 0, 0, 0, 1, 0, 1, 0], 16);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(rateHz, 28);
  wav.set([1, 0, 8, 0], 32);
  wav.write('data', 36);
  wav.writeUInt32LE(wav.length - headerBytes, 40);
  return wav;
}

/** It stops as soon as it plays; `seeks` in the page are the places gone to. */
export async function openRecording(page: Page): Promise<void> {
  await page.evaluate(`globalThis.seeks = [];
    globalThis.plays = 0;
    audio.addEventListener('seeking', () => seeks.push(audio.currentTime));
    audio.addEventListener('playing', () => { plays++; audio.pause(); })`);
  await page.setInputFiles('#file', { name: 'shed.wav', mimeType: 'audio/wav', buffer: silence });
  await comesTrue(page, 'audio.readyState > 1 && !audio.seeking');
}

export async function clickWord(page: Page, turn: string, word: string): Promise<void> {
  const { x, y } = await page.evaluate<{ x: number; y: number }>(`(() => {
    const paragraph = document.querySelector('#${turn} p');
    paragraph.scrollIntoView({ block: 'center' });
    const range = document.createRange();
    const from = paragraph.textContent.indexOf('${word}');
    range.setStart(paragraph.firstChild, from);
    range.setEnd(paragraph.firstChild, from + ${word.length});
    const { left, top, width, height } = range.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  })()`);
  await page.mouse.click(x, y);
  await comesTrue(page, '!audio.hasAttribute("src") || (!audio.seeking && CSS.highlights.get("playing")?.size > 0)');
}

export async function matches(page: Page, expected: string): Promise<void> {
  await comesTrue(page, `find('count').textContent === ${JSON.stringify(expected)}`);
}

/** `page.waitForFunction` would need a policy that lets strings be run. */
export async function comesTrue(page: Page, condition: string): Promise<void> {
  await until(condition, () => page.evaluate<boolean>(condition), 20_000);
}

export async function marked(page: Page, name: string): Promise<string> {
  return await page.evaluate<string>(`[...CSS.highlights.get('${name}')].map(({ startContainer, startOffset, endOffset }) =>
    startContainer.data.slice(startOffset, endOffset)).join('|')`);
}

/** Texts whose contrast to what is behind them is below 4.5 (WCAG 1.4.3). Colours here have no transparency. */
export const FAINT_TEXT = `(() => {
  const luminance = color => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(value => value / 255).map(value =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : backgroundColor;
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('script, option, [disabled]') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const color = element.closest('svg') ? style.fill : style.color;
    const [low, high] = [luminance(color), luminance(behind(element))].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) faint.push([walker.currentNode.data.trim(), contrast]);
  }
  return faint;
})()`;
