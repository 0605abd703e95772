// What the page knows: the chats as the sandbox tells of them, and what this browser
// remembers (whose chat is open, what was read, drafts).

import { api } from './api.js';
import { isMine } from './bubble.js';

export const store = {
  bot: {},
  chats: new Map(),
  current: 0,
  rev: 0,
  start: new URLSearchParams(location.search).get('start') || '',
};

const memory = `kith${location.pathname}`;
const recall = (key) => localStorage.getItem(`${memory}${key}`);
const remember = (key, value) => localStorage.setItem(`${memory}${key}`, value);

export const chat = () => store.chats.get(store.current);

// load reads everything, and adds somebody to talk as when there is nobody.
export async function load() {
  let state = await api.state();
  if (state.chats.length === 0) {
    await api.addUser('Alex');
    state = await api.state();
  }
  store.bot = state.bot;
  store.rev = state.rev;
  const before = store.chats;
  store.chats = new Map(state.chats.map((c) => [c.user.id, {
    ...c,
    messages: new Map(c.messages.map((m) => [m.message_id, m])),
    draft: before.get(c.user.id)?.draft || '',
    typing: 0,
  }]));
  if (!store.chats.has(store.current)) {
    const last = Number(recall('current'));
    store.current = store.chats.has(last) ? last : [...store.chats.keys()][0];
  }
}

export function choose(id) {
  store.current = id;
  remember('current', id);
}

export function newest(c) {
  return [...c.messages.values()].at(-1);
}

export function markRead(c) {
  const last = newest(c);
  if (last) remember(`read/${c.user.id}`, last.message_id);
}

export function unread(c) {
  const read = Number(recall(`read/${c.user.id}`)) || 0;
  return [...c.messages.values()].filter((m) => !isMine(m) && m.message_id > read).length;
}

// usedStart forgets the deep link, so that a reload does not offer it again.
export function usedStart() {
  store.start = '';
  history.replaceState(null, '', location.pathname);
}
