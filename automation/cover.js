// Covers what is private on a page for the moment of a picture, and keeps it covered while the page goes on drawing.
// Touches no element: text is covered by highlights, fields and images by one sheet, so that the page itself sees nothing.
([words, part, own]) => {
  const KEY = Symbol.for('autoconfigure.cover'), NAME = 'autoconfigure-private', GREY = '#9ca3af';
  document[KEY]?.end();
  // Somebody's own words, wherever they stand; what is shown of an unknown page is only what its maker calls things.
  const THEIRS = '[role=grid],[role=row],[role=listbox],[role=option],[role=listitem],[role=article],article,[role=feed],'
    + '[role=tree],output,code,pre,blockquote,[contenteditable]:not([contenteditable=false])' + (own ? ',' + own : '');
  const CALLED = 'h1,h2,h3,h4,h5,h6,[role=heading],button,[role=button],label,legend,th,[role=tab],[role=switch]';
  const MAIL = 'main,[role=main],nav,[role=navigation]';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    ::highlight(${NAME}) { color: transparent; -webkit-text-fill-color: transparent; background-color: ${GREY}; text-shadow: none }
    input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=reset]), textarea, select {
      color: transparent !important; -webkit-text-fill-color: transparent !important; background: ${GREY} !important;
      text-shadow: none !important; caret-color: transparent !important }
    ::placeholder { color: transparent !important }
    img, picture, canvas, video, iframe, frame, object, embed, svg text, svg image, autoconfigure-banner { opacity: 0 !important }
  `);

  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // A name in Latin letters is a whole word; Japanese is written without spaces.
  const bounded = escaped.map((word) => /^[\x20-\x7e]+$/.test(word) ? `(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])` : word);
  // Every address, with the name that stands before it: "Hanako <hanako@…>".
  const private_ = new RegExp(['[^<>\\n]*<[^<>\\s@]+@[^<>\\s]+>', '[^\\s<>()"\'@,;:]+@[^\\s<>()"\'@,;:]+', ...bounded].join('|'), 'giu');

  const roots = (root) => [root, ...[...root.querySelectorAll('*')].filter((e) => e.shadowRoot).flatMap((e) => roots(e.shadowRoot))];
  const within = (element, selector) => {
    for (let at = element; at; at = at.getRootNode().host) if (at.closest(selector)) return true;
    return false;
  };
  const shown = part && [...document.querySelectorAll(part)].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1).at(-1);
  const isHidden = (element) => within(element, THEIRS)
    || !(shown && (shown === element || shown.contains(element))) && (within(element, MAIL) || !within(element, CALLED));

  const ranges = () => roots(document).flatMap((root) => {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const add = (node, from, to) => { const range = new Range(); range.setStart(node, from); range.setEnd(node, to); found.push(range); };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || !node.parentElement || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.parentElement.tagName)) continue;
      if (isHidden(node.parentElement)) add(node, 0, node.length);
      else for (const match of node.data.matchAll(private_)) add(node, match.index, match.index + match[0].length);
    }
    return found;
  });
  const dressed = new Set();
  const cover = () => {
    for (const root of roots(document)) {
      if (dressed.has(root)) continue;
      dressed.add(root);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      // What the page draws meanwhile is covered before it is painted: observers run before the next frame.
      watcher.observe(root, {subtree: true, childList: true, characterData: true, attributeFilter: ['role', 'contenteditable']});
    }
    CSS.highlights.set(NAME, new Highlight(...ranges()));
  };
  const watcher = new MutationObserver(cover);
  // Takes the cover off; says whether it was still on.
  const end = () => {
    const held = [...dressed].every((root) => root.adoptedStyleSheets.includes(sheet)) && CSS.highlights.has(NAME);
    watcher.disconnect();
    CSS.highlights.delete(NAME);
    for (const root of dressed) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    delete document[KEY];
    return held;
  };
  document[KEY] = {end};
  cover();
  if (!shown) return null;
  // The page's own words for the thing stand near the address it is about.
  const spot = [...CSS.highlights.get(NAME)].find((range) => shown.contains(range.startContainer) && range.toString().includes(words[0]));
  const seen = spot?.getBoundingClientRect();
  if (seen && (seen.top < 0 || seen.bottom > innerHeight)) spot.startContainer.parentElement.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = shown.getBoundingClientRect();
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  return [left, top, Math.min(innerWidth, box.right) - left, Math.min(innerHeight, box.bottom) - top];
}
