/** The look of the pages that must work before the renderer may be loaded: its colours and scale, and no more. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(#fafafa, #111113);
  --surface: light-dark(#ffffff, #18181b);
  --line: light-dark(#e4e4e7, #2b2b31);
  --line-strong: light-dark(#85858f, #70707b);
  --ink: light-dark(#18181b, #ededf0);
  --ink-soft: light-dark(#52525b, #b0b0ba);
  --accent: light-dark(#4f46e5, #818cf8);
  --accent-ink: light-dark(#ffffff, #111113);
  --failed: light-dark(#c2211b, #f98080);
  --failed-soft: light-dark(#fef2f2, #361a1c);
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh;
  display: grid;
  place-items: center;
  padding: 24px;
  background: var(--canvas);
  color: var(--ink);
  font: 13px/1.5 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif;
}
main {
  width: 100%;
  max-width: 400px;
  padding: 32px;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 6px;
}
.brand { display: flex; align-items: center; gap: 8px; color: var(--ink-soft); font-weight: 500; }
.mark { width: 12px; height: 12px; border-radius: 3px; background: var(--accent); }
h1 { margin: 24px 0 4px; font-size: 18px; line-height: 1.3; font-weight: 600; }
p { color: var(--ink-soft); }
form { margin-top: 20px; }
label { display: block; margin-bottom: 4px; font-weight: 500; }
input, button { width: 100%; height: 36px; padding: 0 12px; border-radius: 6px; font: inherit; }
input { border: 1px solid var(--line-strong); background: var(--canvas); color: var(--ink); }
input[aria-invalid='true'] { border-color: var(--failed); }
button {
  margin-top: 16px;
  border: 1px solid transparent;
  background: var(--accent);
  color: var(--accent-ink);
  font-weight: 600;
  cursor: pointer;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.notice { margin-top: 16px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; }
.notice[role='alert'] { border-color: transparent; background: var(--failed-soft); color: var(--failed); }
.hint { margin-top: 8px; }
a { color: var(--accent); }
code { font: 12px ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; color: var(--ink); }
`
