/** The page's style: light and dark by the reader's setting, contrast at least 4.5 to 1, usable on paper and on a phone. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1d21; --quiet: #565d66; --line: #d9dde2; --accent: #0b5fb0;
  --share-0: #f6d5cf; --share-1: #f8e3cd; --share-2: #f3efd0; --share-3: #dfeccb; --share-4: #c7e6cf;
  --code-word: #8a2f8f; --code-text: #1d6b35; --code-number: #9a4a00; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e7eaee; --quiet: #a3abb5; --line: #363c44; --accent: #7cb7f2;
  --share-0: #5a2a24; --share-1: #5a3a1e; --share-2: #4d481d; --share-3: #33481f; --share-4: #1f4a30;
  --code-word: #d59bdc; --code-text: #8fd19e; --code-number: #f0b072; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
.lead { font-size: 1.15rem; margin: .8rem 0; }
.note, small, figcaption, .about { color: var(--quiet); }
small { font-size: .8rem; white-space: nowrap; } small.line { display: block; white-space: normal; font-weight: 400; }
.simulated { border-left: 4px solid var(--accent); padding: .4rem .8rem; margin: 1rem 0; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--accent); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
td { white-space: nowrap; }
th { font-weight: 600; } thead th { color: var(--quiet); }
th:first-child { text-align: left; }
tbody th { overflow-wrap: anywhere; min-width: 9rem; }
.heat th.group { color: var(--quiet); padding-top: 1rem; }
.heat td { text-align: center; }
${[0, 1, 2, 3, 4].map((step) => `td.share-${step} { background: var(--share-${step}); }`).join('\n')}
.missing { color: var(--quiet); }
figure { margin: 0; } figcaption { margin: .3rem 0; }
svg.chart { width: 100%; max-width: 720px; height: auto; } svg.bar { display: block; width: 100px; height: 10px; margin-left: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .tick, svg .axis { fill: var(--quiet); }
.grid, .track { stroke: var(--line); } .leader { stroke: var(--line); stroke-dasharray: 2 3; }
.interval { stroke: var(--accent); stroke-width: 2; } .bar circle { fill: var(--accent); }
.front { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 5 4; }
.point circle, .point path { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.on-front circle, .on-front path { fill: var(--accent); }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--accent); }
.strip { margin: .5rem 0 0; } rect.wire { fill: var(--accent); } rect.wait { fill: none; stroke: var(--quiet); }
line.answered { stroke: var(--accent); stroke-width: 2; } circle.refused { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.filters { display: flex; flex-wrap: wrap; gap: .6rem 1rem; margin: .6rem 0; } .filters label { display: grid; color: var(--quiet); font-size: .8rem; }
.filters select, .filters input, dialog button.close { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--quiet);
  border-radius: 4px; padding: .25rem .4rem; }
button.open { all: unset; cursor: pointer; text-decoration: underline dotted var(--quiet); } tr.live { cursor: pointer; }
button.open:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; } [hidden] { display: none !important; }
dialog { width: min(64rem, 94vw); max-height: 92vh; overflow: auto; padding: 1.2rem; background: var(--paper); color: var(--ink);
  border: 1px solid var(--quiet); border-radius: 6px; } dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog h2 { margin-top: 0; } dialog h3 { margin: 1.6rem 0 .2rem; display: flex; gap: .8rem; flex-wrap: wrap; }
button.close { float: right; cursor: pointer; }
pre { overflow: auto; max-height: 28rem; padding: .7rem; border: 1px solid var(--line); border-radius: 4px; font: 13px/1.45 ui-monospace, monospace; }
pre.prompt { white-space: pre-wrap; overflow-wrap: anywhere; }
pre.whole { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
.tok-keyword { color: var(--code-word); } .tok-string, .tok-string2 { color: var(--code-text); } .tok-number, .tok-bool, .tok-atom { color: var(--code-number); }
.tok-comment { color: var(--quiet); font-style: italic; } .tok-typeName, .tok-className, .tok-definition { color: var(--accent); }
.diff span { display: block; } .diff .added { background: var(--share-4); } .diff .removed { background: var(--share-0); }
.checks th, .checks td { text-align: left; } .checks td.detail { white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { font-weight: 600; } .verdict::before { content: "• "; } .verdict.passed::before { content: "✓ "; } .verdict.failed::before { content: "✗ "; }
kbd { border: 1px solid var(--quiet); border-radius: 3px; padding: 0 .35em; } dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1rem; } dd { margin: 0; }
@media (max-width: 40rem) { body { padding: .8rem; } th, td { padding: .3rem .45rem; } }
@media print { body { max-width: none; } .scroll { overflow: visible; } .filters, .hint, dialog { display: none; }
  details > * { display: revert; } details::details-content { content-visibility: visible; block-size: auto; }
  h2, h3, figcaption, section > .note { break-after: avoid; } tr, figure, svg, pre { break-inside: avoid; } td { print-color-adjust: exact; } }
`;
