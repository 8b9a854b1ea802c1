// The strip that says which step this is, and a frame around what the person should click. Built from DOM calls in a
// closed shadow root: no innerHTML (Trusted Types), no style elements (a strict CSP), and it takes no clicks.
([words, element]) => {
  const KEY = Symbol.for('autoconfigure.banner');
  const old = document[KEY];
  if (old) { old.host.remove(); cancelAnimationFrame(old.frame); }
  if (!words) { delete document[KEY]; return; }
  const host = document.createElement('autoconfigure-banner');
  const root = host.attachShadow({mode: 'closed'});
  const make = (parent, style, text) => {
    const node = document.createElement('div');
    Object.assign(node.style, style);
    if (text) node.textContent = text;
    return parent.appendChild(node);
  };
  Object.assign(host.style, {position: 'fixed', inset: '0', zIndex: '2147483647', pointerEvents: 'none'});
  const colour = words.yours ? '#b45309' : '#1e3a5f';
  const strip = make(root, {
    position: 'fixed', left: '50%', bottom: '28px', transform: 'translateX(-50%)', maxWidth: 'min(46rem, 92vw)',
    boxSizing: 'border-box', padding: '12px 20px', borderRadius: '12px', background: colour, color: '#fff',
    font: '15px/1.5 system-ui, "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", sans-serif',
    boxShadow: '0 4px 24px rgba(0,0,0,.35)',
  });
  strip.setAttribute('role', 'status');
  if (words.step) make(strip, {fontSize: '12px', opacity: '.85', letterSpacing: '.02em'}, words.step);
  make(strip, {fontWeight: '600'}, words.title);
  if (words.detail) make(strip, {fontSize: '14px', marginTop: '2px', whiteSpace: 'pre-line'}, words.detail);
  const state = {host, frame: 0};
  if (element) {
    const ring = make(root, {
      position: 'fixed', border: '3px solid #f59e0b', borderRadius: '8px', boxSizing: 'border-box',
      boxShadow: '0 0 0 4px rgba(245,158,11,.35)',
    });
    element.scrollIntoView({block: 'center', behavior: 'instant'});
    const follow = () => {
      const box = element.getBoundingClientRect();
      Object.assign(ring.style, {
        display: element.isConnected && box.width ? 'block' : 'none', left: `${box.left - 6}px`, top: `${box.top - 6}px`,
        width: `${box.width + 12}px`, height: `${box.height + 12}px`,
      });
      state.frame = requestAnimationFrame(follow);
    };
    follow();
  }
  document.documentElement.append(host);
  document[KEY] = state;
}
