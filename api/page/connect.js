import { ask, attempt, find, say } from "../sign-in/ask.js";

// The code is kept here only: it must not stay in the history.
let code = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const sections = ["by-link", "outside", "not_configured", "choose", "connecting", "scan_qr", "code_sent", "password_needed", "unlinking", "linked"];

const show = (id) => {
  for (const part of sections) find(part).hidden = part !== id;
};

// Where a state is shown that has no section of its own.
const shownAs = { not_linked: "choose", revoked: "choose", waiting: "linked" };

// What goes on without the user.
const moves = ["connecting", "scan_qr", "unlinking", "code_sent", "password_needed", "waiting"];

const sent = {
  app: "Telegram sent a code to the Telegram app on your other devices.",
  sms: "Telegram sent a code by SMS.",
  call: "Telegram calls you with a code.",
  email: "Telegram sent a code by e-mail.",
  other: "Telegram sent a code.",
};

const tell = (id, sentence) => {
  find(id).textContent = sentence;
  find(id).hidden = !sentence;
};

const when = (time) => new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

let timer;
let problem = "";
let listed; // when the account was read whose chats are shown

const fill = (status) => {
  tell("how", status.how || "");
  tell("sent", sent[status.sent_by] || "");
  tell("hint", status.hint ? "Your hint: " + status.hint : "");
  if (status.qr) {
    find("qr").src = "data:image/png;base64," + status.qr.png;
    find("open").href = status.qr.url;
  }
  if (!status.account) return;
  find("account").textContent = status.account.username ? `${status.account.name} (@${status.account.username})` : status.account.name;
  tell("waits", status.waits_until ? "Telegram asks to wait until " + when(status.waits_until) + "." : "");
  const { contacts, synced_at: read } = status.account;
  tell("synced", read ? `${contacts} ${contacts === 1 ? "contact" : "contacts"}, read ${when(read)}.` : "Its contacts and chats are being looked at…");
};

// render shows a status, and looks again while something goes on.
const render = (status) => {
  fill(status);
  const section = shownAs[status.state] || status.state;
  const synced = status.account && status.account.synced_at;
  if (section === "linked" && synced && synced !== listed) {
    listed = synced;
    choose().catch((problem) => say(problem.message));
  }
  show(section);
  if (status.problem !== problem) {
    problem = status.problem || "";
    say(problem);
  }
  clearTimeout(timer);
  if (moves.includes(status.state) || section === "linked" && !synced) timer = setTimeout(look, 1000);
};

// choose shows the chats, to be ticked.
const choose = async () => {
  const { chats } = await ask("GET", "telegram/chats");
  find("chats").hidden = !chats.length;
  find("list").replaceChildren(...chats.map((chat) => {
    const line = document.createElement("li");
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "chat", value: chat.id, checked: chat.chosen });
    label.append(box, chat.name);
    line.append(label);
    return line;
  }));
};

find("chats").addEventListener("submit", (event) => {
  event.preventDefault();
  const ids = new FormData(event.target).getAll("chat").map(Number);
  attempt(event.submitter || event.target.querySelector("button"), async () => {
    await ask("PUT", "telegram/chats", { chat_ids: ids });
    if (ids.length) await ask("POST", "telegram/sync", { what: "messages" });
    say(ids.length ? "They are being read; the bot says when that is done." : "No chat is read from now on.");
  });
});

const look = async () => {
  try {
    render(await ask("GET", "telegram/status"));
  } catch (problem) {
    if (problem.status === 401) return show("outside");
    say(problem.message);
    timer = setTimeout(look, 3000);
  }
};

const act = (button, method, path, body) => attempt(button, async () => {
  clearTimeout(timer);
  problem = "";
  try {
    render(await ask(method, path, body));
  } catch (problem) {
    await look();
    throw problem;
  }
});

const onForm = (id, path) => find(id).addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  if (id !== "by-phone") event.target.reset(); // a code and a password must not stay
  await act(event.submitter || event.target.querySelector("button"), "POST", path, given);
});

onForm("by-phone", "telegram/link/phone");
onForm("by-code", "telegram/link/code");
onForm("by-password", "telegram/link/password");
find("by-qr").addEventListener("click", (event) => act(event.target, "POST", "telegram/link/qr"));
find("again").addEventListener("click", (event) => act(event.target, "POST", "telegram/link/code/again"));
find("unlink").addEventListener("click", (event) => {
  if (confirm("Sign Kith out at Telegram, and forget the session?")) act(event.target, "DELETE", "telegram/link");
});
for (const button of document.querySelectorAll(".cancel")) {
  button.addEventListener("click", () => act(button, "POST", "telegram/link/cancel"));
}

find("confirm").addEventListener("click", (event) => attempt(event.target, async () => {
  try {
    await ask("POST", "auth/login-link", { code });
  } finally {
    code = "";
    await look();
  }
}));

const begin = async () => {
  if (code) {
    try {
      const { name } = await ask("POST", "auth/login-link/look", { code });
      for (const place of document.querySelectorAll(".who")) place.textContent = name;
      return show("by-link");
    } catch (problem) {
      say(problem.message);
    }
  }
  await look();
};

// A link that is opened where the page is open already changes the hash only.
addEventListener("hashchange", () => location.reload());
begin();
