// Toasts, dialogs, small menus and the sound of a message.

import { $, el, button } from './dom.js';

let hiding;

export function toast(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { $('toast').hidden = true; }, 4000);
}

// attempt runs a request and shows what went wrong with it.
export async function attempt(promise) {
  try { return await promise; } catch (error) { toast(error.message); return null; }
}

function open(title, body, actions) {
  const dialog = $('dialog');
  $('dialog-title').textContent = title;
  $('dialog-title').hidden = !title;
  $('dialog-body').replaceChildren(...body);
  $('dialog-actions').replaceChildren(...actions);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener('close', () => done(dialog.returnValue), { once: true }));
}

function submit(label, value) {
  const b = el('button', 'primary', label);
  b.value = value;
  return b;
}

// cancel is no submit button: Enter in a field presses the first of those.
function cancel() {
  const b = button('', '', 'Cancel');
  b.addEventListener('click', () => $('dialog').close());
  return b;
}

export function alert(text) {
  return open('', [el('p', '', text)], [submit('OK', 'ok')]);
}

// ask shows fields and returns their values by name, or null when cancelled.
export async function ask(title, fields, action) {
  const inputs = fields.map((field) => {
    const input = el(field.long ? 'textarea' : 'input');
    input.name = field.name;
    input.required = !field.optional;
    input.autocomplete = 'off';
    if (field.long) input.rows = 3;
    return input;
  });
  const rows = inputs.map((input, i) => el('label', '', fields[i].label, input));
  const answer = await open(title, rows, [cancel(), submit(action, 'ok')]);
  if (answer !== 'ok') return null;
  return Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()]));
}

// popup opens a menu of [label, action] above or below the anchor.
export function popup(anchor, items) {
  const menu = $('popup');
  const close = () => {
    menu.hidden = true;
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('keydown', keys, true);
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  const keys = (event) => {
    if (event.key === 'Escape') { close(); anchor.focus(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...menu.children];
    all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
  };
  menu.replaceChildren(...items.map(([label, action]) => {
    const item = button('', '', label);
    item.setAttribute('role', 'menuitem');
    item.addEventListener('click', () => { close(); action(); });
    return item;
  }));
  menu.hidden = false;
  const box = anchor.getBoundingClientRect();
  const above = box.top > innerHeight / 2;
  menu.style.top = above ? `${box.top - menu.offsetHeight - 6}px` : `${box.bottom + 6}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.firstElementChild.focus();
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('keydown', keys, true);
}

let audio;

// chime is heard only once somebody has touched the page: browsers ask for that.
export function chime() {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ||= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const now = audio.currentTime;
  tone.frequency.setValueAtTime(660, now);
  tone.frequency.setValueAtTime(880, now + 0.08);
  volume.gain.setValueAtTime(0.04, now);
  volume.gain.exponentialRampToValueAtTime(0.01, now + 0.25);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + 0.25);
}
