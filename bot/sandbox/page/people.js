// The people to talk as.

import { $, el, button, avatar, name, time } from './dom.js';
import { api } from './api.js';
import { ask, attempt } from './notices.js';
import { summary } from './bubble.js';
import { store, chat, newest, unread } from './store.js';

export function drawPeople(onChoose) {
  $('people-list').replaceChildren(...[...store.chats.values()].map((c) => entry(c, onChoose)));
  avatar($('me'), chat().user);
  $('open-people').title = `Talking as ${name(chat().user)}`;
  $('others-unread').hidden = ![...store.chats.values()].some((c) => c !== chat() && unread(c) > 0);
}

function entry(c, onChoose) {
  const last = newest(c);
  const waiting = c === chat() ? 0 : unread(c);
  const b = button('person', '', avatar(el('span'), c.user), el('span', 'lines',
    el('span', 'top', el('strong', '', name(c.user)), last ? el('time', '', time(last.date)) : null),
    el('span', 'top', el('span', 'preview', c.blocked ? 'Has blocked Kith' : last ? summary(last) : 'No messages yet'),
      waiting ? unreadMark(waiting) : null)));
  if (c === chat()) b.setAttribute('aria-current', 'true');
  b.addEventListener('click', () => { closePeople(); onChoose(c.user.id); });
  return el('li', '', b);
}

function unreadMark(count) {
  const mark = el('span', 'unread', String(count));
  mark.setAttribute('aria-label', `${count} unread`);
  return mark;
}

function closePeople() {
  document.body.classList.remove('people-open');
  $('shade').hidden = true;
}

export function wirePeople(onAdded) {
  $('open-people').addEventListener('click', () => {
    document.body.classList.add('people-open');
    $('shade').hidden = false;
    $('people-list').querySelector('button').focus();
  });
  $('shade').addEventListener('click', closePeople);
  $('people').addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { closePeople(); $('open-people').focus(); }
  });
  $('add-person').addEventListener('click', async () => {
    const answer = await ask('Add a person', [{ name: 'name', label: 'Name' }], 'Add');
    if (!answer) return;
    const user = await attempt(api.addUser(answer.name));
    if (user) { closePeople(); onAdded(user); }
  });
}
