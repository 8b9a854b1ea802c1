// Lists of messages (inbox, search, label) and one message opened.
import { el, get, linked } from "/static/gmail/dom.js";

export function listView(app, { name, query, title, list }) {
  const w = app.words;
  return {
    load: () => get("list", { q: query }),
    title: (data) => (name === "inbox" && data.unread ? `${title} (${data.unread})` : title),
    draw: (data) => el("div", {},
      data.full ? el("div", { class: "aF", role: "alert" }, w.storage_full) : null,
      el("div", { class: "aR" }, el("button", { class: "aB", "aria-label": w.refresh, onclick: app.checkAll }, "↻")),
      data.rows.length ? table(data.rows, list) : el("div", { class: "aE" }, { inbox: w.inbox_empty, label: w.label_empty }[name] || w.nothing_here)),
  };
}

function table(rows, list) {
  return el("table", { class: "aD", role: "grid" }, el("tbody", {}, ...rows.map((row) => drawRow(row, list))));
}

function drawRow(row, list) {
  const cell = (className, ...children) => el("td", { class: className, role: "gridcell" }, ...children);
  return el("tr", { role: "row", tabindex: "-1", class: row.read ? "aZ" : "aZ aU", onclick() { location.hash = `${list}/${row.id}`; } },
    cell("aZs", el("span", {}, row.sender)),
    cell("aZt",
      ...row.labels.map((label) => el("span", { class: "aZl" }, label)),
      el("span", { class: "aZu" }, row.subject),
      el("span", { class: "aZp" }, ` - ${row.snippet}`),
      row.attachment ? el("span", { class: "aZa" }, `(${row.attachment})`) : null),
    cell("aZd", el("span", {}, row.when)));
}

export function messageView(app, id, list) {
  const w = app.words;
  return {
    load: () => get("message", { id }),
    title: (data) => data.subject || app.words.inbox,
    draw: (data) => (data.gone ? el("div", { class: "aE" }, w.nothing_here) : el("div", { class: "aO" },
      el("div", { class: "aR" }, el("button", { class: "aB", "aria-label": w.back_to_list, onclick() { location.hash = list; } }, "←")),
      el("h2", { class: "aOs" }, data.subject),
      el("div", { class: "aOl" }, ...data.labels.map((label) => el("span", { class: "aZl" }, label))),
      el("table", { class: "aOt" }, el("tbody", {},
        fact(w.from, data.from), fact(w.to, data.to), data.attachment ? fact(w.attachment, data.attachment) : null)),
      el("div", { class: "aOd" }, data.when),
      el("div", { class: "aOb" }, ...linked(data.body)))),
  };
}

function fact(name, value) {
  return el("tr", {}, el("td", { class: "aOn" }, `${name}:`), el("td", {}, el("span", {}, value)));
}
