// What the packages of `node.js` find as `process`: that of the programs is made in there.
export default {
  platform: 'linux',
  cwd: () => '/home/guest',
  nextTick: (work, ...args) => queueMicrotask(() => work(...args)),
  env: {},
  getuid: () => 1000,
  getgid: () => 1000,
  emitWarning() {},
};
