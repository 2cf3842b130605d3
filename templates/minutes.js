/* Without this script the page can be read and printed; with it, it can be heard and searched as well. */
const find = id => document.getElementById(id);
const [audio, player, box, count] = ['audio', 'player', 'search', 'count'].map(find);

/* Times in the page are hundredths of a second. */
const turns = [...document.querySelectorAll('#turns li')].map(element => {
  const paragraph = element.querySelector('p');
  const { start, end } = element.dataset;
  return { element, node: paragraph.firstChild, text: paragraph.textContent, start: Number(start), end: Number(end) };
});

/** The words of a turn: when each starts, and where it stands in the text. Read when they are needed. */
function wordsOf(turn) {
  if (turn.words) return turn.words;
  let [start, from] = [turn.start, 0];
  turn.words = turn.element.dataset.words
    .split(' ')
    .filter(Boolean)
    .map(pair => {
      const [wait, step] = pair.split(',').map(Number);
      start += wait;
      from += step;
      return { start, from };
    });
  for (const [index, word] of turn.words.entries()) {
    const next = turn.words[index + 1]?.from ?? turn.text.length;
    word.to = word.from + turn.text.slice(word.from, next).trimEnd().length;
  }
  return turn.words;
}

/** Marks pieces of text without touching the document; where the browser cannot, the turns are still shown. */
function paint(name, pieces) {
  if (!globalThis.Highlight) return;
  const highlight = new Highlight();
  for (const { turn, from, to } of pieces) {
    if (!turn.node) continue;
    const place = { startContainer: turn.node, startOffset: from, endContainer: turn.node, endOffset: to };
    highlight.add(new StaticRange(place));
  }
  CSS.highlights.set(name, highlight);
}

function show({ element }) {
  element.scrollIntoView({ block: 'center' });
}

/** The last element for which `isBefore` holds, when it holds for all before; undefined when for none. */
function lastWhere(list, isBefore) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(list[middle])) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

const turnAt = time => lastWhere(turns, turn => turn.start <= time) ?? turns[0];

/* Search: all matches are marked, one is the current one. */
let [hits, current] = [[], -1];

function search() {
  const wanted = box.value.trim().toLowerCase();
  hits = wanted === '' ? [] : turns.flatMap(turn => findIn(turn, wanted));
  paint('found', hits);
  goTo(0);
}

function findIn(turn, wanted) {
  const lower = turn.text.toLowerCase();
  const found = [];
  // where lower case has another length, places in it are not places in the text
  const isAlike = lower.length === turn.text.length;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + wanted.length)) {
    found.push(isAlike ? { turn, from: at, to: at + wanted.length } : { turn, from: 0, to: turn.text.length });
    if (!isAlike) break;
  }
  return found;
}

function goTo(index) {
  hits[current]?.turn.element.classList.remove('found');
  current = hits.length > 0 ? (index + hits.length) % hits.length : -1;
  const hit = hits[current];
  for (const other of document.querySelectorAll('.turns .found')) other.classList.remove('found');
  hit?.turn.element.classList.add('found');
  paint('current', hit ? [hit] : []);
  const none = box.value.trim() === '' ? '' : 'No match';
  count.textContent = hit ? `${current + 1} of ${hits.length}` : none;
  for (const id of ['previous', 'next']) find(id).disabled = !hit;
  if (hit) show(hit.turn);
}

let waiting;
box.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
});
box.addEventListener('keydown', event => {
  if (event.key === 'Enter') goTo(current + (event.shiftKey ? -1 : 1));
  if (event.key !== 'Escape') return;
  box.value = '';
  search();
});
find('previous').addEventListener('click', () => goTo(current - 1));
find('next').addEventListener('click', () => goTo(current + 1));
find('searching').hidden = turns.length === 0;

/* Evidence: a link goes to its turn and marks the words. */
document.addEventListener('click', event => {
  const link = event.target.closest('a[href^="#T"]');
  const turn = link && turns.find(({ element }) => `#${element.id}` === link.getAttribute('href'));
  if (!turn) return;
  const [from, to] = [Number(link.dataset.from ?? -1), Number(link.dataset.to ?? -1)];
  const words = wordsOf(turn).filter(({ start }) => start >= from && start < to);
  const quote = words.length > 0 ? [{ turn, from: words[0].from, to: words.at(-1).to }] : [];
  paint('quote', quote);
  const isHere = turn.element.contains(link);
  if (canPlay()) seek(Math.max(turn.start, from), isHere);
  if (isHere) return;
  requestAnimationFrame(() => {
    // after the browser's own jump, which leaves the turn at the edge
    turn.element.tabIndex = -1;
    turn.element.focus({ preventScroll: true });
    show(turn);
  });
});

/* Player: a word that is clicked is heard, and what is heard is marked. */
let wanted; // while there is no recording yet
let stopAt; // the end of a clip
const canPlay = () => Boolean(audio?.hasAttribute('src'));

function seek(time, mayStart, until) {
  if (!canPlay()) {
    wanted = { time, until };
    player.classList.add('wanted');
    return;
  }
  audio.currentTime = time / 100;
  stopAt = until;
  if (mayStart) audio.play().catch(() => {}); // the element's own error says why
}

find('turns').addEventListener('click', event => {
  if (event.target.closest('a') || !getSelection().isCollapsed) return;
  const turn = turns.find(({ element }) => element.contains(event.target));
  const offset = turn && offsetAt(event.clientX, event.clientY, turn.node);
  if (offset === undefined) return;
  const word = lastWhere(wordsOf(turn), ({ from }) => from <= offset);
  seek(word?.start ?? turn.start, true);
});

function offsetAt(x, y, node) {
  const position = document.caretPositionFromPoint?.(x, y);
  if (position) return position.offsetNode === node ? position.offset : undefined;
  const range = document.caretRangeFromPoint?.(x, y); // Safari
  return range?.startContainer === node ? range.startOffset : undefined;
}

let heard;
function followAlong() {
  const time = audio.currentTime * 100 + 5; // a seek may land just before the word
  const turn = turnAt(time);
  if (turn && turn !== heard) {
    heard?.element.classList.remove('playing');
    turn.element.classList.add('playing');
    heard = turn;
    if (find('follow').checked && !audio.paused) keepInView(turn.element);
  }
  const word = turn && time < turn.end + 50 && lastWhere(wordsOf(turn), ({ start }) => start <= time);
  paint('playing', word ? [{ turn, from: word.from, to: word.to }] : []);
  const playhead = find('playhead');
  if (playhead) {
    playhead.hidden = false;
    playhead.style.setProperty('--at', Math.min(1, time / Number(find('lanes').dataset.length)));
  }
  if (!audio.paused) requestAnimationFrame(followAlong);
}

function keepInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  if (top > 70 && bottom < innerHeight - player.offsetHeight) return;
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'center', behavior: isCalm ? 'auto' : 'smooth' });
}

function showPlayer() {
  const ready = canPlay();
  player.hidden = false;
  audio.hidden = !ready;
  for (const id of ['settings', 'following']) find(id).hidden = !ready;
  find('ask').hidden = ready;
}

if (player) {
  audio.addEventListener('play', () => requestAnimationFrame(followAlong));
  audio.addEventListener('seeked', followAlong);
  audio.addEventListener('timeupdate', () => {
    if (stopAt === undefined || audio.currentTime * 100 < stopAt) return;
    if (audio.currentTime * 100 < stopAt + 100) audio.pause(); // beyond that a reader has gone there
    stopAt = undefined;
  });
  audio.addEventListener('error', () => {
    audio.removeAttribute('src');
    showPlayer();
    find('ask').textContent = 'The recording could not be played here. Open it from your disk, or in another format.';
  });
  find('speed').addEventListener('change', event => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(event.target.value);
  });
  find('file').addEventListener('change', event => {
    const [file] = event.target.files;
    if (!file) return;
    if (audio.src.startsWith('blob:')) URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(file);
    player.classList.remove('wanted');
    showPlayer();
    if (wanted) seek(wanted.time, true, wanted.until);
    wanted = undefined;
  });
  showPlayer();
}

/* Line-up: a few seconds in which a speaker without a name is heard alone. */
for (const button of document.querySelectorAll('.listen')) {
  button.hidden = false;
  button.addEventListener('click', () => seek(Number(button.dataset.from), true, Number(button.dataset.to)));
}

find('lanes')?.addEventListener('click', event => {
  const lane = event.target.closest('svg[viewBox]');
  if (!lane) return;
  const { left, width } = lane.getBoundingClientRect();
  const time = ((event.clientX - left) / width) * Number(find('lanes').dataset.length);
  if (canPlay()) seek(time, true);
  show(turnAt(time));
});

/* Light or dark: as the system says, until the button is pressed. */
const theme = find('theme');
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? 'dark' : 'light')) === 'dark';
const nameTheme = () => {
  theme.textContent = isDark() ? 'Light' : 'Dark';
};
theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
  nameTheme();
});
systemDark.addEventListener('change', nameTheme);
nameTheme();
theme.hidden = false;
