// Requests to the sandbox. The key is part of the page's own address, so every address
// here is relative.

async function request(method, path, body, type = 'application/json') {
  const options = { method };
  if (body !== undefined) {
    options.headers = { 'Content-Type': type };
    options.body = type === 'application/json' ? JSON.stringify(body) : body;
  }
  const response = await fetch('api/' + path, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || 'The sandbox does not answer.');
  return answer;
}

export const api = {
  state: () => request('GET', 'state'),
  addUser: (first_name) => request('POST', 'users', { first_name, language_code: 'en' }),
  send: (chat, incoming) => request('POST', `chats/${chat}/messages`, incoming),
  edit: (chat, id, text) => request('PUT', `chats/${chat}/messages/${id}`, { text }),
  press: (chat, id, data) => request('POST', `chats/${chat}/messages/${id}/press`, { data }),
  block: (chat, blocked) => request('PUT', `chats/${chat}/blocked`, { blocked }),
  upload: (file) => request('POST', `files?name=${encodeURIComponent(file.name)}`, file, file.type || 'application/octet-stream'),
  fileURL: (id) => `api/files/${encodeURIComponent(id)}`,
  events: (since) => new EventSource(`api/events?since=${since}`),
};
