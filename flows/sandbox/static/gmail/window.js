// The few things Gmail's old windows do by script: close, go back, show details, ask for a label, follow the port.
"use strict";

function tellOpener() {
  if (window.opener) window.opener.postMessage("accounts changed", location.origin);
}

const does = {
  close: () => window.close(),
  back(element) {
    const form = element.closest("form");
    const back = document.createElement("input");
    Object.assign(back, { type: "hidden", name: "back", value: "1" });
    form.append(back);
    form.submit();
  },
  details: (element) => { element.nextElementSibling.hidden = false; },
  "reply-to"(element) {
    document.querySelector("[name=cfrt]").closest("tr").hidden = false;
    element.closest("tr").hidden = true;
  },
  again: () => document.querySelector("[data-form=again]").submit(),
};

for (const element of document.querySelectorAll("[data-do]")) {
  const act = () => does[element.dataset.do](element);
  element.addEventListener("click", act);
  if (element.tagName === "SPAN") element.addEventListener("keydown", (event) => { if (event.key === "Enter") act(); });
}

// "New label…" asks in a native prompt and becomes an option of its own.
for (const select of document.querySelectorAll("select[data-prompt]")) {
  const newLabel = select.options[select.options.length - 1];
  let before = select.selectedIndex;
  select.addEventListener("change", () => {
    if (select.selectedOptions[0] === newLabel) {
      const name = (window.prompt(select.dataset.prompt) || "").trim();
      if (name) select.add(new Option(name, name, false, true), newLabel);
      else select.selectedIndex = before;
    }
    before = select.selectedIndex;
    select.closest("td").querySelector("[type=checkbox]").checked = true;
  });
}

// Another port shows its own pair of radios (465: SSL, 587: TLS).
for (const select of document.querySelectorAll("select[name=cfsp]")) {
  select.addEventListener("change", () => {
    for (const row of document.querySelectorAll("tr[data-port]")) row.hidden = row.dataset.port !== select.value;
  });
}

for (const radio of document.querySelectorAll("[data-submit]")) {
  radio.addEventListener("change", () => {
    radio.form.querySelector("[type=submit]").value = radio.dataset.submit;
  });
}

// A form on its way is not sent a second time: the login behind it may take a minute and a half.
for (const form of document.forms) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("[type=submit]")) setTimeout(() => { button.disabled = true; });
  });
}

if ("closing" in document.body.dataset) {
  tellOpener();
  setTimeout(() => window.close(), 300);
}
window.addEventListener("pagehide", tellOpener);
