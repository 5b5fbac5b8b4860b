// Tables of encodings that nobody writes in: 530 KB. `web.js` lets only those of Unicode be asked for.
const tables = new Proxy({}, { get: () => [] });

export { tables as 'encoding-indexes' };
