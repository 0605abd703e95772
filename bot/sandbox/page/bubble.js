// A message as it stands in the log.

import { api } from './api.js';
import { el, icon, button, time, size, name } from './dom.js';
import { render } from './entities.js';

const icons = {
  reply: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6',
  edit: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  pin: 'M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  voice: 'M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6 11a6 6 0 0 0 12 0M12 17v3',
  out: 'M9 15L19 5M12 5h7v7',
  silent: 'M4 17h12M6 17v-6a6 6 0 0 1 9-5M18 11v4M10 20.5h4M3 3l18 18',
  copy: 'M9 9h10v10H9zM5 15V5h10',
};

export const isMine = (m) => !m.from?.is_bot;

// summary is a message in one line.
export function summary(m) {
  if (m.text || m.caption) return shownText(m);
  if (m.photo) return 'Photo';
  if (m.document) return m.document.file_name || 'File';
  if (m.contact) return 'Contact: ' + name(m.contact);
  if (m.location) return 'Location';
  if (m.voice) return 'Voice message';
  if (m.sticker) return m.sticker.emoji || 'Sticker';
  return 'Message';
}

// bubble returns the element of a message. The handlers say what its parts do: reply,
// edit, jump, command, press, copy, visit, and pressing(data) whether a press awaits its answer.
export function bubble(m, on) {
  const side = isMine(m) ? 'mine' : 'theirs';
  const node = el('article', `message ${side}`);
  node.dataset.id = m.message_id;
  node.dataset.date = m.date;
  node.append(el('div', 'column', el('div', 'row', body(m, on), actions(m, on)), keyboard(m, on)));
  return node;
}

function body(m, on) {
  const parts = [origin(m), quote(m, on), photo(m), file(m), contact(m), place(m), voice(m)];
  const text = shownText(m);
  const meta = el('span', 'meta');
  if (m.silent) meta.append(silent());
  if (m.edits) meta.append(el('span', '', 'edited'));
  const stamp = el('time', '', time(m.date));
  stamp.dateTime = new Date(m.date * 1000).toISOString();
  meta.append(stamp);
  const box = el('div', 'bubble', ...parts);
  if (m.sticker) box.append(el('div', 'sticker', m.sticker.emoji || '🖼'));
  if (text) box.append(el('div', 'text', ...render(text, m.entities || m.caption_entities, on.command)));
  if (m.reactions?.length) box.append(el('span', 'reactions', ...m.reactions));
  box.append(meta);
  return box;
}

// shownText is the text of a message. The code of a start link is the bot's business, so,
// as in Telegram, it is not shown.
function shownText(m) {
  const text = m.text || m.caption;
  return isMine(m) && /^\/start \S+$/.test(text || '') ? '/start' : text;
}

function silent() {
  const mark = el('span', 'silent', icon(icons.silent));
  mark.title = 'Sent without a sound';
  return mark;
}

function origin(m) {
  const from = m.forward_origin;
  if (!from) return null;
  const who = from.sender_user_name || (from.sender_user && name(from.sender_user)) ||
    from.sender_chat?.title || from.chat?.title || 'somebody';
  return el('div', 'origin', 'Forwarded from ', el('strong', '', who));
}

function quote(m, on) {
  const to = m.reply_to_message;
  if (!to) return null;
  const b = button('quote', '', el('strong', '', isMine(to) ? name(to.from || {}) : 'Kith'),
    el('span', '', m.quote?.text || summary(to)));
  b.addEventListener('click', () => on.jump(to.message_id));
  return b;
}

function photo(m) {
  if (!m.photo) return null;
  const best = m.photo.at(-1);
  const img = el('img', 'photo');
  img.src = api.fileURL(best.file_id);
  img.width = best.width;
  img.height = best.height;
  img.alt = m.caption || 'Photo';
  return img;
}

function file(m) {
  const d = m.document;
  if (!d) return null;
  const a = el('a', 'card', el('span', 'badge', icon(icons.file)),
    el('span', 'lines', el('strong', '', d.file_name || 'File'), el('span', '', size(d.file_size) + ' · Save')));
  a.href = api.fileURL(d.file_id);
  a.download = d.file_name || '';
  return a;
}

function contact(m) {
  const c = m.contact;
  if (!c) return null;
  return el('div', 'card', el('span', 'badge', ([...c.first_name][0] || '?').toUpperCase()),
    el('span', 'lines', el('strong', '', name(c)), el('span', '', c.phone_number)));
}

function place(m) {
  const l = m.location;
  if (!l) return null;
  return el('div', 'card', el('span', 'badge', icon(icons.pin)),
    el('span', 'lines', el('strong', '', m.venue?.title || 'Location'), el('span', '', `${l.latitude}, ${l.longitude}`)));
}

function voice(m) {
  if (!m.voice) return null;
  return el('div', 'card', el('span', 'badge', icon(icons.voice)),
    el('span', 'lines', el('strong', '', 'Voice message'), el('span', '', `${m.voice.duration} s`)));
}

function actions(m, on) {
  const row = el('div', 'actions');
  const reply = button('icon', 'Reply', icon(icons.reply));
  reply.addEventListener('click', () => on.reply(m));
  row.append(reply);
  if (isMine(m) && !m.forward_origin && (m.text || m.caption)) {
    const edit = button('icon', 'Edit', icon(icons.edit));
    edit.addEventListener('click', () => on.edit(m));
    row.append(edit);
  }
  return row;
}

function keyboard(m, on) {
  const rows = m.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const node = el('div', 'keyboard');
  for (const row of rows) node.append(el('div', 'keys', ...row.map((key) => inlineButton(m, key, on))));
  return node;
}

function inlineButton(m, key, on) {
  const address = key.url || key.web_app?.url || key.login_url?.url;
  const b = button('key', '', el('span', '', key.text));
  if (address) b.append(icon(icons.out));
  if (key.copy_text) b.append(icon(icons.copy));
  if (key.callback_data && on.pressing(m.message_id, key.callback_data)) {
    b.classList.add('waiting');
    b.setAttribute('aria-busy', 'true');
  }
  b.addEventListener('click', () => {
    if (address) on.visit(address);
    else if (key.copy_text) on.copy(key.copy_text.text);
    else if (key.callback_data) on.press(m, key.callback_data);
  });
  return b;
}
