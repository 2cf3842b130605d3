/* Search in the transcript: turns without the words are hidden, the words are marked. */
const box = document.getElementById('search');
const count = document.getElementById('count');
const list = document.querySelector('.turns');
const turns = [...document.querySelectorAll('.turns > li')].map(element => {
  const paragraph = element.querySelector('p');
  const text = paragraph.textContent;
  const speaker = element.dataset.speaker.toLowerCase();
  return { element, paragraph, text, lower: text.toLowerCase(), speaker };
});

function search() {
  const wanted = box.value.trim().toLowerCase();
  let found = 0;
  for (const turn of turns) {
    const hit = wanted === '' || turn.lower.includes(wanted) || turn.speaker.includes(wanted);
    turn.element.hidden = !hit;
    if (hit) found++;
    showMarked(turn, wanted);
  }
  list.classList.toggle('filtered', wanted !== '');
  count.textContent = wanted === '' ? '' : `${found} of ${turns.length}`;
}

function showMarked({ paragraph, text, lower }, wanted) {
  const parts = [];
  let from = 0;
  // where lower case has another length, places in `lower` are not places in `text`
  if (wanted !== '' && lower.length === text.length) {
    for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
      const mark = document.createElement('mark');
      mark.textContent = text.slice(at, at + wanted.length);
      parts.push(text.slice(from, at), mark);
      from = at + wanted.length;
    }
  }
  if (parts.length > 0 || paragraph.firstElementChild) paragraph.replaceChildren(...parts, text.slice(from));
}

let waiting;
box.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
});

/* A link to a turn that the search has hidden brings all turns back. */
document.addEventListener('click', event => {
  const link = event.target.closest('a[href^="#T"]');
  if (!link || box.value === '') return;
  box.value = '';
  search();
});
