// What a person could see and use on this page: every interactive element with its role, its names (and where each
// name came from), the sections it stands in, and its state. Values of password fields are never read.
(wanted) => {
  const EDITOR = '[contenteditable=true],[contenteditable=""],[contenteditable=plaintext-only]';
  const SELECTOR = [
    'a[href]', 'button', 'input:not([type=hidden])', 'select', 'textarea', 'summary', EDITOR,
    '[role=button]', '[role=link]', '[role=switch]', '[role=checkbox]', '[role=radio]', '[role=tab]',
    '[role=textbox]', '[role=searchbox]', '[role=combobox]', '[role=menuitem]', '[role=option]',
    '[role=row]', '[role=listbox]', 'h1,h2,h3,h4,h5,h6', '[role=heading]',
  ].join(',');
  const CONTROL = 'a[href],button,input:not([type=hidden]),select,textarea,[role=button],[role=link],[role=switch],' +
    '[role=checkbox],[role=radio],[role=textbox],[role=combobox],' + EDITOR;
  const BY_TYPE = {
    checkbox: 'checkbox', radio: 'radio', submit: 'button', button: 'button', reset: 'button', image: 'button',
    password: 'password', search: 'searchbox', range: 'slider', number: 'textbox',
  };
  const BY_TAG = {A: 'link', BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', SUMMARY: 'button'};
  const FROM_CONTENT = new Set(['button', 'link', 'heading', 'tab', 'switch', 'checkbox', 'radio', 'option', 'menuitem', 'listbox', 'row']);
  const ADDRESS = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;

  const squeeze = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '') // turn the writing, unseen
    .replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ').trim(); // a page must not steer a terminal
  const roleOf = (el) => {
    const given = (el.getAttribute('role') || '').trim().split(/\s+/)[0];
    if (given) return given;
    if (/^H[1-6]$/.test(el.tagName)) return 'heading';
    if (el.tagName === 'INPUT') return BY_TYPE[el.type] || 'textbox';
    if (el.isContentEditable) return 'textbox';
    return BY_TAG[el.tagName] || '';
  };
  const shown = (el) => {
    if (!el.checkVisibility({visibilityProperty: true}) || el.closest('[aria-hidden=true],[inert]')) return false;
    const box = el.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  // Text as a screen reader would gather it: hidden parts left out, labels of pictures and icons taken in.
  const textOf = (node, limit = 400) => {
    let out = '';
    const visit = (n) => {
      if (out.length > limit) return;
      if (n.nodeType === Node.TEXT_NODE) { out += n.data; return; }
      if (n.nodeType !== Node.ELEMENT_NODE) return;
      if (/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(n.tagName) || n.getAttribute('aria-hidden') === 'true') return;
      if (n !== node && !n.checkVisibility({visibilityProperty: true})) return;
      if (n !== node && n.hasAttribute('aria-label')) { out += ' ' + n.getAttribute('aria-label') + ' '; return; }
      if (n.tagName === 'IMG') { out += ' ' + (n.alt || '') + ' '; return; }
      if (n !== node && (/^(SELECT|TEXTAREA|INPUT)$/.test(n.tagName) || n.matches(EDITOR))) return;
      const block = !/^(A|B|I|EM|STRONG|SPAN|LABEL|CODE|U|SMALL|BDI|FONT|WBR)$/.test(n.tagName);
      if (block) out += ' ';
      for (const child of (n.shadowRoot || n).childNodes) visit(child);
      if (block) out += ' ';
    };
    visit(node);
    return squeeze(out);
  };
  const byIds = (el, attribute) => squeeze((el.getAttribute(attribute) || '').split(/\s+/)
    .map((id) => id && el.getRootNode().getElementById?.(id)).filter(Boolean).map((n) => textOf(n)).join(' '));
  // What many elements ask about one node is found out once a look.
  const once = (tell) => {
    const told = new Map();
    return (node) => { if (!told.has(node)) told.set(node, tell(node)); return told.get(node); };
  };
  const firstLeaf = (cell) => {
    for (const n of cell.childNodes) {
      const text = n.nodeType === Node.TEXT_NODE ? squeeze(n.data) && cell.checkVisibility() && squeeze(n.data)
        : n.nodeType === Node.ELEMENT_NODE && firstLeaf(n);
      if (text) return text;
    }
    return '';
  };
  const cellOf = (el) => el.closest('td,th,[role=cell],[role=gridcell],[role=rowheader]');
  const leftCell = (el) => {
    for (let cell = cellOf(el), depth = 0; cell && depth < 4; cell = cell.parentElement && cellOf(cell.parentElement), depth++) {
      let before = cell.previousElementSibling;
      while (before && !textOf(before)) before = before.previousElementSibling;
      if (before) return before.querySelector(CONTROL) ? '' : textOf(before, 160);
    }
    return '';
  };
  // The text beside a box that nothing ties to it: forwards for check boxes and radios, backwards for fields.
  const beside = (el, forwards) => {
    const step = forwards ? 'nextSibling' : 'previousSibling';
    let gathered = '';
    for (let at = el, depth = 0; at && depth < 3; at = at.parentElement, depth++) {
      for (let n = at[step]; n; n = n[step]) {
        if (n.nodeType === Node.ELEMENT_NODE) {
          if (n.matches(CONTROL) || n.querySelector(CONTROL)) return squeeze(gathered);
          if (n.tagName === 'BR' || n.tagName === 'HR') { if (squeeze(gathered)) return squeeze(gathered); continue; }
        }
        const piece = n.nodeType === Node.TEXT_NODE ? n.data : n.nodeType === Node.ELEMENT_NODE ? textOf(n, 160) : '';
        gathered = forwards ? gathered + piece : piece + gathered;
        if (gathered.length > 200) return '';
      }
      if (squeeze(gathered)) return squeeze(gathered);
      if (/^(TR|TABLE|FORM|FIELDSET|BODY|SECTION)$/.test(at.parentElement?.tagName || 'BODY')) return '';
    }
    return '';
  };
  // el.labels walks through the whole document for each field; labels know their fields much quicker.
  const labelled = new Map();
  const labelsOf = (el) => {
    if (wanted.way || !('labels' in el)) return el.labels ? [...el.labels] : [];
    const root = el.getRootNode();
    if (!labelled.has(root)) {
      const fields = new Map();
      for (const label of root.querySelectorAll('label')) {
        if (label.control) fields.set(label.control, [...fields.get(label.control) || [], label]);
      }
      labelled.set(root, fields);
    }
    return labelled.get(root).get(el) || [];
  };
  const namesOf = (el, role) => {
    const names = [];
    const add = (from, text) => { const t = squeeze(text || ''); if (t && !names.some((n) => n.text === t)) names.push({from, text: t}); };
    add('aria', byIds(el, 'aria-labelledby'));
    add('aria', el.getAttribute('aria-label'));
    if (names.length) return names;
    add('label', labelsOf(el).map((l) => textOf(l)).join(' '));
    if (el.tagName === 'INPUT' && /^(submit|button|reset)$/.test(el.type)) add('value', el.value);
    if (el.tagName === 'INPUT' && el.type === 'image') add('alt', el.alt);
    if (FROM_CONTENT.has(role) && el.tagName !== 'INPUT') add('content', textOf(el));
    if (names.length) return names;
    const box = role === 'checkbox' || role === 'radio' || role === 'switch';
    if (box) { add('behind', beside(el, true)); if (!names.length) add('cell', rightCell(el)); }
    if (!names.length) add('cell', leftCell(el));
    if (!names.length && !box) add('before', beside(el, false));
    if (!names.length && !box) add('above', rowAbove(el));
    add('title', el.getAttribute('title'));
    add('placeholder', el.getAttribute('placeholder'));
    return names;
  };
  const rightCell = (el) => {
    const next = cellOf(el)?.nextElementSibling;
    return next && !next.querySelector(CONTROL) ? textOf(next, 160) : '';
  };
  const rowAbove = (el) => {
    const above = el.closest('tr,[role=row]')?.previousElementSibling;
    return above && !above.querySelector(CONTROL) ? textOf(above, 160) : '';
  };
  const opening = once((node) => [firstLeaf(node), textOf(node, 199)]);
  const hosts = new Set(); // what holds a control in a shadow root, in itself or further in
  const hasControl = once((node) => node.matches(CONTROL) || Boolean(node.querySelector(CONTROL)) || hosts.has(node));
  // The text that leads to a node: what stands before it, without controls, a few things up at most.
  const leadOf = once((node) => {
    let before = node.previousElementSibling;
    for (let hops = 0; before && hops < 8 && (hasControl(before) || !textOf(before, 20)); hops++) before = before.previousElementSibling;
    return before && !hasControl(before) ? opening(before) : null;
  });
  const sectionsOf = (el, headings) => {
    const sections = [];
    const add = (text) => { const t = squeeze(text || ''); if (t && t.length < 200 && !sections.includes(t)) sections.push(t); };
    let leads = 0;
    for (let at = el, depth = 0; at && at !== document.body; at = at.parentElement || at.getRootNode().host, depth++) {
      if (at !== el) {
        if (at.tagName === 'FIELDSET') add(at.querySelector(':scope > legend') && textOf(at.querySelector(':scope > legend')));
        if (at.tagName === 'TABLE' && at.caption) add(textOf(at.caption));
        if (at.hasAttribute('role') || /^(SECTION|FORM|MAIN|NAV|ASIDE|DIALOG|FIELDSET)$/.test(at.tagName)) {
          add(at.getAttribute('aria-label'));
          add(byIds(at, 'aria-labelledby'));
        }
      }
      const parent = at.parentElement;
      if (parent && /^(TR)$/.test(parent.tagName) && at !== parent.firstElementChild) {
        opening(parent.firstElementChild).forEach(add);
      } else if (leads < 3 && depth < 7) {
        const lead = leadOf(at);
        if (lead) { lead.forEach(add); leads++; }
      }
    }
    for (const heading of headings) add(heading);
    return sections;
  };
  const rawText = once((at) => at.textContent);
  const rowOf = (el) => {
    for (let at = el, depth = 0; at && at !== document.body && depth < 12; at = at.parentElement, depth++) {
      const raw = rawText(at);
      if (raw.length > 3000) return null;
      const found = raw.includes('@') && textOf(at, 3000).match(ADDRESS);
      if (found) return {addresses: [...new Set(found.map((a) => a.toLowerCase()))], text: textOf(at.closest('tr,[role=row],li') || at, 3000)};
    }
    return null;
  };
  // All that its row says, numbers and dates too, where it is asked for: other tools know an element by that.
  const rowText = once((row) => textOf(row, 3000));
  const wholeRowOf = (el) => {
    const row = wanted.wholeRows && el.closest('tr,[role=row],li,[role=listitem]');
    return row ? {addresses: [], text: rowText(row)} : null;
  };

  // Attributes that keep naming a thing when its wording changes. Of a link only the path: a query can hold secrets.
  const idsOf = (el) => {
    const ids = {};
    const add = (key, text) => { if (text && text.length <= 300) ids[key] = text; };
    for (const name of ['id', 'name', 'autocomplete', 'data-testid', 'data-test', 'data-tid', 'data-automation-id']) add(name, el.getAttribute(name));
    add('tag', el.tagName.toLowerCase());
    if (el.tagName === 'INPUT') add('type', el.type);
    if (el.tagName === 'A') add('path', el.pathname);
    return ids;
  };

  // The accessibility tree around an element, as text in the form of Playwright's snapshots; nothing that anybody typed.
  const STRUCTURE = {
    UL: 'list', OL: 'list', LI: 'listitem', TABLE: 'table', TR: 'row', TD: 'cell', TH: 'cell', FORM: 'form', FIELDSET: 'group',
    DIALOG: 'dialog', NAV: 'navigation', MAIN: 'main', SECTION: 'region', P: 'paragraph', OUTPUT: 'status',
  };
  const MOST_AROUND = 120; // elements: a dialog, a table of settings, a form
  const parentOf = (el) => el.parentElement || el.getRootNode().host;
  const scopeOf = (el) => {
    let scope = el;
    for (let at = el; at && at !== document.documentElement && at.getElementsByTagName('*').length <= MOST_AROUND; at = parentOf(at)) {
      scope = at;
      if (at.matches('dialog,[role=dialog],[role=alertdialog]')) break;
    }
    return scope;
  };
  const treeOf = (scope) => {
    const lines = [];
    const visit = (node, depth) => {
      const indent = '  '.repeat(depth) + '- ';
      if (node.nodeType === Node.TEXT_NODE && squeeze(node.data)) lines.push(`${indent}text: ${JSON.stringify(squeeze(node.data))}`);
      if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|OPTION)$/.test(node.tagName)) return;
      if (node.getAttribute('aria-hidden') === 'true' || !node.checkVisibility({visibilityProperty: true})) return;
      const own = node.matches(SELECTOR) ? roleOf(node) : node.getAttribute('role');
      const role = /^(none|presentation)$/.test(own) ? '' : own || STRUCTURE[node.tagName] || '';
      const name = own ? namesOf(node, role)[0]?.text : byIds(node, 'aria-labelledby') || node.getAttribute('aria-label');
      const shows = role && (own || name || !/^(form|region)$/.test(role));
      if (shows) {
        const state = node.checked || /^true$/.test(node.getAttribute('aria-checked')) ? ' [checked]' : '';
        lines.push(indent + role + (name ? ' ' + JSON.stringify(squeeze(name)) : '') + state + (node.disabled ? ' [disabled]' : ''));
      }
      if (own && (FROM_CONTENT.has(role) && role !== 'row' && role !== 'listbox' || role === 'textbox' || role === 'combobox')) return;
      for (const child of (node.shadowRoot || node).childNodes) visit(child, shows ? depth + 1 : depth);
    };
    visit(scope, 0);
    return lines.join('\n');
  };
  // What a page says of its own accord: dialogs by their names, and messages.
  const newsOf = () => roots.flatMap((root) => [...root.querySelectorAll('dialog[open],[role=dialog],[role=alertdialog],[role=alert],[role=status]')])
    .filter(shown).map((el) => {
      const role = el.getAttribute('role') || 'dialog';
      const name = byIds(el, 'aria-labelledby') || squeeze(el.getAttribute('aria-label') || '');
      return {role, name: name || (/dialog/.test(role) ? '' : textOf(el, 160))};
    }).filter((one) => one.name);
  // Which part of the page holds it: the window in front, the main part, what stands around it. Parts are numbered.
  const PARTS = [['dialog', 'dialog[open],[role=dialog],[role=alertdialog]'], ['main', 'main,[role=main]'],
    ['around', 'nav,header,footer,aside,[role=navigation],[role=banner],[role=contentinfo],[role=complementary],[role=search],[role=note]']];
  const parts = [];
  const partOf = (el) => {
    for (const [kind, selector] of PARTS) {
      let found = el.closest(selector);
      for (let host = el.getRootNode().host; !found && host; host = host.getRootNode().host) found = host.closest(selector);
      if (!found) continue;
      if (!parts.includes(found)) parts.push(found);
      return `${kind} ${parts.indexOf(found)}`;
    }
    return '';
  };

  // Where several elements bear one name, each stands in a line, row or card of its own: the first words there that are not
  // its own. What stands there alone has the words of its table row or list entry.
  const MOST_THINGS = 6, MOST_NODES = 80, MANY = 1000; // of more elements it would take too long
  const FEW = 8, CARD = 3, NEAR = 6; // controls: a container of more is a page, and so is what is wrapped more often
  const ownRows = () => {
    const namesakes = new Map();
    elements.forEach((el, index) => {
      if (items[index].role === 'heading') return;
      const key = items[index].role + ' ' + (items[index].names[0]?.text ?? '');
      if (!namesakes.has(key)) namesakes.set(key, []);
      namesakes.get(key).push(index);
    });
    for (const group of namesakes.values()) {
      const held = new Map();
      if (group.length > 1) for (const index of group) for (let at = elements[index]; at; at = parentOf(at)) held.set(at, (held.get(at) ?? 0) + 1);
      for (const index of group) {
        let own = elements[index];
        const row = elements.length <= MANY && own.closest('tr,li,[role=row],[role=listitem]');
        items[index].around = wordsAround(own, row);
        if (group.length === 1) own = row || own;
        else for (let up = parentOf(own); up && held.get(up) === 1; up = parentOf(own)) own = up;
        const near = row && row !== own && held.get(row) === 1 ? wordsIn(row, elements[index]) : []; // a namesake came far away
        if (own === elements[index] || isLine(own, 'row')) continue;
        items[index].things = [...new Set([...near, ...wordsIn(own, elements[index])])].slice(0, MOST_THINGS);
      }
    }
  };
  // The words of an element's row, else those of the smallest container with any. What stands on other controls says nothing
  // of it, but for the links of its row, or the one link of its card, which may be the thing's name.
  const FURNITURE = 'nav,header,footer,[role=navigation],[role=banner],[role=contentinfo],[role=toolbar],[role=tablist]';
  const NO_LINK = CONTROL.replace('a[href],', '');
  const controlsIn = once((at) => [...at.querySelectorAll(CONTROL)]);
  const wordsAround = (el, row) => {
    if (elements.length > MANY) return [];
    const labels = 'labels' in el ? labelsOf(el) : [], isLink = roleOf(el) === 'link' || el.closest(FURNITURE);
    for (let at = row || parentOf(el), up = 0; at && at !== document.body && up < NEAR; at = parentOf(at), up++) {
      const held = controlsIn(at);
      if (held.length > FEW || isLine(at, 'row')) return [];
      const isCard = !isLink && held.length <= CARD && held.filter((one) => one.tagName === 'A').length === 1;
      const others = (row || isCard ? NO_LINK : CONTROL) + ',label';
      const around = textsIn(at).filter(({node}) => !el.contains(node) && !labels.some((label) => label.contains(node)) &&
        !node.parentElement?.closest(others));
      if (around.length || row) return wordsOf(around);
    }
    return [];
  };
  const wordsIn = (row, but) => wordsOf(textsIn(row).filter((text) => !but.contains(text.node)));
  const wordsOf = (texts) => [...new Set(texts.map((text) => text.said))].slice(0, MOST_THINGS);
  const textsIn = once((row) => { // pictures by what they are called
    const found = [];
    let left = MOST_NODES;
    const visit = (node) => {
      if (found.length >= 2 * MOST_THINGS || left-- < 0) return;
      const isText = node.nodeType === Node.TEXT_NODE;
      const said = isText ? squeeze(node.data) : node.tagName === 'IMG' ? squeeze(node.alt) : '';
      const at = isText ? node.parentElement ?? node.getRootNode().host : node;
      if (said.length <= 80 && /\p{L}/u.test(said) && at.checkVisibility({visibilityProperty: true})) found.push({node, said});
      if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|SELECT|TEXTAREA)$/.test(node.tagName)) return;
      if (node.getAttribute('aria-hidden') === 'true' || node.matches(EDITOR)) return;
      for (const child of (node.shadowRoot || node).childNodes) visit(child);
    };
    visit(row);
    return found;
  });

  // Lines of a list of messages are somebody's mail: who records a person does not read them.
  const isLine = (el, role) => /^(row|option|link)$/.test(role) && el.tagName !== 'OPTION' &&
    el.closest('[role=row],[role=option],[role=article]')?.textContent.length > 80;
  // Whether what a button opens is open; a click on it would close that again.
  const opened = (el) => el.tagName === 'SUMMARY' && el.parentElement?.tagName === 'DETAILS' ? el.parentElement.open
    : el.hasAttribute('aria-expanded') ? el.getAttribute('aria-expanded') === 'true' : null;
  const itemOf = (el, role, names, headings) => {
    const aria = (name) => el.getAttribute(name) === null ? null : el.getAttribute(name) === 'true';
    const holds = wanted.noValues ? null
      : role === 'password' ? (el.value ? '[hidden]' : '')
        : /^(INPUT|TEXTAREA)$/.test(el.tagName) && role === 'textbox' ? el.value : null;
    return {
      role, names: wanted.noValues && isLine(el, role) ? [] : names, sections: sectionsOf(el, headings),
      enabled: !el.disabled && el.getAttribute('aria-disabled') !== 'true',
      checked: /^(checkbox|radio)$/.test(el.type || '') ? el.checked
        : aria('aria-checked') ?? aria('aria-pressed') ?? aria('aria-selected') ?? (/^(button|link|tab|menuitem)$/.test(role) ? opened(el) : null),
      value: holds,
      options: el.tagName === 'SELECT' ? [...el.options].map((o) => ({value: o.value, text: squeeze(o.text), selected: o.selected})) : null,
      html: el.getAttribute('name'), row: wanted.rows ? rowOf(el) ?? wholeRowOf(el) : null, ids: wanted.ids ? idsOf(el) : null,
      part: wanted.ids ? partOf(el) : '', within: '', personal: Boolean(wanted.personal && el.closest(wanted.personal)),
    };
  };
  if (wanted.way) { // only the one element that an event on its way through these nodes is about
    const el = wanted.way.find((node) => node.nodeType === Node.ELEMENT_NODE && node.matches(SELECTOR) && !/^H[1-6]$/.test(node.tagName));
    const role = el && roleOf(el);
    return el ? {elements: [el], items: [itemOf(el, role, namesOf(el, role), [])], around: treeOf(scopeOf(el))} : {elements: [], items: []};
  }

  const roots = [document], hosting = new Set();
  for (const root of roots) {
    for (const el of root.querySelectorAll('*')) if (el.shadowRoot) { roots.push(el.shadowRoot); hosting.add(root); }
  }
  for (const root of roots.slice(1)) {
    if (root.querySelector(CONTROL)) for (let at = root.host; at && !hosts.has(at); at = parentOf(at)) hosts.add(at);
  }
  // In the order in which a person meets them: what stands in a shadow root, where its host stands.
  const inOrder = (root) => !hosting.has(root) ? [...root.querySelectorAll(SELECTOR)]
    : [...root.querySelectorAll('*')].flatMap((el) => [...el.matches(SELECTOR) ? [el] : [], ...el.shadowRoot ? inOrder(el.shadowRoot) : []]);
  const elements = [], items = [], stack = [];
  for (const el of inOrder(document)) {
    const role = roleOf(el);
    const heading = role === 'heading';
    if (!heading && wanted.roles && !wanted.roles.includes(role)) continue;
    if (!shown(el) && !labelsOf(el).some(shown)) continue;
    const names = namesOf(el, role);
    if (heading) {
      const level = Number(el.getAttribute('aria-level') || el.tagName[1] || 2);
      while (stack.length && stack[stack.length - 1].level >= level) stack.pop();
      stack.push({level, text: names[0]?.text || ''});
      if (wanted.roles && !wanted.roles.includes(role)) continue;
    }
    elements.push(el);
    items.push(itemOf(el, role, names, stack.map((h) => h.text)));
  }
  // The containers that each element shares with others, the widest first, as numbers: "0.3" is in 3, which is in 0.
  if (wanted.ids) {
    const holds = new Map(), numbers = new Map();
    const each = (visit) => elements.forEach((el, n) => { if (!/^(heading|row|listbox|option)$/.test(items[n].role)) visit(el, items[n]); });
    const above = (el, visit) => { for (let at = parentOf(el); at; at = parentOf(at)) visit(at); };
    each((el) => above(el, (at) => holds.set(at, (holds.get(at) || 0) + 1)));
    each((el, item) => {
      const path = [];
      let held = 1;
      above(el, (at) => {
        if (holds.get(at) === held) return; // a wrapper
        held = holds.get(at);
        if (!numbers.has(at)) numbers.set(at, numbers.size);
        path.unshift(numbers.get(at));
      });
      item.within = path.length < 40 ? path.join('.') : ''; // no page is made so by hand
    });
  }
  if (wanted.ids) ownRows();
  // Things that are no button and no link, but do something when they are clicked: found by their text, where it is asked for.
  if (wanted.plain?.length) {
    for (const root of roots) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let n = walker.nextNode(); n; n = walker.nextNode()) {
        const el = n.data.trim() && n.parentElement;
        const text = el && squeeze(el.textContent);
        if (!wanted.plain.includes(text) || elements.includes(el) || el.closest(SELECTOR) || elements.includes(el.closest('label')?.control) || !shown(el)) continue;
        elements.push(el);
        items.push(itemOf(el, 'generic', [{from: 'content', text}], []));
      }
    }
  }
  const around = wanted.around ? treeOf(scopeOf(wanted.around)) : '';
  return {elements, items, around, news: wanted.news ? newsOf() : [], roots};
}
