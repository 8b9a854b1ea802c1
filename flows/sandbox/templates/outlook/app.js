// The practice mailbox: draws itself after its data has come, as the live page does.
import { ask, go, h, start, words } from "/assets/base.js";
import { openSettings } from "/assets/settings.js";

const app = document.getElementById("app");
const isOptions = () => /^\/mail(\/0)?\/options\//.test(location.pathname);
const isCompose = () => /^\/mail(\/0)?\/deeplink\/compose$/.test(location.pathname);

function skeleton(lines) {
  const bars = Array.from({ length: lines }, () => h("div", { class: "§bar" }));
  return h("div", { class: "§skeleton", "aria-busy": "true", "aria-label": words.loading }, ...bars);
}

function top() {
  const initials = start.name.split(" ").map((part) => part[0]).join("");
  return h("header", { class: "§top" },
    h("span", { class: "§brand" }, "Outlook"),
    h("span", { class: "§grow" }),
    h("button", { class: "§round", type: "button", "aria-label": words.settings, title: words.settings,
      onclick: () => go("/mail/0/options/general") }, picture(GEAR)),
    h("button", { class: "§person", type: "button", title: start.address,
      "aria-label": words.account.replace("{name}", start.name) }, initials));
}

const GEAR = "M10.3 3h3.4l.5 2.3 1.6.9 2.2-.7 1.7 3-1.7 1.5v2l1.7 1.5-1.7 3-2.2-.7-1.6.9-.5 2.3h-3.4l-.5-2.3-1.6-.9-2.2.7-1.7-3"
  + "L6 12v-2L4.3 8.5l1.7-3 2.2.7 1.6-.9Z M12 8.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z";
const CLIP = "M19 11l-7.5 7.5a4.2 4.2 0 0 1-6-6L13 5a2.8 2.8 0 0 1 4 4l-7.3 7.3a1.4 1.4 0 0 1-2-2L14.5 7.5";

function picture(outline, label) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  const attributes = { viewBox: "0 0 24 22", fill: "none", stroke: "currentColor", "stroke-width": "1.6", "stroke-linejoin": "round" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  path.setAttribute("d", outline);
  svg.append(path);
  return svg;
}

// --- the mailbox

let folder = "inbox";

async function showMailbox() {
  document.title = `${words.title} - ${start.name} - Outlook`;
  const main = h("div", { class: "§columns" }, skeleton(9));
  app.replaceChildren(top(), main);
  const data = await ask("/service/mailbox");
  if (main.isConnected) drawMailbox(main, data);
}

function drawMailbox(main, data) {
  const names = { inbox: words.inbox, drafts: words.drafts, sent: words.sent, junk: words.junk };
  const reading = h("article", { class: "§reading" }, h("p", { class: "§hint" }, words.choose_message));
  const folders = h("nav", { class: "§folders", "aria-label": words.folders },
    h("button", { class: "§primary §wide", type: "button", onclick: () => go("/mail/0/deeplink/compose") }, words.new_mail),
    h("h2", { class: "§address" }, start.address),
    ...Object.keys(names).map((key) => h("button", { class: `§folder ${key === folder ? "§chosen" : ""}`, type: "button",
      "aria-current": key === folder ? "true" : null,
      onclick: () => { folder = key; drawMailbox(main, data); } }, names[key])));
  const messages = data[folder] ?? [];
  const rows = messages.map((message) => row(message, reading));
  const list = h("div", { class: "§list", role: "listbox", "aria-label": words.message_list }, ...rows);
  const empty = h("p", { class: "§hint" }, words.empty);
  main.replaceChildren(folders, h("section", { class: "§middle" }, h("h1", {}, names[folder]), rows.length ? list : empty), reading);
}

function row(message, reading) {
  const who = folder === "sent" ? message.to : message.from.replace(/<.*/, "").replaceAll('"', "").trim() || message.from;
  const clip = message.attachment ? h("span", { class: "§clip" }, picture(CLIP, words.attachment)) : null;
  const one = h("div", { class: "§row", role: "option", tabindex: "0", "aria-selected": "false",
    onclick: () => read(message, reading, one) },
    h("div", { class: "§line" }, h("span", { class: "§who" }, who), clip, h("time", {}, day(message.received))),
    h("div", { class: "§subject" }, message.subject),
    h("div", { class: "§preview" }, message.body.slice(0, 90)));
  return one;
}

function read(message, reading, row) {
  for (const other of row.parentElement.children) other.setAttribute("aria-selected", String(other === row));
  const file = message.attachment
    ? h("p", { class: "§file" }, `${words.attachment}: ${message.attachment}`) : null;
  reading.replaceChildren(h("h2", {}, message.subject), h("p", { class: "§from" }, `${message.from} → ${message.to}`),
    ...(file ? [file] : []), h("pre", { class: "§body" }, message.body));
}

function day(seconds) {
  return new Date(seconds * 1000).toLocaleDateString(start.lang, { year: "numeric", month: "short", day: "numeric" });
}

// --- writing a message

async function showCompose() {
  document.title = `${words.new_mail} - Outlook`;
  const given = new URLSearchParams(location.search);
  const page = h("main", { class: "§compose" }, skeleton(4));
  app.replaceChildren(top(), page);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const to = h("input", { class: "§field", "aria-label": words.to, value: given.get("to") ?? "" });
  const subject = h("input", { class: "§field", "aria-label": words.subject, placeholder: words.subject,
    value: given.get("subject") ?? "" });
  const body = h("div", { class: "§write", contenteditable: "true", role: "textbox", "aria-multiline": "true",
    "aria-label": words.body });
  body.innerText = given.get("body") ?? "";
  const problem = h("p", { class: "§problem", role: "alert" });
  const send = h("button", { class: "§primary", type: "button", onclick: async () => {
    send.disabled = true;
    const answer = await ask("/service/send", { to: to.value, subject: subject.value, body: body.innerText });
    if (answer.saved) {
      go("/mail/0/");
      say(words.message_sent);
    } else {
      send.disabled = false;
      problem.textContent = words[answer.error];
    }
  } }, words.send);
  page.replaceChildren(
    h("div", { class: "§actions" }, send,
      h("button", { class: "§plain", type: "button", onclick: () => go("/mail/0/") }, words.discard)),
    h("div", { class: "§pair" }, h("span", { "aria-hidden": "true" }, words.to), to), subject, body, problem);
}

/** A line at the foot of the page that goes away by itself. */
function say(text) {
  const toast = h("div", { class: "§toast", role: "status" }, text);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 4000);
}

// --- which page

function show() {
  if (isCompose()) return showCompose();
  showMailbox();
  if (isOptions()) openSettings(app);
}

addEventListener("popstate", show);
show();
