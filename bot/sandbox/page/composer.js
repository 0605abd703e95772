// Writing: text, replies, edits, commands, attachments, START.

import { $, el, button, name } from './dom.js';
import { api } from './api.js';
import { chat, store, usedStart } from './store.js';
import { summary, isMine } from './bubble.js';
import { ask, attempt, popup } from './notices.js';

const text = $('text');
const maxText = 4096;

let about = null; // {kind: 'reply' | 'edit', message, quote}

export function drawComposer() {
  const c = chat();
  const starting = !c.blocked && (c.messages.size === 0 || store.start !== '');
  $('start').hidden = !starting;
  $('unblock').hidden = !c.blocked;
  $('composer').hidden = starting || c.blocked;
  $('menu-button').hidden = c.commands.length === 0;
  if (starting || c.blocked) closeMenu();
}

// openDraft shows what was being written in the chat that was opened.
export function openDraft() {
  setAbout(null);
  setText(chat().draft);
  drawComposer();
  closeMenu();
  if (matchMedia('(hover: hover)').matches) focusText();
}

function focusText() { if (!$('composer').hidden) text.focus(); }

function setText(value) {
  text.value = value;
  grow();
}

function grow() {
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
  $('composer').classList.toggle('filled', text.value.trim() !== '');
}

function setAbout(next) {
  if (about?.kind === 'edit') setText('');
  about = next;
  $('about').hidden = !next;
  if (!next) return;
  const m = next.message;
  $('about-title').textContent = next.kind === 'edit' ? 'Edit message' : `Reply to ${isMine(m) ? name(m.from) : 'Kith'}`;
  $('about-text').textContent = next.quote || summary(m);
  if (next.kind === 'edit') setText(m.text || m.caption);
  focusText();
}

export function reply(m) {
  const selected = getSelection().toString().trim();
  const quote = selected && (m.text || m.caption || '').includes(selected) ? selected : '';
  setAbout({ kind: 'reply', message: m, quote });
}

export function edit(m) { setAbout({ kind: 'edit', message: m }); }

export function forget(id) { if (about?.message.message_id === id) setAbout(null); }

export async function sendText(value) {
  for (const part of split(value)) await attempt(api.send(store.current, { message: { text: part } }));
}

// split cuts a long text as Telegram's apps do, at a line end where there is one.
function split(value) {
  const parts = [];
  while (value.length > maxText) {
    const line = value.lastIndexOf('\n', maxText);
    const at = line > maxText / 2 ? line : maxText;
    parts.push(value.slice(0, at));
    value = value.slice(at);
  }
  return [...parts, value];
}

async function submit() {
  const value = text.value.trim();
  if (!value) return;
  const what = about;
  if (what?.kind === 'edit') {
    if (await attempt(api.edit(store.current, what.message.message_id, value))) setAbout(null);
    return;
  }
  setAbout(null);
  setText('');
  closeMenu();
  chat().draft = '';
  if (!what) { await sendText(value); return; }
  await attempt(api.send(store.current, { reply_to: what.message.message_id, quote: what.quote || undefined, message: { text: value } }));
}

// The command menu.

function openMenu(filter) {
  const fitting = chat().commands.filter((c) => c.command.startsWith(filter));
  $('menu').replaceChildren(...fitting.map((c) => {
    const item = button('', '', el('strong', '', '/' + c.command), el('span', '', c.description));
    item.setAttribute('role', 'option');
    item.tabIndex = -1;
    item.addEventListener('click', () => { setText(''); closeMenu(); sendText('/' + c.command); });
    return item;
  }));
  $('menu').hidden = fitting.length === 0;
  $('menu-button').setAttribute('aria-expanded', String(fitting.length > 0));
}

function closeMenu() {
  $('menu').hidden = true;
  $('menu-button').setAttribute('aria-expanded', 'false');
}

function moveInMenu(step) {
  const items = [...$('menu').children];
  const at = items.findIndex((item) => item.getAttribute('aria-selected') === 'true');
  items[at]?.removeAttribute('aria-selected');
  const item = items.at((at + step + (at < 0 && step < 0 ? 1 : 0)) % items.length);
  item.setAttribute('aria-selected', 'true');
  item.scrollIntoView({ block: 'nearest' });
}

const chosenCommand = () => $('menu').querySelector('[aria-selected]');

function keys(event) {
  const menu = !$('menu').hidden;
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp':
      if (menu) { event.preventDefault(); moveInMenu(event.key === 'ArrowDown' ? 1 : -1); }
      else if (event.key === 'ArrowUp' && text.value === '' && !about) editLast(event);
      return;
    case 'Escape':
      if (menu) closeMenu(); else if (about) setAbout(null);
      return;
    case 'Enter':
      if (event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (menu && chosenCommand()) chosenCommand().click(); else submit();
  }
}

function editLast(event) {
  const mine = [...chat().messages.values()].filter((m) => isMine(m) && m.text && !m.forward_origin);
  if (mine.length === 0) return;
  event.preventDefault();
  edit(mine.at(-1));
}

// Attachments.

async function sendFile() {
  const chosen = $('file').files[0];
  $('file').value = '';
  if (!chosen) return;
  const picture = /^image\/(png|jpeg|gif)$/.test(chosen.type) && await measure(chosen);
  const stored = await attempt(api.upload(chosen));
  if (!stored) return;
  const message = picture ? { photo: [{ ...stored, ...picture }] } : { document: stored };
  await attempt(api.send(store.current, { message }));
}

async function measure(file) {
  try {
    const { width, height } = await createImageBitmap(file);
    return { width, height };
  } catch { return null; }
}

async function sendContact() {
  const answer = await ask('Share a contact', [
    { name: 'first_name', label: 'First name' },
    { name: 'last_name', label: 'Last name', optional: true },
    { name: 'phone_number', label: 'Phone number' },
  ], 'Share');
  if (answer) await attempt(api.send(store.current, { message: { contact: answer } }));
}

async function sendForward() {
  const answer = await ask('Forward a message', [
    { name: 'who', label: 'Written by' },
    { name: 'text', label: 'Text', long: true },
  ], 'Forward');
  if (!answer) return;
  const origin = { type: 'hidden_user', sender_user_name: answer.who, date: Math.floor(Date.now() / 1000) };
  await attempt(api.send(store.current, { message: { text: answer.text, forward_origin: origin } }));
}

export function wireComposer() {
  text.addEventListener('input', () => {
    grow();
    if (about?.kind !== 'edit') chat().draft = text.value;
    const typed = /^\/(\w*)$/.exec(text.value);
    if (typed) openMenu(typed[1]); else closeMenu();
  });
  text.addEventListener('keydown', keys);
  $('composer').addEventListener('submit', (event) => { event.preventDefault(); submit(); });
  $('about-close').addEventListener('click', () => setAbout(null));
  $('menu-button').addEventListener('click', () => { if ($('menu').hidden) openMenu(''); else closeMenu(); focusText(); });
  $('attach').addEventListener('click', () => popup($('attach'), [
    ['Photo or file', () => $('file').click()],
    ['Contact', sendContact],
    ['Forwarded message', sendForward],
  ]));
  $('file').addEventListener('change', sendFile);
  $('start').addEventListener('click', async () => {
    const code = store.start;
    usedStart();
    await sendText(code ? `/start ${code}` : '/start');
    drawComposer();
    focusText();
  });
  $('unblock').addEventListener('click', () => attempt(api.block(store.current, false)));
}
