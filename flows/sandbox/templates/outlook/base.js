// What the scripts of the practice mailbox share: words, elements, the service, the address.
export const start = JSON.parse(document.getElementById("start").textContent);
export const words = start.words;

/** Make an element: h("p", { class: "§note" }, "text", child). Attributes that are null are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Ask the service; with `sent`, post it. */
export async function ask(path, sent) {
  const post = { method: "POST", body: JSON.stringify(sent), headers: { "Content-Type": "application/json" } };
  const answer = await fetch(path, sent === undefined ? {} : post);
  if (answer.status === 401) location.reload(); // the session has ended: the page leads to the sign-in
  return answer.json();
}

/** Go to another address of the same page. */
export function go(path) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}
