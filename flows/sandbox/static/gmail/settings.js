// What all settings pages share, and the page "General".
import { el } from "/static/gmail/dom.js";

/** A settings page: the tabs above, its own content below. */
export function withTabs(app, current, content) {
  const w = app.words;
  const tabs = [["general", w.tab_general], ["labels", w.tab_labels], ["accounts", w.tab_accounts], ["filters", w.tab_filters]];
  return el("div", { class: "aP" },
    el("div", { class: "aPh", role: "heading", "aria-level": "2" }, w.settings),
    el("div", { class: "aPt", role: "tablist" }, ...tabs.map(([name, text]) =>
      el("a", { href: `#settings/${name}`, role: "tab", "aria-selected": String(name === current), class: name === current ? "aPc" : "aPo" }, text))),
    content);
}

/** A part of a settings page: its name in the left cell, and what belongs to it in the right one. */
export function part(name, ...content) {
  return el("tr", { class: "aJ" }, el("td", { class: "aJl" }, ...[name].flat()), el("td", { class: "aJr" }, ...content));
}

export function generalView(app) {
  const w = app.words;
  return {
    load: async () => ({}),
    title: () => w.settings,
    draw: () => withTabs(app, "general", el("table", { class: "aI" }, el("tbody", {}, part(w.language_label, w.language_name)))),
  };
}
