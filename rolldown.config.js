/**
 * The command in few files: Node finds and compiles 250 modules more slowly than it runs them. The library, and the
 * children that run answers, stay as they were compiled; packages stay packages, but for zod, most of which is messages in
 * 60 languages.
 */
const isBundled = (id) => /^[./]/.test(id) || id === 'zod' || id.startsWith('zod/');

export default {
  input: ['dist/cli/main.js', 'dist/world/real.js'],
  platform: 'node',
  external: (id) => !isBundled(id),
  // As deep as dist/run and dist/world are: what lies beside them is found from here, too.
  output: { dir: 'dist/command', format: 'esm' },
  logLevel: 'warn',
};
