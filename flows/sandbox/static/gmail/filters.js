// Settings, "Filters" and "Labels", and the form that makes a filter.
import { el, get, post, spanLink } from "/static/gmail/dom.js";
import { part, withTabs } from "/static/gmail/settings.js";

export function filtersView(app) {
  const w = app.words;
  function line(rule) {
    const does = [
      rule.archive ? w.does_archive : null,
      rule.label ? w.does_label.replace("{label}", rule.label) : null,
      rule.never_spam ? w.does_never_spam : null,
    ].filter(Boolean);
    const remove = async () => {
      if (!window.confirm(w.sure_delete.replace("{what}", `to:(${rule.to})`))) return;
      await post("delete-filter", { id: rule.id });
      await app.refresh();
    };
    return el("tr", {},
      el("td", { class: "aK" }, w.matches, " ", el("b", {}, `to:(${rule.to})`), el("br"), `${w.do_this} ${does.join(", ")}`),
      el("td", { class: "aKn" }, spanLink(w.delete, remove)));
  }
  return {
    load: () => get("filters"),
    title: () => w.settings,
    draw: (data) => withTabs(app, "filters", el("div", { class: "aI" },
      el("p", {}, data.filters.length ? w.filters_intro : w.filters_none),
      el("table", { class: "aKt" }, el("tbody", {}, ...data.filters.map(line))),
      spanLink(w.create_new_filter, () => { location.hash = "#create-filter/"; }))),
  };
}

export function labelsView(app) {
  const w = app.words;
  function line(label) {
    const remove = async () => {
      if (!window.confirm(w.sure_delete.replace("{what}", label))) return;
      await post("delete-label", { name: label });
      await app.refresh();
    };
    return el("tr", {}, el("td", { class: "aK" }, label), el("td", { class: "aKn" }, spanLink(w.remove, remove)));
  }
  return {
    load: () => get("filters"),
    title: () => w.settings,
    draw: (data) => withTabs(app, "labels", el("table", { class: "aI" }, el("tbody", {}, part(w.labels,
      data.labels.length ? el("table", { class: "aKt" }, el("tbody", {}, ...data.labels.map(line))) : w.labels_none)))),
  };
}

/** The form that `#create-filter/to=…` opens filled in: first what to look for, then what to do with it. */
export function createFilterView(app, asked) {
  const w = app.words;
  const fields = [["from", w.filter_from], ["to", w.filter_to], ["subject", w.filter_subject], ["has", w.filter_has], ["hasnot", w.filter_has_not]];
  function criteria(labels) {
    const inputs = {};
    const rows = fields.map(([name, text], at) => {
      inputs[name] = el("input", { type: "text", id: `:c${at}`, value: asked.get(name) || "", autocomplete: "off", class: "aVi" });
      return el("tr", {}, el("td", { class: "aVl" }, el("label", { for: `:c${at}` }, text)), el("td", {}, inputs[name]));
    });
    const note = el("span", { class: "aKe" });
    const go = () => {
      // Only the addressee is filtered by in the practice world: it is all that forwarded mail needs.
      if (!inputs.to.value.trim()) note.textContent = w.filter_needs;
      else box.replaceChildren(...actions(app, labels, inputs.to.value.trim()));
    };
    const search = () => { location.hash = `#search/${encodeURIComponent(`to:(${inputs.to.value.trim()})`)}`; };
    return [el("table", {}, el("tbody", {}, ...rows)),
      el("div", { class: "aVf" }, note, spanLink(w.create_filter, go), el("button", { class: "aVb", onclick: search }, w.search))];
  }
  const box = el("div", { class: "aV" });
  return {
    still: true,
    load: () => get("filters"),
    title: () => w.create_filter,
    draw(data) {
      box.replaceChildren(...criteria(data.labels));
      return box;
    },
  };
}

function actions(app, labels, to) {
  const w = app.words;
  const boxes = {};
  const line = (name, text, at, ...more) => {
    boxes[name] = el("input", { type: "checkbox", id: `:k${at}` });
    return el("div", { class: "aVa" }, boxes[name], el("label", { for: `:k${at}` }, text), ...more);
  };
  const chooser = labelChooser(app, labels, () => { boxes.label.checked = true; });
  const create = async () => {
    await post("create-filter", {
      to,
      label: boxes.label.checked ? chooser.chosen() : "",
      archive: Number(boxes.archive.checked),
      never_spam: Number(boxes.neverSpam.checked),
      also_apply: Number(boxes.alsoApply.checked),
    });
    location.hash = "#inbox";
    app.toast(w.filter_created);
  };
  return [
    el("p", {}, w.when_it_arrives, " ", el("b", {}, `to:(${to})`)),
    line("archive", w.skip_inbox, 0),
    line("label", w.apply_label, 1, chooser.node),
    line("neverSpam", w.never_spam, 2),
    line("alsoApply", w.also_apply, 3),
    el("div", { class: "aVf" }, el("button", { class: "aVb aVp", onclick: create }, w.create_filter)),
  ];
}

/** Gmail's own kind of list: a box that opens a menu of labels, the first entry of which makes a new one. */
function labelChooser(app, labels, onChosen) {
  const w = app.words;
  let chosen = "";
  const shown = el("div", { role: "listbox", tabindex: "0", "aria-haspopup": "true", "aria-expanded": "false", class: "aX", onclick: () => open(menu.hidden) }, w.choose_label);
  const open = (yes) => { menu.hidden = !yes; shown.setAttribute("aria-expanded", String(yes)); };
  const choose = (label) => { chosen = label; shown.textContent = label; open(false); onChosen(); };
  const item = (text, act) => el("div", { role: "menuitem", tabindex: "-1", class: "aXi", onclick: act }, text);
  const menu = el("div", { role: "menu", class: "aXm", hidden: true },
    item(w.new_label, () => { open(false); askNewLabel(app, choose); }),
    ...labels.map((label) => item(label, () => choose(label))));
  return { node: el("span", { class: "aXo" }, shown, menu), chosen: () => chosen };
}

function askNewLabel(app, done) {
  const w = app.words;
  const name = el("input", { type: "text", id: ":nl", autocomplete: "off", class: "aVi" });
  const create = () => {
    if (!name.value.trim()) return;
    dialog.remove();
    done(name.value.trim());
  };
  const dialog = el("div", { role: "alertdialog", "aria-label": w.new_label_title, class: "aY" },
    el("h3", {}, w.new_label_title),
    el("label", { for: ":nl" }, w.new_label_prompt), name,
    el("div", { class: "aVf" },
      el("button", { class: "aVb", onclick: () => dialog.remove() }, w.cancel),
      el("button", { class: "aVb aVp", onclick: create }, w.create)));
  document.querySelector(".aM").append(dialog); // goes with the view it belongs to
  name.focus();
}
