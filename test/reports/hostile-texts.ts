/** Names and answers that want to be more than text. Each sets `window.hostile`, sends a request or shows itself as something else. */
export const hostileTexts: readonly string[] = [
  '<script>window.hostile = 1</script>',
  '<img src=x onerror="window.hostile = 1">',
  '<svg onload="window.hostile = 1"><circle r="9"/></svg>',
  '"><body onfocus="window.hostile = 1" autofocus>',
  "' onmouseover='window.hostile = 1' x='",
  '</script></style></title><script>window.hostile = 1</script>',
  '<style>body { display: none }</style>',
  '<a href="javascript:window.hostile=1">click</a>',
  '<iframe src="data:text/html,<script>parent.hostile=1</script>"></iframe>',
  '<link rel="stylesheet" href="http://127.0.0.1:9/hostile.css">',
  'safe\u202egpj.exe\u2066 &lt;b&gt; &amp;lt; \u200b\u00ad\ufeff',
  `null\u0000byte \ud800 lone ${'x'.repeat(1_000_000)}`,
];
