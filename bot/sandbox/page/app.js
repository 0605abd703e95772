// The page: loads the state, follows events, and connects the parts.

import { $ } from './dom.js';
import { api } from './api.js';
import { isMine } from './bubble.js';
import { alert, attempt, chime, popup, toast } from './notices.js';
import { store, chat, choose, load, markRead } from './store.js';
import { drawLog, drawMessage, dropMessage, find, jump, useHandlers } from './log.js';
import { drawComposer, edit, forget, openDraft, reply, sendText, wireComposer } from './composer.js';
import { drawPeople, wirePeople } from './people.js';

const pressWait = 15000;
const typingTime = 5500;

// Presses that wait for their answer, by message and data; answers may come before the
// request that made the press returns.
const waiting = new Map();
const early = new Map();
const pressKey = (id, data) => `${id}/${data}`;

async function press(m, data) {
  const key = pressKey(m.message_id, data);
  if (waiting.has(key)) return;
  const c = store.current;
  const entry = { message: m.message_id, timer: setTimeout(() => settle(key), pressWait) };
  waiting.set(key, entry);
  redraw(m.message_id);
  const made = await attempt(api.press(c, m.message_id, data));
  if (!made) { settle(key); return; }
  entry.id = made.id;
  if (early.has(made.id)) answered(made.id, early.get(made.id));
}

function settle(key) {
  const entry = waiting.get(key);
  if (!entry) return;
  clearTimeout(entry.timer);
  waiting.delete(key);
  redraw(entry.message);
}

function answered(id, answer) {
  const found = [...waiting].find(([, entry]) => entry.id === id);
  if (!found) { early.set(id, answer); return; }
  early.delete(id);
  settle(found[0]);
  if (answer.url) visit(answer.url);
  else if (answer.text && answer.alert) alert(answer.text);
  else if (answer.text) toast(answer.text);
}

function redraw(id) {
  const m = chat().messages.get(id);
  if (m && find(id)) drawMessage(m);
}

async function copy(text) {
  await attempt(navigator.clipboard.writeText(text));
  toast('Copied');
}

// startOf is the start parameter of a link to this bot, and null for any other link.
function startOf(address) {
  const url = new URL(address);
  if (url.hostname !== 't.me' || url.pathname.slice(1) !== store.bot.username) return null;
  return url.searchParams.get('start') || '';
}

// visit opens a link; one to this bot opens here, as it would in Telegram.
function visit(address) {
  const start = startOf(address);
  if (start === null) { open(address, '_blank', 'noopener,noreferrer'); return; }
  store.start = start;
  drawComposer();
}

useHandlers({
  reply, edit, jump, press, copy, visit,
  command: sendText,
  pressing: (id, data) => waiting.has(pressKey(id, data)),
});

// Events.

const handle = {
  message({ chat: id, message: m }) {
    const c = store.chats.get(id);
    if (!c) return;
    const isNew = !c.messages.has(m.message_id);
    c.messages.set(m.message_id, m);
    if (isNew && !isMine(m)) {
      c.typing = 0;
      if (!m.silent) chime();
    }
    if (c === chat()) {
      drawMessage(m);
      drawRest();
    }
    seen();
  },
  deleted({ chat: id, message_id }) {
    const c = store.chats.get(id);
    c?.messages.delete(message_id);
    if (c === chat()) { dropMessage(message_id); forget(message_id); drawRest(); }
    seen();
  },
  typing({ chat: id, action }) {
    const c = store.chats.get(id);
    if (!c) return;
    c.typing = Date.now() + typingTime;
    c.action = action;
    drawStatus();
    setTimeout(drawStatus, typingTime + 50);
  },
  answer({ press: id, answer }) { answered(id, answer); },
  user({ chat: id, blocked }) {
    const c = store.chats.get(id);
    if (!c) { refresh(); return; }
    c.blocked = Boolean(blocked);
    if (c === chat()) drawRest();
    seen();
  },
  bot: refresh,
};

let stream;

function follow() {
  stream?.close();
  stream = api.events(store.rev);
  stream.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    store.rev = event.rev;
    handle[event.kind]?.(event);
  };
  stream.addEventListener('reset', refresh);
  stream.onopen = () => { document.body.classList.remove('offline'); drawStatus(); };
  stream.onerror = () => {
    document.body.classList.add('offline');
    drawStatus();
    // A browser gives up on a stream that was refused, so this one is begun again.
    if (stream.readyState === EventSource.CLOSED) setTimeout(refresh, 2000);
  };
}

let refreshing;

// refresh reads everything again, once however often it is asked for meanwhile.
function refresh() {
  refreshing ||= load().then(() => { show(); follow(); }, () => setTimeout(refresh, 2000)).finally(() => { refreshing = null; });
  return refreshing;
}

// Drawing what is not the log.

const doing = { typing: 'typing…', upload_document: 'sending a file…', upload_photo: 'sending a photo…' };

function drawStatus() {
  const c = chat();
  const busy = c.typing > Date.now();
  $('status').textContent = document.body.classList.contains('offline') ? 'connecting…' : busy ? doing[c.action] || 'busy…' : 'bot';
  $('status').classList.toggle('busy', busy);
}

function drawRest() {
  const c = chat();
  $('empty').hidden = c.messages.size > 0;
  $('description').textContent = c.description || 'Tell Kith what you learnt about somebody. Ask later.';
  drawComposer();
  drawStatus();
}

// seen marks the open chat as read while somebody looks at it.
function seen() {
  if (!document.hidden) markRead(chat());
  drawPeople(openChat);
}

function show() {
  drawLog();
  drawRest();
  seen();
}

function openChat(id) {
  choose(id);
  show();
  openDraft();
}

function theme(value) {
  document.documentElement.dataset.theme = value;
  localStorage.setItem('kith/theme', value);
}

function wire() {
  wireComposer();
  wirePeople(async (user) => { await refresh(); openChat(user.id); });
  document.addEventListener('visibilitychange', seen);
  $('theme').addEventListener('click', () => {
    const chosen = document.documentElement.dataset.theme;
    const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    theme(dark ? 'light' : 'dark');
  });
  $('more').addEventListener('click', () => {
    const blocked = chat().blocked;
    popup($('more'), [[blocked ? 'Unblock Kith' : 'Block Kith', () => attempt(api.block(store.current, !blocked))]]);
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('.text a');
    if (!link || startOf(link.href) === null) return;
    event.preventDefault();
    visit(link.href);
  });
}

const kept = localStorage.getItem('kith/theme');
if (kept) document.documentElement.dataset.theme = kept;
wire();
await load();
show();
openDraft();
follow();
