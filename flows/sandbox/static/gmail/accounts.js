// Settings, "Accounts and Import": sending as other addresses, and fetching other accounts' mail.
import { el, get, openWindow, post, spanLink } from "/static/gmail/dom.js";
import { part, withTabs } from "/static/gmail/settings.js";

export function accountsView(app) {
  const w = app.words;
  const act = async (action, values) => { await post(action, values); await app.refresh(); };
  const actIfSure = (what, action, values) => {
    if (window.confirm(w.sure_delete.replace("{what}", what))) act(action, values);
  };

  function sender(data, row) {
    const several = data.senders.length > 1;
    return el("tr", {},
      el("td", { class: "aK" }, `${row.name} <${row.address}>`,
        row.host ? el("div", { class: "aKs" }, w.sent_through.replace("{host}", row.host)) : null,
        row.id && !row.alias ? el("div", { class: "aKs" }, w.not_an_alias) : null,
        row.id && !row.verified ? el("div", { class: "aKe" }, w.unverified) : null),
      el("td", { class: "aKn" }, row.default ? (several ? w.default : "")
        : row.id && !row.verified ? spanLink(w.verify_link, () => openWindow(row.verify))
          : spanLink(w.make_default, () => act("make-default", { id: row.id }))),
      el("td", { class: "aKn" }, row.id ? spanLink(w.delete, () => actIfSure(row.address, "delete-sender", { id: row.id })) : ""));
  }

  function replyMode(data) {
    const radio = (same, text) => el("div", {},
      el("input", { type: "radio", name: "arm", id: `:r${same}`, checked: data.reply_same === Boolean(same), onclick: () => act("reply-mode", { same }) }),
      el("label", { for: `:r${same}` }, text));
    return el("div", { class: "aKr" }, el("div", {}, w.reply_label), radio(1, w.reply_same), radio(0, w.reply_default));
  }

  function popAccount(row) {
    const status = el("div", { class: row.bad ? "aKe" : "aKs" }, row.fetching ? w.checking : row.status);
    const more = row.more && !row.fetching ? el("div", { class: "aKe" }, row.more) : null;
    // While a fetch runs the row has no links at all (docs/providers.md, 4).
    const links = row.fetching ? [] : [
      spanLink(w.check_now, () => act("check", { id: row.id })),
      spanLink(w.view_history, () => openWindow(row.history)),
    ];
    return el("tr", {},
      el("td", { class: "aK" }, el("span", {}, row.address), status, more, el("div", { class: "aKk" }, ...links)),
      el("td", { class: "aKn" }, row.fetching ? "" : spanLink(w.edit_info, () => openWindow(row.edit))),
      el("td", { class: "aKn" }, row.fetching ? "" : spanLink(w.delete, () => actIfSure(row.address, "delete-pop", { id: row.id }))));
  }

  const table = (...rows) => el("table", { class: "aKt" }, el("tbody", {}, ...rows));
  const more = () => el("div", { class: "aKs" }, el("a", { href: "#settings/accounts" }, w.learn_more));
  return {
    load: () => get("accounts"),
    title: () => w.settings,
    draw: (data) => withTabs(app, "accounts", el("table", { class: "aI" }, el("tbody", {},
      part(w.change_account, el("a", { href: data.account }, w.other_settings)),
      part([w.import_label, more()], spanLink(w.import_link, () => {})),
      part([w.send_as_label, el("div", { class: "aKs" }, w.send_as_hint), more()],
        table(...data.senders.map((row) => sender(data, row))),
        spanLink(w.add_address, () => openWindow(data.open_send_as)),
        replyMode(data)),
      data.pop ? part([w.pop_label, more()],
        data.pop.length ? table(...data.pop.map(popAccount)) : "",
        spanLink(w.add_mail_account, () => openWindow(data.open_pop))) : null))),
  };
}
