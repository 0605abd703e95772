export const find = (id) => document.getElementById(id);

// say says a sentence. On a page it needs no name of a field before it.
export const say = (sentence) => {
  find("said").textContent = sentence.replace(/^[a-z_]+: (.)/, (_, first) => first.toUpperCase());
};

// ask sends a request and returns its answer; what went wrong has a sentence.
export const ask = async (method, path, body) => {
  const options = { method, headers: { Accept: "application/json" } };
  if (body) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch("api/" + path, options).catch(() => { throw new Error("Kith cannot be reached."); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.error || "Something went wrong."), { status: response.status });
  return answer;
};

// attempt does something that a button is for, and says what went wrong.
export const attempt = async (button, work) => {
  button.disabled = true;
  say("");
  await work().catch((problem) => say(problem.message));
  button.disabled = false;
};
