// What the Web has and the packages of `node.js` take for granted: evaluated before them.
import './events-first.js';
import 'core-js/web/dom-exception';
import 'core-js/web/structured-clone';
import 'core-js/web/url';
import 'core-js/web/url-search-params';
import { TextDecoder, TextEncoder } from '@sinonjs/text-encoding/lib/encoding.js';

const UNICODE = /^(?:unicode-1-1-utf-8|utf-?8|utf-16(?:le|be)?)$/i;
globalThis.TextDecoder = class extends TextDecoder {
  constructor(label = 'utf-8', options = {}) {
    if (!UNICODE.test(String(label).trim())) throw new Error(`this sandbox has no TextDecoder of ${label}`);
    super(label, options);
  }
};
Object.defineProperty(globalThis.TextDecoder, 'name', { value: 'TextDecoder' });
globalThis.TextEncoder = TextEncoder;

// Named by `node-inspect-extracted` while it loads; `node.js` takes it away again.
globalThis.Atomics ??= {};
