/** How a report looks: light and dark, and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1d22; --muted: #5a6070; --line: #d5d8df; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e9ec; --muted: #a0a6b4; --line: #3a3f4b; --paper: #17191e; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.2rem; }
h3 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p, dl, ul { max-width: 48rem; }
.muted, figcaption, dd { color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; }
td small { display: block; color: var(--muted); }
dt { font-weight: 600; }
dd { margin: 0 0 0.6rem; }
pre { padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.4rem; overflow-x: auto; font-size: 0.8rem; white-space: pre-wrap; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.75rem; }
figure { margin: 0; break-inside: avoid; }
figure img { display: block; width: 100%; border-radius: 0.3rem; }
figcaption { padding-top: 0.25rem; font-size: 0.8rem; overflow-wrap: anywhere; }
section { break-inside: avoid-page; }
@media print {
  :root { --ink: #000; --muted: #444; --line: #bbb; --paper: #fff; color-scheme: light; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 0.75rem; }
  th, td { padding: 0.2rem 0.4rem; }
}
`;
