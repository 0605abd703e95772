// The log of messages of the open chat.

import { $, el, day } from './dom.js';
import { bubble, isMine } from './bubble.js';
import { chat } from './store.js';

const scroll = $('scroll');
const log = $('log');

let handlers;

export function useHandlers(on) { handlers = on; }

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;

export function toEnd(smooth = false) {
  scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
}

// keepEnd makes a change and stays at the newest message if it was in sight.
function keepEnd(change, force = false) {
  const stay = force || atEnd();
  change();
  if (stay) toEnd();
  showDown();
}

function showDown() { $('down').hidden = atEnd(); }

scroll.addEventListener('scroll', showDown, { passive: true });
new ResizeObserver(() => { if ($('down').hidden) toEnd(); }).observe(scroll);
log.addEventListener('load', () => { if ($('down').hidden) toEnd(); }, true);
$('down').addEventListener('click', () => toEnd(true));

export function drawLog() {
  // A chat that is opened is not news to a screen reader.
  log.setAttribute('aria-live', 'off');
  log.replaceChildren(...[...chat().messages.values()].map((m) => bubble(m, handlers)));
  arrange();
  toEnd();
  showDown();
  requestAnimationFrame(() => log.setAttribute('aria-live', 'polite'));
}

// drawMessage shows a message, in place of its older state if it is in the log.
export function drawMessage(m) {
  const shown = find(m.message_id);
  const node = bubble(m, handlers);
  keepEnd(() => {
    if (shown) {
      node.classList.toggle('chosen', shown.classList.contains('chosen'));
      const focused = controls(shown).indexOf(document.activeElement);
      shown.replaceWith(node);
      controls(node)[focused]?.focus({ preventScroll: true });
    } else {
      node.classList.add('new');
      log.append(node);
    }
    arrange();
  }, !shown && isMine(m));
}

const controls = (node) => [...node.querySelectorAll('a, button')];

export function dropMessage(id) {
  keepEnd(() => {
    find(id)?.remove();
    arrange();
  });
}

export function find(id) { return log.querySelector(`[data-id="${id}"]`); }

// arrange puts a separator before the first message of each day and marks the last
// message of each run of one side.
function arrange() {
  for (const old of log.querySelectorAll('.day')) old.remove();
  let before = '';
  for (const node of [...log.children]) {
    const label = day(Number(node.dataset.date));
    if (label !== before) node.before(el('div', 'day', el('span', '', label)));
    before = label;
    const next = node.nextElementSibling;
    node.classList.toggle('last', !next || next.classList.contains('mine') !== node.classList.contains('mine'));
  }
}

export function jump(id) {
  const node = find(id);
  if (!node) return;
  node.scrollIntoView({ block: 'center', behavior: 'smooth' });
  node.classList.remove('flash');
  requestAnimationFrame(() => node.classList.add('flash'));
}

// A tap on a bubble shows what can be done with it, where there is no pointer to hover.
log.addEventListener('click', (event) => {
  const node = event.target.closest('.message');
  if (event.target.closest('.actions')) node.classList.remove('chosen');
  if (event.target.closest('a, button')) return;
  for (const other of log.querySelectorAll('.chosen')) if (other !== node) other.classList.remove('chosen');
  node?.classList.toggle('chosen');
});
