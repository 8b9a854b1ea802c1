// The mailbox: its frame, and which address after # shows which view.
import { accountsView } from "/static/gmail/accounts.js";
import { el, get, post } from "/static/gmail/dom.js";
import { createFilterView, filtersView, labelsView } from "/static/gmail/filters.js";
import { listView, messageView } from "/static/gmail/list.js";
import { generalView } from "/static/gmail/settings.js";

const LATE = 200; // milliseconds before anything shows, as such apps have it
const LOOK_AGAIN = 2500; // milliseconds between looks at the server
const MESSAGE_ID = /^[0-9a-f]{16}$/;

const app = { words: {}, address: "", refresh, toast };
let turn = 0;
let shown = "";

function partsOfHash() {
  return location.hash.slice(1).split("/").map((part) => {
    try {
      return decodeURIComponent(part.replace(/\+/g, " "));
    } catch {
      return part;
    }
  });
}

/** A view: load() asks the server, draw(data) makes the nodes, title(data) names the page; still: never redrawn by itself. */
function viewFor([place, first = "", second = ""]) {
  if (place === "settings") {
    const views = { accounts: accountsView, filters: filtersView, labels: labelsView };
    return (views[first] || generalView)(app);
  }
  if (place === "create-filter") return createFilterView(app, new URLSearchParams(location.hash.split("/").slice(1).join("/")));
  const lists = {
    search: ["search", first, app.words.search_results],
    label: ["label", `label:"${first}"`, `"${first}"`],
    all: ["all", "", app.words.all_mail],
    spam: ["spam", "in:spam", app.words.spam],
  };
  const hasName = place === "search" || place === "label";
  const id = hasName ? second : first;
  const list = hasName ? `#${place}/${encodeURIComponent(first)}` : `#${place || "inbox"}`;
  if (MESSAGE_ID.test(id)) return messageView(app, id, list);
  const [name, query, title] = lists[place] || ["inbox", "in:inbox", app.words.inbox];
  return listView(app, { name, query, title, list });
}

async function refresh(navigated = false) {
  const view = viewFor(partsOfHash());
  if (!navigated && view.still) return; // before the turn is taken, or a view still on its way would never be drawn
  const mine = ++turn;
  if (navigated) {
    shown = "";
    document.querySelector(".aM").replaceChildren(el("div", { class: "aL", role: "status" }, app.words.loading));
    await new Promise((resolve) => setTimeout(resolve, LATE));
  }
  const data = await view.load();
  if (mine !== turn) return;
  const text = JSON.stringify(data);
  if (text === shown) return;
  shown = text;
  document.title = `${view.title(data)} - ${app.address} - Gmail`;
  document.querySelector(".aM").replaceChildren(view.draw(data));
  drawSide(data);
}

function toast(text) {
  const box = el("div", { class: "aT", role: "alert" }, text);
  document.body.append(box);
  setTimeout(() => box.remove(), 5000);
}

function drawSide(data) {
  if (!data.labels || data.unread === undefined) return;
  const w = app.words;
  const entry = (text, address) => el("a", { href: address, class: "aNe" }, text);
  document.querySelector(".aN").replaceChildren(
    entry(data.unread ? `${w.inbox} ${data.unread}` : w.inbox, "#inbox"),
    entry(w.all_mail, "#all"),
    entry(w.spam, "#spam"),
    el("div", { class: "aNh" }, w.labels),
    ...data.labels.map((label) => entry(label, `#label/${encodeURIComponent(label)}`)),
  );
}

function drawFrame(start) {
  const w = app.words;
  const box = el("input", { type: "text", name: "q", "aria-label": w.search_mail, placeholder: w.search_mail, autocomplete: "off", class: "aSq" });
  const search = el("form", { role: "search", class: "aS", onsubmit(event) {
    event.preventDefault();
    location.hash = `#search/${encodeURIComponent(box.value).replace(/%20/g, "+")}`;
  } }, box, el("button", { "aria-label": w.search, class: "aSb" }, "⌕"));
  const all = el("button", { class: "aGb", onclick() { panel.hidden = true; location.hash = "#settings/general"; } }, w.see_all_settings);
  const panel = el("div", { class: "aG", role: "dialog", "aria-label": w.quick_settings, hidden: true },
    el("div", { class: "aGh" }, w.quick_settings), all);
  const gear = el("button", { class: "aB", "aria-label": w.settings, onclick() { panel.hidden = !panel.hidden; } }, "⚙");
  const account = el("a", { class: "aA", href: start.account, "aria-label": `${w.account_button}: ${start.name} (${app.address})` }, start.name[0]);
  document.querySelector(".vL").replaceWith(
    el("header", { class: "aH" }, el("span", { class: "aHn" }, "Gmail"), search, gear, account),
    panel,
    el("div", { class: "aW" }, el("nav", { class: "aN" }), el("div", { class: "aM", role: "main" })),
  );
}

async function begin() {
  const start = await get("start");
  app.words = start.words;
  app.address = start.address;
  await new Promise((resolve) => setTimeout(resolve, LATE));
  drawFrame(start);
  if (!location.hash) history.replaceState(null, "", "#inbox");
  window.addEventListener("hashchange", () => refresh(true));
  window.addEventListener("message", (event) => { if (event.origin === location.origin) refresh(); });
  drawSide(await get("list", { q: "in:inbox" }));
  await refresh(true);
  // A server that is away for a moment is asked again at the next look.
  setInterval(() => refresh().catch(() => {}), LOOK_AGAIN);
}

app.checkAll = async () => { await post("check-all"); await refresh(); };
begin();
