// Sees what a person does on a page and tells it: run in a world of its own, which the page cannot see or call. Only what
// a person really did (trusted events) counts. What is typed into a secret field never leaves this world: it is read only to
// leave it out where the page repeats it.
(collect, banner, wanted) => {
  if (globalThis.autoconfigureRecorder) return;
  const TELL = globalThis[wanted.tell];
  const FAR = 12; // pixels: a hand is not steadier in a click
  const QUIET_MS = 120; // the page has come to rest
  const EFFECT_MS = 150; // what a key brings about shows within this
  const CHEAP_MS = 2; // a page that was read this quickly is read again in the middle of an event
  const SMALL = 300; // elements: a page that has not been read yet and surely is quick to read
  const LONGEST = 2000;
  const FIELD = 'input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]):not([type=reset])' +
    ':not([type=image]):not([type=file]):not([type=hidden]),textarea,[contenteditable=true],[contenteditable=""],[contenteditable=plaintext-only]';
  // The last times in milliseconds: of events that told something, and of readings of the whole page.
  const times = globalThis.autoconfigureRecorder = {events: [], readings: []};
  const note = (list, started) => { if (list.push(performance.now() - started) > 100) list.shift(); };

  // What secret fields held, in all the ways a page may write it, the longest first. A word that the page said before is left.
  const HIDDEN = '[hidden]', SHORT = 4;
  let hushed = [];
  const hush = (el) => {
    const text = el.isContentEditable ? el.innerText : el.value;
    if (!text || text.trim().length < SHORT || known.includes(JSON.stringify(text).slice(1, -1))) return;
    const ways = [text, text.replace(/\s+/g, ' ').trim(), encodeURIComponent(text)].flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]);
    hushed = [...new Set([...hushed, ...ways])].sort((a, b) => b.length - a.length);
  };
  const withoutHushed = (key, text) => typeof text !== 'string' || key === 'value' ? text // what was typed into other fields
    : hushed.reduce((left, one) => left.includes(one) ? left.replaceAll(one, HIDDEN) : left, text);
  const written = (data) => JSON.stringify(data, hushed.length ? withoutHushed : null);

  let telling = false;
  const tell = (kind, head, body = '') => { telling = true; TELL(written({kind, ...head}) + '\n' + body); };
  // Which frame this is: the place among its siblings is known across sites too, the rest only within one.
  // Of an address only its way: a query can hold what was typed.
  const wayTo = ({protocol, origin, pathname, hash}) => /^http/.test(protocol)
    ? origin + pathname + (/^#[!\w./-]+$/.test(hash) ? hash : '') : protocol + pathname;
  const reach = (read) => { try { return read(); } catch { return undefined; } };
  const wayHere = () => {
    const way = [];
    for (let at = window; at !== at.parent; at = at.parent) {
      let index = 0;
      while (index < at.parent.length && at.parent[index] !== at) index++;
      way.unshift({index, name: reach(() => at.name), title: reach(() => at.frameElement.title), url: reach(() => wayTo(at.location))});
    }
    return way;
  };
  const isTop = window === window.parent;

  // -- the page, read whenever it has come to rest, so that it is known when something is done to it -------------------

  let number = 0, places = new WeakMap(), since = new Map(), known = '', isFresh = false, took = 0, timer = 0, observer = null, watched = null;
  const isQuick = () => number ? took < CHEAP_MS : document.getElementsByTagName('*').length < SMALL;
  const read = () => {
    timer = 0;
    if (!document.body || typing) return; // what a page echoes of a text half typed is nobody's business
    const started = performance.now();
    const look = collect({rows: true, ids: true, news: true, noValues: true});
    observe(look.roots);
    isFresh = true;
    look.elements.forEach((el, index) => {
      notice(el, look.items[index]);
      if (isKnownSecret(el, look.items[index])) hush(el);
    });
    since = new Map(look.elements.map((el) => [el, since.get(el) ?? started])); // when each began to show
    const text = written({items: look.items, news: look.news, around: ''});
    const head = {url: wayTo(location), lang: document.documentElement.lang, frame: wayHere()};
    const whole = written(head.url) + text;
    if (whole !== known) {
      known = whole;
      number++;
      places = new WeakMap(look.elements.map((el, index) => [el, index]));
      tell('model', {...head, number}, text);
    } else {
      look.elements.forEach((el, index) => places.set(el, index)); // drawn anew, but the same to read
    }
    took = performance.now() - started;
    note(times.readings, started);
  };
  const soon = () => {
    isFresh = false;
    timer ||= setTimeout(() => requestIdleCallback(read, {timeout: 1000}), Math.max(QUIET_MS, took * 4));
  };
  let changes = 0;
  const observe = (roots) => {
    if (watched !== document) { // a window that a page opened keeps its listeners when its document is exchanged
      watched = document;
      observer?.disconnect();
      observer = new MutationObserver((records) => { if (records.some((one) => !isOurs(one))) { changes++; soon(); } });
    }
    for (const root of roots) observer.observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
  };
  const isOurs = (record) => record.target === document.documentElement && record.type === 'childList' &&
    [...record.addedNodes, ...record.removedNodes].every((node) => node.localName === 'autoconfigure-banner');

  // -- what is told of an element -----------------------------------------------------------------------------------

  const folded = (text) => text.normalize('NFKC').replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[\s_.-]+/g, ' ').trim().toLowerCase();
  const CODE = new RegExp(wanted.code), NO_CODE = new RegExp(wanted.noCode), SECRET = new RegExp(wanted.secret);
  const AUTOCOMPLETE = new RegExp(wanted.autocomplete);
  const secrets = new WeakMap(); // a password that is made visible stays one,
  const passwords = new Set(); // and so does the field that a page draws in its place
  const callings = (el, item) => [...item.names.map((one) => one.text), el.name && 'name=' + el.name, el.id && 'id=' + el.id].filter(Boolean);
  const notice = (el, item) => {
    if (el.type !== 'password') return;
    secrets.set(el, 'password');
    if (item) callings(el, item).forEach((one) => passwords.add(one));
  };
  const isKnownSecret = (el, item) => {
    const isDrawnAnew = passwords.size && el.matches(FIELD) && callings(el, item).some((one) => passwords.has(one));
    if (isDrawnAnew) secrets.set(el, 'password');
    return secrets.has(el);
  };
  const secretOf = (el, item) => {
    notice(el, item);
    if (isKnownSecret(el, item)) return secrets.get(el);
    const said = item.names.map((one) => one.text);
    const own = ['name', 'id', 'placeholder', 'aria-label', 'title', 'data-testid'].map((name) => el.getAttribute(name) || '');
    const words = [...said, ...own, ...(said.length ? [] : item.sections.slice(0, 3))].map(folded);
    const complete = (el.getAttribute('autocomplete') || '').toLowerCase();
    const isCode = /one-time-code/.test(complete) || el.maxLength === 1 || words.some((one) => CODE.test(one) && !NO_CODE.test(one));
    const isSecret = AUTOCOMPLETE.test(complete) || getComputedStyle(el).webkitTextSecurity !== 'none' || words.some((one) => SECRET.test(one));
    const kind = isSecret && !/one-time-code/.test(complete) ? 'password' : isCode ? 'code' : '';
    if (kind) secrets.set(el, kind);
    return kind;
  };
  // The thing that was meant on the way from where the event happened outwards, with the page as it was known then.
  const meant = (event) => {
    const way = event.composedPath().filter((node) => node.nodeType === Node.ELEMENT_NODE);
    const {elements: [el], items: [item], around} = collect({way, rows: true, ids: true, noValues: true});
    return el ? {el, item, around, number, index: places.get(el) ?? null} : null;
  };
  const here = () => ({frame: wayHere(), url: wayTo(location)});
  // What was done something to already, and where that stands now: where nothing else tells elements apart, this does.
  const done = new Map();
  const about = ({el, item, around, number, index}) => {
    const touched = [...done].map(([one, key]) => [key, places.get(one) ?? -1]).filter(([, place]) => place >= 0);
    if (!done.has(el)) done.set(el, `${performance.timeOrigin} ${done.size}`);
    return {item, around, number, index, key: done.get(el), touched, ...here()};
  };

  // -- what is done -----------------------------------------------------------------------------------------------------

  // A key or a click that may have done nothing is held until it shows whether it did.
  let held = null, clicked = null; // the plain thing whose click was told last
  const settle = (did) => {
    if (!held) return;
    const {act, acted, timer, el} = held;
    held = null;
    clearTimeout(timer);
    if (!did && !acted()) return;
    clicked = el;
    left = null;
    tell('act', act);
  };
  const hold = (act, acted, el = null) => {
    settle();
    held = {act, acted, el, timer: setTimeout(settle, EFFECT_MS)};
  };
  const act = (doing, thing, more = {}) => {
    settle();
    trail = [];
    clicked = left = null;
    tell('act', {do: doing, ...about(thing), ...more});
    soon();
  };

  // A menu that shows only while the pointer is on something: coming to it is a step before the click in the menu. Known
  // by a thing that began to show after the pointer came to another one beside it.
  let trail = [];
  const pointAt = (thing) => {
    const came = [...trail].reverse().find(({way, time}) => {
      const [node] = way;
      return !thing.el.contains(node) && !(since.get(thing.el) < time) && node.isConnected;
    });
    if (!came) return;
    const {elements: [el], items: [item], around} = collect({way: came.way, rows: true, ids: true, noValues: true});
    if (!el || el.contains(thing.el) || !(since.get(el) < came.time)) return;
    if (!el.parentElement?.contains(thing.el) && !el.hasAttribute('aria-haspopup')) return;
    act('hover', {el, item, around, number, index: places.get(el) ?? null});
  };

  // What is dragged, and how the pointer was when it began.
  let press = null, dragged = null, swallow = false;
  const grabbed = (event) => {
    const thing = meant(event);
    return thing || {el: event.composedPath()[0], item: plainItem(event.composedPath()[0]), around: '', number, index: null};
  };
  const letGo = (event) => {
    const {thing, x, y, before} = press;
    press = null;
    if (Math.hypot(event.clientX - x, event.clientY - y) < FAR || changes === before || !getSelection().isCollapsed) return;
    if (thing.el.matches(FIELD) || (thing.index !== null && event.composedPath().includes(thing.el))) return; // a click
    leave();
    act('human', thing, {human: 'drag'});
    swallow = true;
  };

  let typing = null, left = null; // the field that was typed into last, where nothing else was done since
  const told = new WeakSet(); // fields left since something was typed: when they say so themselves, it is known already
  const leave = () => {
    if (!typing) return;
    const {thing, secret, on} = typing;
    typing = null;
    told.add(thing.el);
    if (secret) hush(thing.el);
    const text = secret ? null : (thing.el.isContentEditable ? thing.el.innerText : thing.el.value).slice(0, LONGEST);
    act('type', thing, {secret, on, value: text});
    left = thing;
  };

  times.leave = leave; // for the recorder's end, which may come while the person is still in a field

  const chosen = (event, el) => {
    leave();
    const thing = meant(event);
    if (!thing) return;
    if (el.type === 'file') return el.files.length && act('human', thing, {human: 'file', value: [...el.files].map((one) => one.name)});
    if (el.tagName !== 'SELECT') return act('switch', thing, {value: el.checked});
    const secret = secretOf(el, thing.item);
    act('choose', thing, {secret, value: secret ? null : el.selectedOptions[0]?.text.replace(/\s+/g, ' ').trim() ?? ''});
  };

  const handlers = {
    pointerover: (event) => { if (event.pointerType !== 'touch') trail = [...trail.slice(-9), {way: event.composedPath(), time: performance.now()}]; },
    pointerdown: (event) => {
      if (typing && !event.composedPath().includes(typing.thing.el)) leave();
      if ((!isFresh || trail.length) && isQuick()) read(); // what shows by style alone is no change that is noticed
      swallow = false;
      const [el] = event.composedPath();
      const isOnBar = el === document.documentElement || (el.clientWidth && event.offsetX > el.clientWidth) || (el.clientHeight && event.offsetY > el.clientHeight);
      press = event.button === 0 && !isOnBar ? {thing: grabbed(event), x: event.clientX, y: event.clientY, before: changes} : null;
    },
    pointerup: (event) => { if (press) letGo(event); },
    dragstart: (event) => { press = null; dragged = grabbed(event); },
    drop: (event) => {
      const files = [...event.dataTransfer.files].map((one) => one.name);
      const thing = files.length ? grabbed(event) : dragged;
      dragged = null;
      if (thing) act('human', thing, files.length ? {human: 'file', value: files} : {human: 'drag'});
    },
    keydown: (event) => {
      if (!isFresh && isQuick()) read();
      if (!/^(Enter|Escape|Tab)$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (event.isComposing || event.keyCode === 229) return; // it ends the composing of a word, no line
      const thing = meant(event);
      const isField = Boolean(thing?.el.matches(FIELD));
      const isText = isField && (thing.el.tagName === 'TEXTAREA' || thing.el.isContentEditable);
      if (event.key === 'Enter' && thing && !isField) return; // a button or link: the click that follows tells it
      if (event.key === 'Enter' && isField) leave();
      const before = changes;
      const isOn = thing && (isField || event.key !== 'Escape'); // Escape is for the page, whatever has the focus
      const key = (event.shiftKey ? 'Shift+' : '') + event.key;
      hold({do: 'press', value: key, ...(isOn ? about(thing) : here())}, () => event.defaultPrevented || (changes > before && !isText));
    },
    click: (event) => {
      if (event.button !== 0 || event.detail > 1 || swallow) return;
      if (held?.act.value === 'Enter' && event.detail === 0) return settle(true); // it pressed the form's button
      const thing = meant(event);
      const label = event.composedPath().find((node) => node.localName === 'label');
      if (thing?.el.matches('select,option,input[type=checkbox],input[type=radio],input[type=file],' + FIELD)) return; // told when it changes
      if (!thing && label?.control) return; // what it labels is clicked next
      leave();
      if (!thing) return holdPlain(event);
      pointAt(thing);
      if (thing.el.matches('a[href]') && (event.ctrlKey || event.metaKey || event.shiftKey)) return act('click', thing, {value: 'middle'});
      const isSwitch = /^(switch|checkbox|radio|menuitemcheckbox|menuitemradio)$/.test(thing.item.role);
      act(isSwitch ? 'switch' : 'click', thing, isSwitch ? {value: /radio/.test(thing.item.role) || !thing.item.checked} : {});
    },
    auxclick: (event) => { // the middle button opens a link in a tab of its own
      const thing = event.button === 1 && meant(event);
      if (thing && thing.el.matches('a[href]')) act('click', thing, {value: 'middle'});
    },
    dblclick: (event) => {
      const thing = meant(event);
      if (!thing) return holdDouble(event);
      if (!thing.el.matches(FIELD)) act('click', thing, {value: 'double', again: true});
    },
    contextmenu: (event) => { // a page that has a menu of its own keeps the browser's away
      const thing = meant(event), [el] = event.composedPath();
      if (thing || el.nodeType === Node.ELEMENT_NODE) hold({do: 'click', value: 'right', ...(thing ? about(thing) : aboutPlain(el))}, () => event.defaultPrevented);
    },
    input: (event) => { // unlike a change, it is told out of a shadow root too
      const el = event.composedPath()[0];
      if (el.matches?.('select,input[type=checkbox],input[type=radio],input[type=file]')) return chosen(event, el);
      if (typing?.thing.el === el || !el.matches?.(FIELD)) return;
      leave();
      const thing = meant(event), before = left;
      const on = Boolean(before && thing && !before.el.isConnected && callings(before.el, before.item).join() === callings(el, thing.item).join());
      if (thing?.el === el) typing = {thing, on, secret: secretOf(el, thing.item)}; // on: the page has drawn the field anew
      told.delete(el);
    },
    change: (event) => {
      const el = event.composedPath()[0];
      if (typing?.thing.el === el) return leave();
      if (el.matches?.(FIELD) && !told.has(el)) { handlers.input(event); leave(); } // filled in by the browser
    },
    focusin: (event) => { if (event.composedPath()[0].type === 'password') notice(event.composedPath()[0], meant(event)?.item); },
    submit: () => { if (held?.act.value === 'Enter') settle(true); },
    focusout: () => leave(),
    pagehide: () => { leave(); settle(true); },
    pageshow: (event) => { if (event.persisted) { known = ''; soon(); } },
  };
  // What somebody would read there. A row is known by its first text: that is what a replay looks for.
  const plainItem = (row) => {
    const texts = (node) => [...node.childNodes].flatMap((n) => n.nodeType === Node.TEXT_NODE ? (n.data.trim() ? [n] : []) : texts(n));
    const isShort = row.textContent?.length <= 400;
    const el = isShort && !/^(SELECT|TEXTAREA)$/.test(row.tagName) && texts(row)[0]?.parentElement || row;
    const text = (el.textContent || '').replace(/\s+/g, ' ').trim();
    return {role: 'generic', names: text && text.length <= 80 ? [{from: 'content', text}] : [], sections: [], enabled: true, checked: null,
      value: null, options: null, html: null, row: null, ids: el.id ? {id: el.id} : {}, part: '', personal: false, within: ''};
  };
  // A click on something that is neither button nor link nor field: told only if anything came of it.
  const aboutPlain = (el) => ({item: plainItem(el), around: '', number, index: null, ...here()});
  const isPlain = (el) => el.nodeType === Node.ELEMENT_NODE && el !== document.body && el !== document.documentElement;
  const holdPlain = (event) => {
    const [el] = event.composedPath();
    if (!isPlain(el) || !getSelection().isCollapsed) return; // text was marked
    const before = changes;
    hold({do: 'click', ...aboutPlain(el)}, () => event.defaultPrevented || changes > before, el);
  };
  // Its first click may have been told already, is held still, or did nothing.
  const holdDouble = (event) => {
    const [el] = event.composedPath();
    if (!isPlain(el)) return;
    const first = held?.el === el ? held : null, before = changes, again = clicked === el;
    if (first) { clearTimeout(first.timer); held = null; }
    hold({do: 'click', value: 'double', again, ...aboutPlain(el)}, () => first?.acted() || event.defaultPrevented || changes > before, el);
  };
  const timed = (handler) => (event) => {
    if (!event.isTrusted) return;
    const started = performance.now();
    telling = false;
    try { if (watched !== document) soon(); handler(event); } catch (error) { tell('trouble', {text: String(error)}); }
    if (telling || typing || held) note(times.events, started);
  };
  // On the window: it outlives the document of a window that a page has opened, and comes before the page's own listeners.
  for (const [type, handler] of Object.entries(handlers)) addEventListener(type, timed(handler), {capture: true, passive: true});

  const begin = () => {
    if (document.body) observe([document]);
    soon();
    if (isTop && document.documentElement) banner([wanted.words, null]);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin, {once: true, capture: true}); else begin();
}
