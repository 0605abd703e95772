import { ask as send, attempt, find, say } from "./ask.js";

// The code is kept here only: it must not stay in the history.
let code = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const show = (id) => {
  for (const part of ["by-link", "by-password", "inside"]) find(part).hidden = part !== id;
};

const name = (who) => {
  for (const place of document.querySelectorAll(".who")) place.textContent = who;
};

const ask = (method, path, body) => send(method, "auth/" + path, body);

const enter = async () => {
  const session = await ask("GET", "session");
  name(session.name);
  find("monitor").hidden = session.user.role !== "admin";
  find("name-first").hidden = Boolean(session.user.username);
  show("inside");
};

const outside = () => show("by-password");

find("confirm").addEventListener("click", (event) => attempt(event.target, async () => {
  try {
    await ask("POST", "login-link", { code });
    await enter();
  } catch (problem) {
    outside();
    throw problem;
  } finally {
    code = "";
  }
}));

find("by-password").addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(event.target));
  attempt(event.submitter || event.target.querySelector("button"), async () => {
    await ask("POST", "login", { username, password });
    await enter();
    event.target.reset();
  });
});

find("new-password").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = [...new FormData(event.target)].filter(([, value]) => value);
  attempt(event.submitter || event.target.querySelector("button"), async () => {
    await ask("PUT", "password", Object.fromEntries(given));
    await enter();
    event.target.reset();
    event.target.closest("details").open = false;
    say("Your new password is set. Wherever else you were signed in, you are not any more.");
  });
});

find("leave").addEventListener("click", (event) => attempt(event.target, async () => {
  await ask("POST", "logout");
  outside();
}));

const begin = async () => {
  if (code) {
    try {
      name((await ask("POST", "login-link/look", { code })).name);
      show("by-link");
      return;
    } catch (problem) {
      say(problem.message);
    }
  }
  await enter().catch(outside);
};

// A link that is opened where the page is open already changes the hash only.
addEventListener("hashchange", () => location.reload());
begin();
