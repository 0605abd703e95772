// Text with its entities as DOM nodes. Everything goes through text nodes and a list of
// harmless link schemes, so a message cannot bring markup or scripts along.

const tags = {
  bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's',
  code: 'code', pre: 'pre', blockquote: 'blockquote', expandable_blockquote: 'blockquote',
};

const schemes = ['http:', 'https:', 'tg:', 'mailto:', 'tel:'];

// render returns the nodes; onCommand is called with the text of a tapped command.
export function render(text, entities = [], onCommand = () => {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return range(text, sorted, 0, text.length, onCommand);
}

// range renders the part of the text, with the entities that begin in it.
function range(text, entities, from, to, onCommand) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const e = entities[i];
    if (e.offset < at || e.offset >= to) continue;
    const end = Math.min(e.offset + e.length, to);
    if (e.offset > at) nodes.push(document.createTextNode(text.slice(at, e.offset)));
    const node = wrap(e, text.slice(e.offset, end), onCommand);
    node.append(...range(text, entities.slice(i + 1), e.offset, end, onCommand));
    nodes.push(node);
    at = end;
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)));
  return nodes;
}

function wrap(entity, content, onCommand) {
  switch (entity.type) {
    case 'text_link': return link(entity.url);
    case 'url': return link(content);
    case 'email': return link('mailto:' + content);
    case 'phone_number': return link('tel:' + content.replace(/[^+\d]/g, ''));
    case 'bot_command': return command(content, onCommand);
    case 'spoiler': return spoiler();
    default: {
      const node = document.createElement(tags[entity.type] || 'span');
      node.className = 'e-' + entity.type;
      return node;
    }
  }
}

function link(address) {
  let url;
  try { url = new URL(address); } catch { return document.createElement('span'); }
  if (!schemes.includes(url.protocol)) return document.createElement('span');
  const a = document.createElement('a');
  a.href = url.href;
  a.target = '_blank';
  a.rel = 'noopener noreferrer';
  return a;
}

function command(content, onCommand) {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'e-command';
  b.addEventListener('click', () => onCommand(content));
  return b;
}

function spoiler() {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'e-spoiler';
  b.setAttribute('aria-label', 'Show hidden text');
  b.addEventListener('click', () => { b.classList.add('shown'); b.removeAttribute('aria-label'); });
  return b;
}
