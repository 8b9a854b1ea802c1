// The settings dialog of the practice mailbox: forwarding, POP and IMAP, in two generations of the page.
import { ask, go, h, start, words } from "/assets/base.js";

const MAIL_PAGES = start.pane === "switch"
  ? ["layout", "compose_and_reply", "rules", "junk_email", "forwarding_and_imap"]
  : ["layout", "compose_and_reply", "rules", "junk_email", "sync_email", "forwarding"];
const PARTS = { forwarding_and_imap: ["forwarding", "pop"], sync_email: ["pop"], forwarding: ["forwarding"] };

/** Which page an address opens; today's pane holds what used to be two. */
function pageOf(path) {
  const end = path.split("/options/")[1].toLowerCase();
  if (!end.startsWith("mail")) return { area: "general", page: null };
  if (/forwarding/.test(end)) return { area: "mail", page: start.pane === "switch" ? "forwarding_and_imap" : "forwarding" };
  if (/popimap|accounts/.test(end)) return { area: "mail", page: start.pane === "switch" ? "forwarding_and_imap" : "sync_email" };
  const named = { rules: "rules", junk: "junk_email" };
  return { area: "mail", page: named[end.split("/")[1]] ?? "layout" };
}

const ADDRESS_OF = {
  forwarding_and_imap: "/mail/0/options/mail/forwarding", forwarding: "/mail/0/options/mail/forwarding",
  sync_email: "/mail/0/options/mail/accounts/popImap", rules: "/mail/0/options/mail/rules",
};

export function openSettings(app) {
  const { area, page } = pageOf(location.pathname);
  const panel = h("div", { class: "§pane", role: "tabpanel", "aria-label": words[page ?? area] });
  const tab = (key, chosen, address) => h("button", { class: `§tab ${chosen ? "§chosen" : ""}`, type: "button", role: "tab",
    "aria-selected": String(chosen), onclick: () => go(address) }, words[key]);
  const areas = h("div", { class: "§tabs §areas", role: "tablist", "aria-orientation": "vertical", "aria-label": words.settings },
    h("h1", { class: "§dialog-title", role: "presentation" }, words.settings),
    tab("general", area === "general", "/mail/0/options/general"),
    tab("mail", area === "mail", "/mail/0/options/mail/layout"),
    tab("calendar", false, "/mail/0/options/general"));
  const pages = h("div", { class: "§tabs §pages", role: "tablist", "aria-orientation": "vertical", "aria-label": words[area] },
    ...(area === "mail" ? MAIL_PAGES : []).map((key) => tab(key, key === page, ADDRESS_OF[key] ?? `/mail/0/options/mail/${key}`)));
  const close = h("button", { class: "§round §close", type: "button", "aria-label": words.close,
    onclick: () => go("/mail/0/") }, "✕");
  const dialog = h("div", { class: "§dialog", role: "dialog", "aria-modal": "true", "aria-label": words.settings },
    areas, pages, panel, close);
  app.append(h("div", { class: "§shade" }, dialog));
  fill(panel, page);
}

async function fill(panel, page) {
  const title = h("h2", { class: "§pane-title" }, words[page ?? "general"]);
  if (!PARTS[page]) {
    panel.replaceChildren(title, h("p", { class: "§hint" }, words.not_here));
    return;
  }
  panel.replaceChildren(title, h("div", { class: "§skeleton" }, h("div", { class: "§bar" }), h("div", { class: "§bar" })));
  const data = await ask("/service/settings");
  const body = h("div", { class: "§pane-body" });
  const foot = h("div", { class: "§foot" });
  panel.replaceChildren(title, body, foot);
  const sheet = new Sheet(foot);
  const draw = { forwarding: drawForwarding, pop: drawPop };
  for (const part of PARTS[page]) body.append(draw[part](sheet, data[part]));
  sheet.begin();
}

/** What is saved, what is wanted, and the bar that shows when they differ. */
class Sheet {
  constructor(foot) {
    this.foot = foot;
    this.parts = [];
  }

  /** Register a part: its values now, how to show them, and how to save them (gives whether it is saved). */
  add(values, refresh, save) {
    const part = { saved: { ...values }, wanted: { ...values }, refresh, save };
    this.parts.push(part);
    return part;
  }

  begin() {
    for (const part of this.parts) part.refresh();
  }

  changed() {
    for (const part of this.parts) part.refresh();
    const differs = this.parts.some(differing);
    if (differs && !this.foot.querySelector("button")) this.foot.replaceChildren(...this.buttons());
    if (!differs) this.foot.replaceChildren();
  }

  buttons() {
    return [
      h("button", { class: "§primary", type: "button", onclick: () => this.save() }, words.save),
      h("button", { class: "§plain", type: "button", onclick: () => this.discard() }, words.discard),
    ];
  }

  discard() {
    for (const part of this.parts) part.wanted = { ...part.saved };
    this.changed();
  }

  async save() {
    this.foot.replaceChildren(h("span", { class: "§saving", role: "status" }, words.saving));
    const saved = [];
    for (const part of this.parts.filter(differing)) {
      const ok = await part.save(part.wanted);
      if (ok) part.saved = { ...part.wanted };
      saved.push(ok);
    }
    this.foot.replaceChildren();
    if (saved.every(Boolean)) this.saySaved();
    else this.changed();
  }

  saySaved() {
    for (const part of this.parts) part.refresh();
    const note = h("span", { class: "§saved", role: "status" }, words.saved);
    this.foot.replaceChildren(note);
    setTimeout(() => note.remove(), 3000);
  }
}

const differing = (part) => Object.keys(part.saved).some((key) => part.saved[key] !== part.wanted[key]);
let counted = 0;

function switchRow(label, turn) {
  const id = `l${++counted}`;
  const button = h("button", { class: "§switch", type: "button", role: "switch", "aria-checked": "false", "aria-labelledby": id,
    onclick: () => turn(button.getAttribute("aria-checked") !== "true") }, h("span", { class: "§knob" }));
  const row = h("div", { class: "§switch-row" }, button, h("span", { id }, label));
  return { row, show: (on) => button.setAttribute("aria-checked", String(on)) };
}

function radioGroup(legend, yes, no, turn) {
  const name = `r${++counted}`;
  const radio = (text, value) => {
    const input = h("input", { type: "radio", name, onchange: () => turn(value) });
    return { input, label: h("label", { class: "§radio" }, input, text) };
  };
  const [on, off] = [radio(yes, true), radio(no, false)];
  const row = h("fieldset", { class: "§fieldset" }, h("legend", {}, legend), on.label, off.label);
  return { row, show: (value) => { on.input.checked = value; off.input.checked = !value; } };
}

// --- forwarding

function drawForwarding(sheet, { waiting, ...values }) {
  const to = h("input", { class: "§field", type: "email", placeholder: words.enter_address, "aria-label": words.forward_to,
    autocomplete: "off", oninput: () => set("to", to.value) });
  const keep = h("input", { type: "checkbox", onchange: () => set("keep_copy", keep.checked) });
  const enable = switchRow(words.enable_forwarding, (on) => set("on", on));
  const problem = h("p", { class: "§problem", role: "alert" });
  const slot = h("div", {});
  const codeSlot = h("div", {});
  const details = [
    h("label", { class: "§labelled" }, h("span", {}, words.forward_to), to),
    h("label", { class: "§check" }, keep, words.keep_copy),
  ];
  const part = sheet.add(values, () => {
    enable.show(part.wanted.on);
    if (to.value !== part.wanted.to) to.value = part.wanted.to;
    keep.checked = part.wanted.keep_copy;
    if (part.wanted.on && !slot.childElementCount) slot.replaceChildren(...details);
    if (!part.wanted.on) slot.replaceChildren();
    if (!differing(part) && !waiting) codeSlot.replaceChildren();
  }, (wanted) => save(wanted));
  if (waiting) codeSlot.replaceChildren(askForCode()); // asked for before the page was left

  function set(name, value) {
    problem.textContent = "";
    part.wanted[name] = value;
    sheet.changed();
  }

  async function save(wanted, code = "") {
    const answer = await ask("/service/forwarding", { ...wanted, code });
    problem.textContent = answer.error_text ?? words[answer.error] ?? "";
    if (answer.code_needed && !codeSlot.childElementCount) codeSlot.replaceChildren(askForCode());
    return answer.saved === true;
  }

  function askForCode() {
    const field = h("input", { class: "§field §short", inputmode: "numeric", autocomplete: "one-time-code" });
    const verify = h("button", { class: "§primary", type: "button", onclick: async () => {
      const wanted = { ...(waiting ?? part.wanted) };
      if (!await save(wanted, field.value)) return;
      waiting = null;
      part.saved = wanted;
      part.wanted = { ...wanted };
      sheet.saySaved();
    } }, words.verify);
    return h("div", { class: "§code" }, h("p", {}, words.code_sent),
      h("label", { class: "§labelled" }, h("span", {}, words.code), field), verify);
  }

  return h("section", { class: "§part" }, h("h3", {}, words.forwarding), h("p", {}, words.forwarding_intro),
    enable.row, slot, codeSlot, problem);
}

// --- POP and IMAP

function drawPop(sheet, values) {
  const heading = h("h3", {}, words.pop_and_imap);
  if (!values) return h("section", { class: "§part" }, heading, h("p", {}, words.confirm_first), signInButton());
  const turn = (name) => (on) => { part.wanted[name] = on; sheet.changed(); };
  const today = start.pane === "switch";
  const pop = today ? switchRow(words.use_pop, turn("pop_on")) : radioGroup(words.use_pop, words.yes, words.no, turn("pop_on"));
  const imap = today ? switchRow(words.use_imap, turn("imap_on")) : radioGroup(words.use_imap, words.yes, words.no, turn("imap_on"));
  const deleting = today
    ? switchRow(words.may_delete, turn("may_delete"))
    : radioGroup(words.delete_intro, words.may_delete, words.may_not_delete, turn("may_delete"));
  const slot = h("div", { class: "§deeper" });
  const choice = today ? [h("p", {}, words.delete_intro), deleting.row] : [deleting.row];
  const problem = h("p", { class: "§problem", role: "alert" });
  const part = sheet.add(values, () => {
    pop.show(part.wanted.pop_on);
    imap.show(part.wanted.imap_on);
    deleting.show(part.wanted.may_delete);
    if (part.wanted.pop_on && !slot.childElementCount) slot.replaceChildren(...choice);
    if (!part.wanted.pop_on) slot.replaceChildren();
  }, async (wanted) => {
    const answer = await ask("/service/pop", wanted);
    problem.textContent = answer.saved ? "" : words.not_saved;
    return answer.saved === true;
  });
  const settings = [
    values.pop_on ? servers(words.pop_setting, "outlook.office365.com", "995", "SSL/TLS") : null,
    values.imap_on ? servers(words.imap_setting, "outlook.office365.com", "993", "SSL/TLS") : null,
    values.pop_on || values.imap_on ? servers(words.smtp_setting, "smtp-mail.outlook.com", "587", "STARTTLS") : null,
  ].filter(Boolean);
  const heads = today ? [null, null] : [h("h4", {}, words.pop_options), h("h4", {}, words.imap_options)];
  return h("section", { class: "§part" }, heading, h("p", {}, words.pop_intro), heads[0], pop.row, slot, heads[1], imap.row,
    problem, ...settings);
}

function signInButton() {
  const back = encodeURIComponent(location.origin + location.pathname);
  return h("button", { class: "§primary", type: "button", onclick: () => location.assign(`${start.sign_in}?wreply=${back}`) },
    words.sign_in);
}

/** Shown from the values the pane was opened with: after saving one must leave and come back (docs/providers.md, 2). */
function servers(title, host, port, encryption) {
  const line = (name, value) => h("div", {}, `${name}: ${value}`);
  return h("div", { class: "§servers" }, h("h4", {}, title), line(words.server_name, host), line(words.port, port),
    line(words.encryption, encryption));
}
