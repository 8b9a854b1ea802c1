// Changes to a page as sites make them, each drawn from a seed. Which element is which is kept in a WeakMap that no
// matcher can see: a mark is the element's number in the untouched page; what a change brings in has none.
(() => {
  const CONTROL = 'a[href],button,input:not([type=hidden]),select,textarea,[contenteditable=true],[role=button],' +
    '[role=link],[role=switch],[role=checkbox],[role=radio],[role=tab],[role=textbox],[role=combobox]';
  const SELF = /^(BUTTON|A)$/;
  let master = '', lang = 'en', words = {}, marks = new WeakMap();
  let next = () => 0;

  const seeded = (seed) => () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pick = (list) => list[Math.floor(next() * list.length)];
  const some = (list, most) => {
    const left = [...list], taken = [];
    while (left.length && taken.length < most) taken.push(...left.splice(Math.floor(next() * left.length), 1));
    return taken;
  };
  const word = () => [...Array(3 + Math.floor(next() * 5))].map(() => 'bcdfghklmnprstvz'[Math.floor(next() * 16)] + 'aeiou'[Math.floor(next() * 5)]).join('').slice(0, 4 + Math.floor(next() * 5));
  const all = (selector) => [...document.body.querySelectorAll(selector)].filter((e) => e.tagName !== 'SCRIPT');
  const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
  const texts = (root) => {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) if (squeeze(n.data)) found.push(n);
    return found;
  };
  const ATTRIBUTES = ['aria-label', 'placeholder', 'title', 'alt'];

  // Where an element's own wording stands: get it, and put another there.
  const wording = (el) => {
    const attribute = (node, name) => ({get: () => node.getAttribute(name), set: (t) => node.setAttribute(name, t)});
    const text = (node) => ({get: () => squeeze(node.data), set: (t) => { node.data = node.data.replace(/\S[\s\S]*\S|\S/, () => t); }});
    const labelledby = el.getAttribute('aria-labelledby');
    const source = labelledby && document.getElementById(labelledby.split(' ')[0]);
    if (source && texts(source)[0]) return text(texts(source)[0]);
    if (el.hasAttribute('aria-label')) return attribute(el, 'aria-label');
    if (el.labels?.length) {
      const inside = [...el.labels].flatMap(texts).filter((n) => !n.parentElement.closest('select,option'));
      if (inside[0]) return text(inside[0]);
    }
    if (el.tagName === 'INPUT' && /^(submit|button|reset)$/.test(el.type)) return {get: () => el.value, set: (t) => { el.setAttribute('value', t); el.value = t; }};
    const own = /^(SELECT|TEXTAREA|INPUT)$/.test(el.tagName) ? [] : texts(el);
    if (own.length) return text(own.sort((a, b) => b.data.length - a.data.length)[0]);
    if (el.querySelector('img[alt]')) return attribute(el.querySelector('img[alt]'), 'alt');
    if (/^(checkbox|radio)$/.test(el.type) && el.nextSibling?.nodeType === Node.TEXT_NODE && squeeze(el.nextSibling.data)) return text(el.nextSibling);
    const cell = el.closest('td')?.previousElementSibling;
    if (cell && !cell.querySelector(CONTROL) && texts(cell)[0]) return text(texts(cell)[0]);
    for (const name of ['placeholder', 'title']) if (el.getAttribute(name)) return attribute(el, name);
    return null;
  };
  // The element with what belongs to it alone: its label, its cell, its row.
  const block = (el) => {
    let at = el;
    const label = el.labels?.[0];
    while (at.parentElement && at.parentElement !== document.body && !/^(FORM|SECTION|MAIN|TBODY|TABLE)$/.test(at.parentElement.tagName) &&
      at.parentElement.querySelectorAll(CONTROL).length === 1 && texts(at.parentElement).length < 6) at = at.parentElement;
    if (/^(TD|TR|LEGEND)$/.test(at.tagName)) at = at.tagName === 'TR' ? at : el;
    return label && !at.contains(label) ? [at, label] : [at];
  };
  const controls = (except) => all(CONTROL).filter((e) => !e.contains(except) && !except.contains(e) && e.getBoundingClientRect().width);
  const regions = (except) => all('section,form,fieldset,main,aside,nav,footer,header,[role=group],[role=region],[role=dialog],[role=toolbar],body > div,td')
    .filter((e) => !e.contains(except) && !e.closest('select'));
  const PART = 'tr,section,fieldset,article,aside,li,form,.card,.blk,.line,.li,.fui-sec,[role=region],[role=group],[role=dialog]';
  // Whether an element taken out of its place is still known: nothing else is called so, and it has what a stranger lacks.
  const hasMarksOfItsOwn = (el) => {
    const name = wording(el)?.get();
    const isAlone = all(CONTROL).filter((e) => e !== el && wording(e)?.get() === name).length === 0;
    return isAlone && [...el.attributes].some((a) => /^(id|name|class|data-|js|href|autocomplete)/.test(a.name));
  };
  const elsewhere = (el) => regions(el).filter((r) => !el.closest(PART)?.contains(r) && !r.contains(el.closest(PART)));
  const fresh = (copy) => {
    for (const e of [copy, ...copy.querySelectorAll('*')]) for (const name of ['id', 'for']) if (e.hasAttribute(name)) e.setAttribute(name, e.getAttribute(name) + '-2');
    return copy;
  };
  const renamedTag = (el, tag, more) => {
    const now = document.createElement(tag);
    for (const a of el.attributes) if (!/^(type|href|role)$/.test(a.name)) now.setAttribute(a.name, a.value);
    for (const [name, value] of Object.entries(more)) now.setAttribute(name, value);
    if (el.tagName === 'INPUT') now.textContent = el.value; else now.append(...el.childNodes);
    marks.set(now, marks.get(el));
    el.replaceWith(now);
    return now;
  };
  const NEAR = [' and close account', ' all', ' as draft', ' anyway', ' later', ' and continue', 'して退会する', 'をすべて'];
  const OTHERS = ['Delete everything', 'Unsubscribe', 'Send report', 'Print', 'Upgrade now', 'Block', 'Transfer', 'Reset all', '初期化', '送信'];
  const SMALL = [(t) => t + ' now', (t) => t + ' settings', (t) => 'My ' + t, (t) => t + 's', (t) => t.replace(/\s+\S+$/, '') + ' changes',
    (t) => 'Please ' + t.toLowerCase(), (t) => t + ' (new)', (t) => t.split(' ').reverse().join(' ') + ' here', (t) => t.toUpperCase() + '!'];
  const WHOLE = {press: ['Continue', 'Confirm', 'Submit', 'Proceed', 'Go ahead', 'Finish up', 'Update'], other: ['Details', 'Reference', 'Entry', 'Active', 'Allowed', 'My choice']};
  const renamed = (el, to) => {
    const place = wording(el);
    if (!place || !place.get()) return null;
    const taken = new Set(all(CONTROL).map((e) => wording(e)?.get()));
    const now = to(place.get());
    if (taken.has(now)) return null;
    place.set(now);
    return el;
  };
  const removed = (el) => { for (const node of block(el)) node.remove(); };
  // A copy under a name; a stranger shares nothing with the original that only its site would know.
  const plainCopy = (el, name, stranger = false) => {
    const copy = fresh(el.cloneNode(true));
    for (const a of [...copy.attributes]) if (stranger && /^(id|name|class|data-|js|autocomplete|value|placeholder|title)/.test(a.name)) copy.removeAttribute(a.name);
    if (stranger && copy.tagName === 'A') copy.setAttribute('href', '/' + word());
    copy.removeAttribute('aria-labelledby');
    if (SELF.test(el.tagName) || el.getAttribute('role')) {
      const isHeld = /^(combobox|textbox|searchbox|slider)$/.test(el.getAttribute('role')); // its text is what it holds
      if (isHeld || el.hasAttribute('aria-label')) copy.setAttribute('aria-label', name); else copy.textContent = name;
      return copy;
    }
    if (/^(submit|button|reset)$/.test(copy.type)) { copy.setAttribute('value', name); return copy; }
    copy.removeAttribute('aria-label');
    const label = document.createElement('label');
    label.append(name + ' ', copy);
    return label;
  };

  // name: (target) => the target as it is now, or null where the change does not apply.
  const changes = {
    ids_renamed: (el) => {
      const now = new Map(all('[id]').map((e) => [e.id, 'x' + word() + Math.floor(next() * 1e4)]));
      for (const e of all('[id]')) e.id = now.get(e.id);
      for (const name of ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'list']) {
        for (const e of all(`[${name}]`)) e.setAttribute(name, e.getAttribute(name).split(/\s+/).map((id) => now.get(id) ?? id).join(' '));
      }
      return el;
    },
    classes_renamed: (el) => { for (const e of all('[class]')) e.setAttribute('class', word()); return el; },
    attributes_stripped: (el) => {
      for (const e of all('*')) {
        for (const a of [...e.attributes]) {
          if (/^(class|data-|autocomplete|jsname|jscontroller|maxlength|size|target|aria-current|aria-controls)/.test(a.name)) e.removeAttribute(a.name);
          if (a.name === 'name' && e.type !== 'radio') e.removeAttribute('name');
        }
      }
      return el;
    },
    wrapped: (el) => {
      for (const e of [el, ...some(all('a,button,div,p,section,h1,h2,h3,input,select'), 4)]) {
        if (!e.isConnected || /^(TR|TBODY|TABLE|SELECT|UL|OL|DL|FIELDSET|THEAD)$/.test(e.parentElement.tagName)) continue;
        const box = document.createElement(/^(A|INPUT|BUTTON|SELECT)$/.test(e.tagName) ? 'span' : 'div');
        e.before(box);
        box.append(e);
      }
      return el;
    },
    reordered: (el) => {
      const whole = (e) => /^(DIV|LI|TR|SECTION|FIELDSET|ARTICLE|ASIDE|BUTTON|A|FORM)$/.test(e.tagName);
      const parents = all('*').filter((p) => p.children.length > 1 && [...p.children].filter(whole).length > 1 &&
        [...p.childNodes].every((n) => n.nodeType !== 3 || !squeeze(n.data) ) && ![...p.children].some((e) => /^(LABEL|INPUT)$/.test(e.tagName)));
      for (const p of [...parents.filter((p) => p.contains(el)).slice(-1), ...some(parents, 2)]) {
        const moving = [...p.children].filter(whole), order = some(moving, moving.length);
        const holders = moving.map((e) => { const h = document.createComment(''); e.replaceWith(h); return h; });
        holders.forEach((h, i) => h.replaceWith(order[i]));
      }
      return el;
    },
    tag_swapped: (el) => {
      const role = el.getAttribute('role');
      if (el.tagName === 'BUTTON' && !role) return renamedTag(el, pick(['div', 'span', 'a']), {role: 'button', tabindex: '0'});
      if (el.tagName === 'A' && !role) return renamedTag(el, 'span', {role: 'link', tabindex: '0'});
      if (role === 'button') return renamedTag(el, 'button', {});
      if (role === 'link') return renamedTag(el, 'a', {href: '#'});
      if (el.tagName === 'INPUT' && /^(submit|button)$/.test(el.type)) return renamedTag(el, 'button', {});
      return null;
    },
    role_changed: (el) => {
      const role = el.getAttribute('role') || {BUTTON: 'button', A: 'link'}[el.tagName];
      if (role === 'button') return renamedTag(el, 'a', {href: '#'});
      if (role === 'link') return renamedTag(el, 'button', {});
      if (el.type === 'checkbox' && !role) { el.setAttribute('role', 'switch'); return el; }
      return null;
    },
    moved: (el) => {
      if (!SELF.test(el.tagName) && !/^(button|link)$/.test(el.getAttribute('role')) && !/^(submit|button)$/.test(el.type)) return null;
      if (!hasMarksOfItsOwn(el)) return null; // the very page of namesake_left_elsewhere, where it is another
      const place = pick(regions(el));
      if (!place) return null;
      if (next() < 0.5) place.append(el); else place.prepend(el);
      return el;
    },
    section_moved: (el) => {
      const part = el.closest('section,fieldset,table,article,.card,.fui-sec,[role=region],[role=group]');
      const place = part && pick(all('main,form,body,body > div').filter((e) => !part.contains(e) && !e.closest('table')));
      if (!place) return null;
      if (next() < 0.5) place.append(part); else place.prepend(part);
      return el;
    },
    sections_renamed: (el) => {
      for (const e of all('h1,h2,h3,h4,legend,[role=heading],caption')) if (next() < 0.6 && texts(e)[0]) texts(e)[0].data = word() + ' ' + word();
      for (const e of all('section[aria-label],[role=group][aria-label],[role=region][aria-label]')) if (next() < 0.6) e.setAttribute('aria-label', word() + ' ' + word());
      return el;
    },
    others_edited: (el) => {
      const row = el.closest('tr,li,.li'); // what its row is about stays: with that another, nobody knows whose it is
      for (const e of some(controls(el), 4)) if (wording(e) !== null && !sharesWording(e, el) && !row?.contains(e)) renamed(e, pick(SMALL));
      return el;
    },
    paragraphs_edited: (el) => { for (const e of all('p')) if (texts(e)[0] && !e.contains(el)) texts(e)[0].data = word() + ' ' + word() + ' ' + word() + '. '; return el; },
    others_removed: (el) => { for (const e of some(controls(el), 3)) if (!block(e).some((b) => b.contains(el))) removed(e); return el; },
    notice_added: (el) => {
      const box = document.createElement('div');
      box.innerHTML = '<p>We updated our terms.</p>';
      box.append(...some(['Got it', 'Learn more', 'Not now', 'OK', 'Accept all', 'Close'], 2).map((name) => { const b = document.createElement('button'); b.textContent = name; return b; }));
      if (next() < 0.5) box.setAttribute('role', 'region');
      document.body.prepend(box);
      return el;
    },
    punctuation: (el) => renamed(el, pick([(t) => t + ':', (t) => t + ' …', (t) => t.replace(/ /g, '\u00a0'), (t) => '  ' + t + '  ', (t) => t.replace(/:?\s*$/, ' »')])) || el,
    shadow: (el) => {
      const part = el.closest('section,fieldset,form,table,aside,article,[role=region],[role=group],.card,body > div');
      if (!part || part.closest('table table') || (el.labels?.[0] && !part.contains(el.labels[0]))) return null;
      const host = document.createElement('div');
      part.before(host);
      host.attachShadow({mode: 'open'}).append(part);
      return el;
    },
    redesigned: (el) => {
      const page = document.createElement('div');
      for (const e of all('h1,h2,h3,[role=heading],' + CONTROL)) {
        if (e.parentElement.closest('a,button,[role=button],[role=link]')) continue;
        const line = document.createElement('div');
        line.className = word();
        if (e.matches('h1,h2,h3,[role=heading]')) { const h = document.createElement('h2'); h.textContent = squeeze(e.textContent); line.append(h); page.append(line); continue; }
        const name = wording(e)?.get();
        if (!name) { if (e === el) return null; continue; }
        for (const text of rowTexts(e)) { const who = document.createElement('span'); who.textContent = text + ' '; line.append(who); }
        if (e.hasAttribute('aria-labelledby')) e.setAttribute('aria-label', name); // what named it does not come along
        e.removeAttribute('aria-labelledby');
        for (const a of [...e.attributes]) if (/^(class|id|jsname|data-)/.test(a.name)) e.removeAttribute(a.name);
        if (/^(SELECT|TEXTAREA|INPUT)$/.test(e.tagName) && !/^(submit|button|reset)$/.test(e.type)) {
          const label = document.createElement('label');
          label.append(name + ' ', e);
          line.append(label);
        } else line.append(e);
        page.append(line);
      }
      document.body.replaceChildren(page);
      return el;
    },
    namesake_added: (el) => {
      const place = pick(regions(el)), name = wording(el)?.get();
      if (!place || !name) return null;
      place.append(plainCopy(el, name, true));
      return el;
    },
    dialog_over: (el) => {
      const name = wording(el)?.get(), box = document.createElement('div');
      if (!name) return null;
      box.setAttribute('role', 'dialog');
      box.setAttribute('aria-label', pick(['Before you go', 'New feature', 'お知らせ']));
      box.innerHTML = '<h2>One more thing</h2><p>Would you like to?</p>';
      box.append(plainCopy(el, name, true), plainCopy(el, pick(['Cancel', 'Skip', 'Not now']), true));
      document.body.append(box);
      return el;
    },
    near_namesake_added: (el) => {
      const name = wording(el)?.get();
      if (!name) return null;
      const copy = plainCopy(el, name.replace(/[:\s»]+$/, '') + pick(NEAR));
      const place = block(el)[0];
      if (/^(TR|TD)$/.test(place.tagName)) (el.closest('td') ?? el.parentElement).append(copy); else if (next() < 0.5) place.before(copy); else place.after(copy);
      return el;
    },
    hidden_twin: (el) => {
      const name = wording(el)?.get();
      const box = document.createElement('div');
      box.append(name ? plainCopy(el, name) : fresh(el.cloneNode(true)));
      pick([() => { box.style.display = 'none'; }, () => { box.style.visibility = 'hidden'; }, () => { box.hidden = true; }, () => { box.setAttribute('aria-hidden', 'true'); }])();
      if (next() < 0.5) document.body.prepend(box); else (el.closest('td') ?? el.closest('section,form,div') ?? document.body).prepend(box);
      return el;
    },
    id_hijacked: (el) => {
      const given = ['id', 'name', 'data-testid', 'data-test', 'jsname'].filter((name) => el.hasAttribute(name) && el.type !== 'radio');
      const thief = pick(controls(el).filter((e) => e.tagName === el.tagName));
      if (!given.length || !thief) return null;
      for (const name of given) {
        const mine = el.getAttribute(name), theirs = thief.getAttribute(name);
        for (const l of el.labels ?? []) if (name === 'id' && l.htmlFor === mine) l.htmlFor = mine + '-own';
        for (const l of thief.labels ?? []) if (name === 'id' && l.htmlFor === theirs) l.htmlFor = mine;
        el.setAttribute(name, mine + '-own');
        thief.setAttribute(name, mine);
      }
      return el;
    },

    // -- the name changes
    text_edited: (el) => renamed(el, pick(SMALL)),
    text_rewritten: (el) => renamed(el, () => pick(SELF.test(el.tagName) || el.getAttribute('role') ? WHOLE.press : WHOLE.other)),
    copy_rewritten: (el) => {
      for (const e of all('h1,h2,h3,legend,p')) if (texts(e)[0] && next() < 0.7) texts(e)[0].data = word() + ' ' + word();
      for (const e of controls(el)) if (next() < 0.7 && !sharesWording(e, el)) renamed(e, () => word() + ' ' + word());
      return renamed(el, () => word() + ' ' + word());
    },
    text_edited_and_id: (el) => { if (el.id) { for (const l of el.labels ?? []) if (l.htmlFor) l.htmlFor = 'n-' + el.id; el.id = 'n-' + el.id; } return renamed(el, pick(SMALL)); },
    role_and_text: (el) => { const now = changes.role_changed(el); return now && renamed(now, pick(SMALL)); },
    language_switched: (el) => {
      const said = (t) => { const bare = t.replace(/[:：]\s*$/, ''); return words[t] ?? words[t + ':'] ?? words[bare] ?? null; };
      const before = wording(el)?.get();
      document.documentElement.lang = document.documentElement.lang === 'ja' ? 'en' : 'ja';
      if (!before || said(before) === null) return null;
      for (const n of texts(document.body)) { const now = said(squeeze(n.data)); if (now !== null) n.data = now; }
      for (const e of all('*')) {
        for (const name of ATTRIBUTES) if (e.hasAttribute(name)) { const now = said(squeeze(e.getAttribute(name))); if (now !== null) e.setAttribute(name, now); }
        if (e.tagName === 'INPUT' && /^(submit|button|reset)$/.test(e.type)) { const now = said(squeeze(e.value)); if (now !== null) { e.setAttribute('value', now); e.value = now; } }
      }
      return el;
    },

    // -- the target goes
    removed: (el) => { removed(el); return el; },
    replaced_by_near_namesake: (el) => {
      const name = wording(el)?.get();
      if (!name) return null;
      const copy = plainCopy(el, name.replace(/[:\s»]+$/, '') + pick(NEAR)), keepId = next() < 0.5 && el.id, id = el.id;
      putFor(el, copy);
      if (keepId) (copy.matches(CONTROL) ? copy : copy.querySelector(CONTROL)).id = id;
      return el;
    },
    replaced_by_another: (el) => {
      const copy = plainCopy(el, pick(OTHERS)), id = el.id, name = el.getAttribute('name');
      putFor(el, copy);
      const now = copy.matches(CONTROL) ? copy : copy.querySelector(CONTROL);
      if (id) now.id = id;
      if (name) now.setAttribute('name', name);
      return el;
    },
    namesake_left_elsewhere: (el) => {
      const name = wording(el)?.get(), place = pick(elsewhere(el));
      if (!name || !place) return null;
      place.append(plainCopy(el, name, true));
      removed(el);
      return el;
    },
    namesake_left_in_dialog: (el) => { if (!changes.dialog_over(el)) return null; removed(el); return el; },
    hidden: (el) => { for (const node of block(el)) node.style.display = 'none'; el.style.display = 'none'; return el; },
    section_removed: (el) => {
      const part = el.closest('section,fieldset,article,.card,.blk,.fui-sec,tr,[role=region],[role=group],aside,nav,footer');
      if (!part) return null;
      part.remove();
      return el;
    },
    removed_and_hijacked: (el) => { const now = changes.id_hijacked(el); if (!now) return null; removed(now); return now; },
    removed_in_another_language: (el) => { const now = changes.language_switched(el); if (!now) return null; removed(now); return now; },
    another_page: (el) => el,
  };
  // What tells whose row it is comes along: without it nobody could know.
  const rowTexts = (e) => {
    const row = e.closest('tr,.li,li');
    return row && row.querySelectorAll(CONTROL).length < 9 ? texts(row).filter((n) => !n.parentElement.closest(CONTROL + ',label')).map((n) => squeeze(n.data)) : [];
  };
  const sharesWording = (e, el) => (e.labels?.[0] && e.labels[0].contains(el)) || e.closest('label') === el.closest('label') && el.closest('label') || e.contains(el);
  const putFor = (el, copy) => {
    const at = el.labels?.[0] && !el.labels[0].contains(el) ? el.labels[0] : null;
    if (at) at.remove();
    if (el.closest('label') && !SELF.test(el.tagName)) el.closest('label').replaceWith(copy); else el.replaceWith(copy);
  };

  const reset = (html) => {
    document.body.innerHTML = html ?? master;
    document.documentElement.lang = lang;
    marks = new WeakMap();
    [...document.body.querySelectorAll('*')].forEach((e, n) => marks.set(e, n));
  };
  document[Symbol.for('mutants')] = {
    load: (html) => {
      const parsed = new DOMParser().parseFromString(html, 'text/html');
      lang = parsed.documentElement.lang;
      document.body.innerHTML = parsed.body.innerHTML;
      const script = document.body.querySelector('script[type="application/json"]');
      words = JSON.parse(script.textContent);
      script.remove();
      for (const node of texts(document.body)) node.data = node.data.replace(/\n+/g, ' ');
      master = document.body.innerHTML;
      reset();
      return {words, html: master};
    },
    reset,
    // The page as it is after the changes in this order; false where one of them does not apply.
    mutate: (mark, names, seed, other) => {
      reset();
      next = seeded(seed);
      let el = [...document.body.querySelectorAll('*')].find((e) => marks.get(e) === mark);
      for (const name of names) {
        if (name === 'another_page') { reset(other); marks = new WeakMap(); continue; }
        const now = changes[name](el);
        if (!now) return false;
        el = now;
      }
      return true;
    },
    mark: (e) => marks.get(e) ?? -1,
    // Whether the element that was meant is still there for a person to use.
    isThere: (mark) => {
      const roots = [document.body];
      for (const root of roots) for (const e of root.querySelectorAll('*')) {
        if (e.shadowRoot) roots.push(e.shadowRoot);
        if (marks.get(e) === mark) return e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().height > 0;
      }
      return false;
    },
  };
})()
