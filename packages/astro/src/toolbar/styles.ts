// On top of what Astro's toolbar elements bring with them: its colours, its sizes.
export const STYLES = `
:host { color-scheme: dark; }
astro-dev-toolbar-window { gap: 12px; font-size: 14px; padding: 20px 24px 0; }
* { box-sizing: border-box; }
header { display: flex; align-items: center; gap: 10px; }
header svg { width: 24px; height: 24px; flex: none; }
h1 { margin: 0; font-size: 18px; font-weight: 600; color: #fff; }
header nav { margin-inline-start: auto; display: flex; gap: 14px; font-size: 13px; }
a { color: rgba(189, 195, 255, 1); text-underline-offset: 3px; }
a:hover { color: #fff; }
:focus-visible {
  outline: 2px solid rgba(189, 195, 255, 1); outline-offset: 2px; border-radius: 4px;
}
[role=tablist] { display: flex; gap: 4px; border-bottom: 1px solid rgba(52, 56, 65, 1); }
[role=tab] {
  appearance: none; border: 0; border-bottom: 2px solid transparent; background: none;
  cursor: pointer;
  margin-bottom: -1px; padding: 8px 12px; font: inherit; color: rgba(191, 193, 201, 1);
  display: flex; align-items: center; gap: 6px;
}
[role=tab]:hover { color: #fff; }
[role=tab][aria-selected=true] { color: #fff; border-color: rgba(136, 58, 234, 1); }
.count {
  min-width: 18px; padding: 0 5px; border-radius: 9px; font-size: 11px; line-height: 18px;
  text-align: center; background: rgba(179, 62, 102, 1); color: #fff;
}
.count.warn { background: rgba(255, 236, 179, 1); color: #000; }
[role=tabpanel] {
  display: flex; flex-direction: column; gap: 16px; flex: 1 1 auto; min-height: 0; overflow-y: auto;
  margin: 0 -24px; padding: 4px 24px 24px;
}
[role=tabpanel] > * { flex: none; }
[role=tabpanel][hidden] { display: none; }
p { margin: 0; line-height: 1.5; }
.note { font-size: 13px; }
.note:empty { display: none; }
.note.bad { color: rgba(249, 196, 215, 1); }
.person { display: flex; align-items: center; gap: 12px; }
.avatar {
  flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center;
  background: rgba(113, 24, 226, 1); color: #fff; font-weight: 600;
}
.person div { min-width: 0; overflow-wrap: anywhere; }
.person strong { display: block; color: #fff; font-weight: 600; }
.timer { display: flex; align-items: baseline; gap: 8px; margin-top: 14px; }
.timer output { color: #fff; font-variant-numeric: tabular-nums; font-weight: 600; }
progress {
  appearance: none; display: block; width: 100%; height: 4px; margin: 6px 0 14px; border: 0;
  border-radius: 2px; overflow: hidden; background: rgba(52, 56, 65, 1);
}
progress::-webkit-progress-bar { background: rgba(52, 56, 65, 1); }
progress::-webkit-progress-value { background: rgba(136, 58, 234, 1); }
progress::-moz-progress-bar { background: rgba(136, 58, 234, 1); }
progress.low::-webkit-progress-value { background: rgba(255, 191, 0, 1); }
progress.low::-moz-progress-bar { background: rgba(255, 191, 0, 1); }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
section .row + .row, p + .row { margin-top: 8px; }
summary astro-dev-toolbar-badge {
  display: inline-block; margin-inline-start: 8px; vertical-align: middle;
}
h2 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: #fff; }
dl {
  margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px;
  font-size: 13px;
}
dd { margin: 0; color: #fff; overflow-wrap: anywhere; }
code, pre {
  font-family: ui-monospace, SFMono-Regular, Menlo, Monaco, Consolas, monospace; font-size: 12px;
}
pre {
  margin: 8px 0 0; padding: 12px; max-height: 220px; overflow: auto; border-radius: 8px;
  border: 1px solid rgba(52, 56, 65, 1); background: rgba(27, 30, 36, 1); color: #fff;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
summary { cursor: pointer; color: #fff; font-size: 13px; padding: 2px 0; }
select, input {
  font: inherit; font-size: 13px; padding: 4px 8px; min-width: 0; border-radius: 4px; color: #fff;
  border: 1px solid rgba(71, 78, 94, 1); background: rgba(27, 30, 36, 1);
}
input { flex: 1 1 160px; }
ul { list-style: none; margin: 0; padding: 0; }
.checks li { display: flex; gap: 10px; padding: 10px 0; border-top: 1px solid rgba(35, 38, 45, 1); }
.checks li:first-child { border: 0; }
.mark {
  flex: none; width: 18px; height: 18px; margin-top: 1px; border-radius: 50%; font-size: 11px;
  line-height: 18px; text-align: center; font-weight: 700; color: #fff;
  background: rgba(52, 56, 65, 1);
}
.mark.ok { background: rgba(213, 249, 196, 1); color: #1f4d0d; }
.mark.warn { background: rgba(255, 236, 179, 1); color: #5c4300; }
.mark.error { background: rgba(179, 62, 102, 1); }
.checks strong { color: #fff; font-weight: 500; overflow-wrap: anywhere; }
.checks .ok strong, .checks .skipped strong { color: inherit; font-weight: 400; }
.checks div { min-width: 0; flex: 1; }
.checks p { font-size: 13px; }
.place { display: inline-block; margin-top: 2px; color: rgba(189, 195, 255, 1); }
.checks p code { color: #fff; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: start; font-weight: 500; padding: 4px 8px 4px 0; }
td { padding: 5px 8px 5px 0; border-top: 1px solid rgba(35, 38, 45, 1); vertical-align: top; }
td:first-child, td:nth-child(2) { width: 1%; padding-inline-end: 24px; white-space: nowrap; }
td:first-child { font-variant-numeric: tabular-nums; }
td:nth-child(2) { color: #fff; }
td:last-child { overflow-wrap: anywhere; }
`;
