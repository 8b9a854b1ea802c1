// Building elements without a string ever becoming markup, and talking to the server.

const TEXT_LINK = /(https?:\/\/[^\s<>"]+)/;

/** An element; `on…` properties are listeners, `data` becomes data-*, the rest are attributes (null: left out). */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** What Gmail uses for its links: a span that only says it is one. */
export function spanLink(text, act) {
  const onkeydown = (event) => { if (event.key === "Enter") act(); };
  return el("span", { role: "link", tabindex: "0", class: "aQk", onclick: act, onkeydown }, text);
}

/** Plain text with its addresses made into links. */
export function linked(text) {
  return text.split(TEXT_LINK).map((part, at) =>
    at % 2 ? el("a", { href: part, target: "_blank", rel: "noopener" }, part) : document.createTextNode(part));
}

export async function get(what, query = {}) {
  const answer = await fetch(`${location.pathname}x/${what}?${new URLSearchParams(query)}`);
  return orSignIn(answer).json();
}

export async function post(action, values = {}) {
  const body = new URLSearchParams({ action, at: document.body.dataset.at, ...values });
  orSignIn(await fetch(`${location.pathname}x/do`, { method: "POST", body }));
}

/** A session that has ended shows at the next question: loading the page again leads to the sign-in. */
function orSignIn(answer) {
  if (answer.status === 401) location.reload();
  return answer;
}

export function openWindow(address) {
  window.open(address, "_blank", "width=700,height=600");
}
