/**
 * The report's own style: it must look right in any browser, in a mail and on paper, so it brings everything
 * with it. The picture first; one column of facts; no boxes inside boxes. Contrast is at least 4.5 : 1 in both schemes.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #26282b; --quiet: #5d6268; --line: #e3e5e8; --bar: #c96f00; --link: #0a5fb4;
  --good: #1d6b34; --caution: #8a5200; --bad: #b3261e; --code: #f4f5f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #1b1c1e; --text: #dcdee1; --quiet: #a0a5ab; --line: #34373b; --bar: #ff9614; --link: #6cb2ff;
    --good: #6fcf8a; --caution: #f0b35a; --bad: #ff8a80; --code: #25272a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1240px; padding: 24px 24px 48px; background: var(--ground); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Ubuntu, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums;
}
header { padding-bottom: 16px; }
header p { margin: 0; color: var(--quiet); overflow-wrap: anywhere; }
header b { color: var(--text); font-weight: 600; }
h1 { margin: 2px 0 0; font-size: 26px; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em; }
h1 span { color: var(--quiet); font-weight: 400; }
h2 { margin: 0 0 8px; font-size: 12px; font-weight: 600; color: var(--quiet); }
.page { display: grid; grid-template-columns: minmax(0, 1fr) 300px; gap: 32px; align-items: start; }
.maps { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 20px; align-items: start; }
.maps > :first-child { grid-column: span 2; grid-row: span 2; }
.maps.alone, .maps.two { grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); }
.maps.alone > :first-child, .maps.two > :first-child { grid-column: auto; grid-row: auto; }
figure { margin: 0; min-width: 0; }
figure img { display: block; width: 100%; height: auto; border-radius: 4px; }
figcaption { padding-top: 8px; }
figcaption p { margin: 2px 0 0; }
.drawn { margin: 2px 0 0; color: var(--quiet); font-size: 12px; }
.name { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.name strong { font-size: 15px; font-weight: 600; }
.check { white-space: nowrap; }
.pass { color: var(--good); } .warn { color: var(--caution); } .fail { color: var(--bad); } .info { color: var(--quiet); }
.scale { display: flex; align-items: center; gap: 8px; margin: 8px 0 0; color: var(--quiet); font-size: 12px; }
.scale.shared { max-width: 420px; margin-top: 20px; }
.scale i { flex: 1; height: 6px; border-radius: 3px; }
.scale .where { background: linear-gradient(90deg, #4a4a4a, #ff9614); }
.scale .signed { background: linear-gradient(90deg, #3c8cff, #4a4a4a, #ff9614); }
aside section { margin: 0 0 28px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0 0 8px; font-size: 12px; font-weight: 600; color: var(--quiet); }
th { text-align: left; font-weight: 400; vertical-align: top; }
td { vertical-align: top; }
.classes td, .classes th { padding: 3px 0; }
.classes td:last-child { text-align: right; white-space: nowrap; color: var(--quiet); }
.classes tr:first-of-type th { font-weight: 600; }
.classes .share { width: 84px; padding: 0 10px; }
.classes .share i { display: block; margin-top: 10px; height: 5px; border-radius: 3px; background: var(--bar); min-width: 2px; }
.facts th { width: 84px; padding: 2px 12px 2px 0; color: var(--quiet); }
.facts td { padding: 2px 0; overflow-wrap: anywhere; }
.beliefs th { padding: 2px 12px 2px 0; }
.beliefs td { padding: 2px 0; }
.warning { margin: 0 0 20px; padding-left: 12px; border-left: 3px solid var(--caution); }
.warning b { color: var(--caution); }
.below { margin-top: 36px; padding-top: 24px; border-top: 1px solid var(--line); }
.below h2 { font-size: 15px; color: var(--text); margin: 0 0 12px; }
.below section { margin-bottom: 32px; }
.maps.alone > figure { max-width: 680px; }
.strip figure { max-width: 360px; }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 20px; }
.checks th, .checks td { padding: 5px 20px 5px 0; border-bottom: 1px solid var(--line); }
.checks thead th { color: var(--quiet); font-size: 12px; }
.checks td:last-child { min-width: 260px; padding-right: 0; }
details { border-bottom: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; padding: 2px 0; }
details table { margin: 8px 0; }
pre, code { font: 12px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 8px 0; padding: 10px 12px; background: var(--code); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); }
footer { color: var(--quiet); }
@media (max-width: 980px) { .page { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 620px) {
  body { padding: 16px 16px 32px; }
  .maps { grid-template-columns: minmax(0, 1fr); }
  .maps > :first-child { grid-column: auto; grid-row: auto; }
  h1 { font-size: 22px; }
  .checks th, .checks td, .checks td:last-child { min-width: 0; padding-right: 10px; overflow-wrap: anywhere; }
  .check { white-space: normal; }
}
@media print { .page { grid-template-columns: minmax(0, 1fr); } figure, tr { break-inside: avoid; } }
`;
