// What other recorders keep of an element, restated from their sources: Selenium IDE's builders in their default order
// (packages/side-api, packages/side-runtime), and the kinds of selector that the recorder of Chrome's DevTools writes.
(() => {
  const CONTROL = 'a[href],button,input,select,textarea,[contenteditable=true],[role=button],[role=link],[role=switch],' +
    '[role=checkbox],[role=radio],[role=tab],[role=textbox],[role=combobox]';
  const mutants = document[Symbol.for('mutants')];
  const quoted = (text) => (text.includes("'") ? `"${text}"` : `'${text}'`);
  const said = (el) => (el.textContent || '').replace(/\s+/g, ' ').trim();
  const tag = (el) => el.tagName.toLowerCase();
  const step = (el) => {
    const same = [...el.parentElement.children].filter((e) => e.tagName === el.tagName);
    return same.length > 1 ? `${tag(el)}[${same.indexOf(el) + 1}]` : tag(el);
  };
  const byPosition = (el) => (el === document.documentElement ? '//html' : `${byPosition(el.parentElement)}/${step(el)}`);
  const fromId = (el) => {
    if (el.id) return `//*[@id=${quoted(el.id)}]`;
    const above = el.parentElement === document.documentElement ? null : fromId(el.parentElement);
    return above && `${above}/${step(el)}`;
  };
  // The shortest path of ids, classes and places among siblings that nothing else fits.
  const css = (el) => {
    const own = (e) => {
      const given = ['data-testid', 'data-test'].find((name) => e.getAttribute(name));
      if (given) return `[${given}="${CSS.escape(e.getAttribute(given))}"]`;
      return e.id ? '#' + CSS.escape(e.id) : tag(e) + [...e.classList].map((c) => '.' + CSS.escape(c)).join('');
    };
    let below = '';
    for (let at = el; at !== document.documentElement; at = at.parentElement) {
      const twins = [...at.parentElement.children].filter((e) => e.matches(own(at)));
      const here = own(at) + (twins.length > 1 ? `:nth-child(${[...at.parentElement.children].indexOf(at) + 1})` : '') + below;
      if (document.querySelectorAll(here).length === 1) return here;
      below = ' > ' + here;
    }
    return below.slice(3);
  };
  const find = (kind, value) => {
    if (kind === 'css') return document.querySelector(value);
    if (kind === 'linkText') return [...document.querySelectorAll('a')].find((a) => said(a) === value) ?? null;
    return document.evaluate(value, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
  };
  const all = (selector) => [...document.body.querySelectorAll(selector)];
  const elementOf = (mark) => all('*').find((e) => mutants.mark(e) === mark);
  // The mark of what an act on this node would reach: the control it is in, or the one its label belongs to.
  const reached = (node) => {
    for (let n = node; n; n = n.parentNode ?? n.host) {
      if (n.control) return mutants.mark(n.control);
      if (n.matches?.(CONTROL)) return mutants.mark(n);
    }
    return mutants.mark(node);
  };
  let clicked = null;
  addEventListener('click', (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    clicked ??= reached(event.composedPath()[0]);
  }, true);
  for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'submit']) addEventListener(type, (event) => event.preventDefault(), true);
  document[Symbol.for('peers')] = {
    point: (mark) => { for (const e of document.querySelectorAll('[data-point]')) e.removeAttribute('data-point'); if (mark >= 0) elementOf(mark).setAttribute('data-point', ''); },
    reached,
    visible: (el) => el.checkVisibility({visibilityProperty: true}) && el.getBoundingClientRect().width > 0,
    // [kind, value] in the order in which they are tried.
    selenium: (mark) => {
      const el = elementOf(mark), kept = [], add = (kind, value) => value && kept.push([kind, value]);
      for (const name of ['data-test', 'data-test-id', 'data-testid']) add('css', el.getAttribute(name) && `*[${name}="${CSS.escape(el.getAttribute(name))}"]`);
      add('css', el.id && '#' + CSS.escape(el.id));
      add('linkText', el.tagName === 'A' && said(el));
      add('css', el.getAttribute('name') && `[name="${CSS.escape(el.getAttribute('name'))}"]`);
      add('css', css(el));
      add('xpath', el.tagName === 'A' && said(el) && `//a[contains(text(),${quoted(said(el))})]`);
      const given = [...el.attributes].filter((a) => /^(id|name|value|type|action|onclick)$/.test(a.name) && a.value).map((a) => `@${a.name}=${quoted(a.value)}`);
      add('xpath', given.length && `//${tag(el)}[${given.join(' and ')}]`);
      add('xpath', fromId(el));
      add('xpath', el.tagName === 'A' && el.getAttribute('href') && `//a[contains(@href,${quoted(el.getAttribute('href'))})]`);
      add('xpath', byPosition(el));
      add('xpath', said(el) && `//${tag(el)}[contains(.,${quoted(said(el))})]`);
      return kept;
    },
    // The mark of what the first selector finds; null where none finds anything, or what it finds cannot be seen.
    first: (kept) => {
      for (const [kind, value] of kept) {
        const el = find(kind, value);
        if (el) return document[Symbol.for('peers')].visible(el) ? reached(el) : null;
      }
      return null;
    },
    // Role and name, or the text, only where nothing else has them; ``name`` is null where something else does.
    devtools: (mark, role, name) => {
      const el = elementOf(mark), text = said(el), kept = name === null ? [] : [`aria/${name}[role="${role}"]`];
      const says = (e) => said(e).includes(text);
      const saying = all('*').filter((e) => says(e) && ![...e.children].some(says));
      kept.push(css(el), `xpath/${fromId(el) ?? byPosition(el)}`, `pierce/${css(el)}`);
      return text && text.length <= 64 && saying.length === 1 && saying[0] === el ? [...kept, `text/${text}`] : kept;
    },
    clicked: () => { const mark = clicked; clicked = null; return mark; },
  };
})()
