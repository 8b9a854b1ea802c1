// A drifted twin of the page: as if its makers had renamed, removed, added or moved something since yesterday.
//
// Each operation is one of {rename, to}, {remove}, {insert, role, behind}, {move, behind}, {restyle}; all but the last
// name things by the label that a person reads. They hold for whatever the page draws later, too.
const OPERATIONS = JSON.parse(document.currentScript.dataset.operations);
const CONTROL = "a[href],button,input:not([type=hidden]),select,textarea,[role=button],[role=link],[role=switch],[role=tab]";
const LABELS = ["aria-label", "placeholder", "title", "alt"];

const squeeze = (text) => text.replace(/\s+/g, " ").trim();
const bare = (text) => squeeze(text).replace(/\s*[:»]$/, "");

/** Every place where a label stands: a piece of text, or an attribute that serves as one. */
function* places(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!/^(SCRIPT|STYLE)$/.test(node.parentElement.tagName)) {
        yield { at: node.parentElement, text: node.data, put: (text) => { node.data = text; } };
      }
      continue;
    }
    for (const name of LABELS) {
      if (node.hasAttribute(name)) yield { at: node, text: node.getAttribute(name), put: (text) => node.setAttribute(name, text) };
    }
    if (node.tagName === "INPUT" && /^(submit|button|reset)$/.test(node.type)) {
      yield { at: node, text: node.value, put: (text) => { node.value = text; } };
    }
  }
}

/** What a label belongs to, as one piece: the thing itself, or the smallest part of the page that holds it and its box. */
function pieceOf(label) {
  for (const place of places(document.body)) {
    if (bare(place.text) !== label || !place.at.checkVisibility()) continue;
    const control = place.at.closest(CONTROL);
    if (control) return control;
    let at = place.at;
    while (at !== document.body && !at.querySelector(CONTROL)) at = at.parentElement;
    return at.querySelectorAll(CONTROL).length === 1 ? at : place.at;
  }
  return null;
}

function added(label, role) {
  const made = document.createElement(role === "button" ? "button" : "label");
  if (role === "button") made.type = "button";
  else made.append(Object.assign(document.createElement("input"), { type: role || "checkbox" }), " ");
  made.append(label);
  return made;
}

const done = new WeakSet();
const ACTS = {
  rename({ rename, to }) {
    for (const place of places(document.body)) if (bare(place.text) === rename) place.put(place.text.replace(bare(place.text), to));
  },
  remove({ remove }) {
    pieceOf(remove)?.remove();
  },
  insert({ insert, role, behind }) {
    const anchor = pieceOf(behind);
    if (anchor && !pieceOf(insert)) anchor.after(added(insert, role));
  },
  move({ move, behind }) {
    const [piece, anchor] = [pieceOf(move), pieceOf(behind)];
    if (piece && anchor && !done.has(piece)) { anchor.after(piece); done.add(piece); }
  },
  restyle() {
    for (const place of places(document.body)) {
      if (/\w \w/.test(place.text)) place.put(place.text.replace(/(\w) (?=\w)/g, "$1\u00a0 "));
      place.at.style.textTransform = "uppercase";
    }
  },
};

function apply() {
  for (const operation of OPERATIONS) ACTS[Object.keys(operation).find((key) => key in ACTS)](operation);
}

const observer = new MutationObserver(() => {
  observer.disconnect();
  apply();
  watch();
});
const watch = () => observer.observe(document.body, { childList: true, subtree: true, characterData: true });
apply();
watch();
