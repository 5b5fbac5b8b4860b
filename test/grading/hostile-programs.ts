/**
 * Answers that cheat, break out, linger or choke the machine. Each defines `f` and is judged by `f(1) == 2`: one that
 * breaks in returns 2 for it, so none may pass. PORT stands for a port of the loopback that someone listens on, SECRET for
 * a text that the host's environment holds.
 */
export const SECRET = 'planted-secret-4711';

type Programs = readonly (readonly [name: string, code: string])[];

const py = (body: string) => `def f(x):\n${body.replace(/^(?=.)/gm, '    ')}\n`;

export const python: Programs = [
  // Without end
  ['an endless loop', py('while True:\n    pass')],
  [
    'a loop that catches everything',
    py('while True:\n    try:\n        f(x)\n    except BaseException:\n        pass'),
  ],
  ['a loop inside C', py('return 9 ** 9 ** 9')],
  ['a slow regular expression', py('import re\nre.match(r"(a+)+$", "a" * 60 + "b")\nreturn 2')],
  ['an endless generator', py('while True:\n    yield 2')],
  [
    'a coroutine that waits for nobody',
    'import asyncio\nasync def f(x):\n    await asyncio.Event().wait()\n    return 2\n',
  ],
  [
    'a lock that is never released',
    py('import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\nreturn 2'),
  ],
  ['an endless loop at the top', 'while True:\n    pass\n'],
  [
    'an endless loop in a destructor',
    'class D:\n    def __del__(self):\n        while True:\n            pass\ndef f(x):\n    D()\n    return 2\n',
  ],
  [
    'an endless loop in a message',
    'class E(Exception):\n    def __str__(self):\n        while True:\n            pass\ndef f(x):\n    raise E()\n',
  ],
  // Ends
  ['sys.exit(0)', py('import sys\nsys.exit(0)')],
  ['sys.exit at the top', 'import sys\nsys.exit(0)\n'],
  ['os._exit(0)', py('import os\nos._exit(0)')],
  ['os.abort', py('import os\nos.abort()')],
  ['a signal to itself', py('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nreturn 2')],
  ['a signal to everybody', py('import os\nos.kill(-1, 9)\nreturn 2')],
  ['a signal to the parent', py('import os\nos.kill(os.getppid(), 9)\nreturn 2')],
  ['KeyboardInterrupt', py('raise KeyboardInterrupt')],
  ['GeneratorExit', py('raise GeneratorExit')],
  // Too much
  ['memory by large pieces', py('a = []\nwhile True:\n    a.append("x" * 10_000_000)')],
  ['memory by small pieces', py('a = []\nwhile True:\n    a.append({len(a): [len(a)]})')],
  ['one huge allocation', py('return len("x" * 10 ** 10)')],
  [
    'memory that is caught and asked for again',
    py(
      'a = []\nwhile True:\n    try:\n        a.append(bytearray(50_000_000))\n    except MemoryError:\n        pass',
    ),
  ],
  ['endless output', py('while True:\n    print("x" * 1000)')],
  ['endless complaints', py('import sys\nwhile True:\n    sys.stderr.write("x" * 1000)')],
  [
    'a gigabyte of output below Python',
    py('import os\nfor _ in range(1024):\n    os.write(1, b"x" * 1048576)\nreturn 3'),
  ],
  ['a huge value', py('return "x" * 100_000_000')],
  ['a value nested without end', py('a = []\nfor _ in range(100_000):\n    a = [a]\nreturn a')],
  ['recursion without end', 'import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(x):\n    return f(x)\n'],
  ['recursion inside C', py('import json\nreturn json.loads("[" * 10_000_000)')],
  ['source nested without end', py('eval("(" * 100_000)\nreturn 2')],
  [
    'four thousand open files',
    py(
      'keep = []\ntry:\n    while True:\n        keep.append(open("/lib/python313.zip"))\nexcept OSError:\n    import builtins\n    builtins.keep = keep\n    raise',
    ),
  ],
  // Pretending to be equal
  [
    'an always-equal object',
    'class E:\n    def __eq__(self, o):\n        return True\n    def __hash__(self):\n        return 0\ndef f(x):\n    return E()\n',
  ],
  [
    'an always-equal int',
    'class E(int):\n    def __eq__(self, o):\n        return True\n    def __ne__(self, o):\n        return False\ndef f(x):\n    return E(7)\n',
  ],
  [
    'a class that says it is int',
    'class E:\n    __class__ = int\n    def __eq__(self, o):\n        return True\n    def __index__(self):\n        return 2\n    __int__ = __index__\ndef f(x):\n    return E()\n',
  ],
  [
    'a class with a lying metaclass',
    'class M(type):\n    def __eq__(self, o):\n        return True\n    def __hash__(self):\n        return hash(int)\n    def __instancecheck__(self, o):\n        return True\nclass E(metaclass=M):\n    def __eq__(self, o):\n        return True\ndef f(x):\n    return E()\n',
  ],
  [
    'a string that is any string',
    'class S(str):\n    def __eq__(self, o):\n        return True\n    __hash__ = str.__hash__\ndef f(x):\n    return S("2")\n',
  ],
  // Patching what judges
  [
    'patched assertions',
    'import builtins\nbuiltins.AssertionError = type("A", (Exception,), {})\nimport sys\nsys.excepthook = lambda *a: None\ndef f(x):\n    return 7\n',
  ],
  [
    'patched builtins',
    'import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.len = lambda x: 2\nbuiltins.type = lambda *a: int\nbuiltins.str = lambda *a: "2"\nbuiltins.int = lambda *a: 2\ndef f(x):\n    return 7\n',
  ],
  [
    'patched json',
    'import json, json.encoder\njson.dumps = lambda *a, **k: \'{"finished": true, "asserted": 9, "ran": 9, "raised": null, "beside": null, "output": 0}\'\njson.JSONEncoder.encode = json.dumps\njson.encoder.encode_basestring_ascii = lambda s: \'"2"\'\ndef f(x):\n    return 7\n',
  ],
  [
    'a patched unittest that prints OK',
    'import unittest\nunittest.TestCase.assertEqual = lambda *a: None\nprint("OK")\ndef check(c):\n    return None\ndef f(x):\n    return 7\n',
  ],
  [
    'forging through frames',
    py(
      'import sys\ng = sys._getframe(1)\nwhile g:\n    g.f_locals.update(finished=True, asserted=9, result=2, value={"t": "int", "v": "2"})\n    g.f_globals["encode"] = lambda *a: {"t": "int", "v": "3"}\n    g = g.f_back\nreturn 7',
    ),
  ],
  [
    'a reply nested without end',
    'import sys\ng = sys._getframe(1)\ntext = \'{"t": "list", "v": [\' * 20000 + "]}" * 20000\ng.f_globals["_dumps"] = lambda o: \'{"value": \' + text + \', "argsAfter": [], "stdout": "", "output": 0}\'\ndef f(x):\n    return 7\n',
  ],
  [
    'forging through a traceback',
    py(
      'try:\n    raise ValueError\nexcept ValueError as e:\n    g = e.__traceback__.tb_frame.f_back\n    while g:\n        g.f_globals["_type"] = lambda o: int\n        g = g.f_back\nreturn 7',
    ),
  ],
  [
    'a tracer of what judges',
    py(
      'import sys\ndef t(frame, event, arg):\n    if "value" in frame.f_locals:\n        frame.f_locals["value"] = {"t": "int", "v": "3"}\n    return t\nsys.settrace(t)\nsys.setprofile(lambda *a: None)\nreturn 7',
    ),
  ],
  [
    'reading the tests out of memory',
    py(
      'import gc\nfor o in gc.get_objects():\n    if isinstance(o, dict) and any(isinstance(v, str) and "assert f(1) ==" in v for v in o.values()):\n        return 2\nreturn 7',
    ),
  ],
  [
    'reading the tests out of the heap',
    py(
      'import ctypes\nat = 1024\nwhile at < 60_000_000:\n    heap = ctypes.string_at(at, 65536 + 64)\n    found = heap.find(b"assert f(1) ")\n    while found >= 0:\n        if heap[found + 12 : found + 13] == bytes([61]):\n            return 2\n        found = heap.find(b"assert f(1) ", found + 1)\n    at += 65536\nreturn 7',
    ),
  ],
  [
    'reading the tests from a module',
    py(
      'import sys\nfor m in list(sys.modules.values()):\n    for v in list(vars(m).values()):\n        if isinstance(v, str) and "assert f(1) ==" in v:\n            return 2\nreturn 7',
    ),
  ],
  [
    'an answer on the host’s channel',
    py(
      'import os, json, struct\nbody = json.dumps({"result": json.dumps({"value": {"t": "int", "v": "2"}, "argsAfter": [], "stdout": "", "output": 0}), "memoryDenied": False}).encode()\nfor fd in range(64):\n    try:\n        os.write(fd, struct.pack("<I", len(body)) + body)\n    except OSError:\n        pass\nreturn 7',
    ),
  ],
  ['an answer printed', 'print(\'{"result": "{}"}\')\nprint("OK\\n1 passed")\ndef f(x):\n    return 7\n'],
  // Out of the sandbox
  ['/etc/passwd', py('open("/etc/passwd").read()\nreturn 2')],
  ['/proc', py('open("/proc/self/environ").read()\nreturn 2')],
  [
    'the environment',
    py(
      'import os\nreturn 2 if "SECRET" in str(dict(os.environ)) or "PATH" in os.environ and "/" in os.environ.get("PWD", "") and os.environ["PWD"] not in ("/", "/home/pyodide", "/home/guest") else 7',
    ),
  ],
  ['the api of Pyodide by its module', py('import sys\nsys.modules["pyodide_js._api"].config\nreturn 2')],
  [
    'every JavaScript object that anything refers to',
    py(
      'import gc, sys\nseen, todo = set(), [*gc.get_objects(), *sys.modules.values()]\nwhile todo:\n    o = todo.pop()\n    if id(o) in seen:\n        continue\n    seen.add(id(o))\n    if type(o).__name__ in ("JsProxy", "JsCallable", "JsDoubleProxy", "JsBuffer", "JsException"):\n        return 2\n    todo.extend(gc.get_referents(o))\nreturn 7',
    ),
  ],
  [
    'Pyodide, loaded again',
    py(
      'import sys\nfor name in list(sys.modules):\n    if "pyodide" in name:\n        del sys.modules[name]\nimport pyodide.webloop\nimport pyodide_js._api\nreturn 2',
    ),
  ],
  ['the js module', py('import js\nstr(js.process.pid)\nreturn 2')],
  ['pyodide_js', py('import pyodide_js\npyodide_js.mountNodeFS("/mnt", "/etc")\nreturn 2')],
  ['run_js', py('from pyodide.code import run_js\nrun_js("process.pid")\nreturn 2')],
  [
    'a constructor of a constructor',
    py('from pyodide.ffi import to_js\nto_js([]).constructor.constructor("return process")().pid\nreturn 2'),
  ],
  [
    'a proxy made by hand',
    py('from pyodide.ffi import create_proxy\np = create_proxy(lambda: 1)\np.constructor\nreturn 2'),
  ],
  ['the core of Pyodide', py('import _pyodide_core\n_pyodide_core.to_js([]).constructor\nreturn 2')],
  [
    'every object that looks like JavaScript',
    py(
      'import gc\nfor o in gc.get_objects():\n    if "JsProxy" in type(o).__name__ and not isinstance(o, type):\n        str(o)\n        return 2\nreturn 7',
    ),
  ],
  ['a JsProxy from its class', py('from pyodide.ffi import JsProxy\nJsProxy.new(JsProxy)\nreturn 2')],
  [
    'the C runtime runs a script',
    py('import ctypes\nctypes.CDLL(None).emscripten_run_script_int(b"process.pid")\nreturn 2'),
  ],
  [
    'the C runtime’s system()',
    py('import ctypes\nreturn 2 if ctypes.CDLL(None).system(b"true") == 0 else 7'),
  ],
  ['memory that is not there', py('import ctypes\nctypes.string_at(0xFFFFFFF0, 10)\nreturn 7')],
  ['a package from the network', py('import pyodide_js, micropip\nreturn 2')],
  [
    'pyfetch',
    'async def f(x):\n    from pyodide.http import pyfetch\n    await pyfetch("http://127.0.0.1:PORT/")\n    return 2\n',
  ],
  [
    'a socket',
    py('import socket\ns = socket.socket()\ns.settimeout(1)\ns.connect(("127.0.0.1", PORT))\nreturn 2'),
  ],
  [
    'a socket that listens',
    py('import socket\ns = socket.socket()\ns.bind(("127.0.0.1", 0))\ns.listen()\ns.accept()\nreturn 2'),
  ],
  [
    'a socket of the C runtime',
    py(
      'import ctypes, struct\nc = ctypes.CDLL(None)\nfd = c.socket(2, 1, 0)\nassert c.connect(fd, struct.pack("<H", 2) + struct.pack(">H", PORT) + bytes([127, 0, 0, 1]) + bytes(8), 16) == 0\nreturn 2',
    ),
  ],
  ['a URL', py('import urllib.request\nurllib.request.urlopen("http://127.0.0.1:PORT/").read()\nreturn 2')],
  [
    'a coroutine’s connection',
    'import asyncio\nasync def f(x):\n    await asyncio.open_connection("127.0.0.1", PORT)\n    return 2\n',
  ],
  ['a process', py('import subprocess\nsubprocess.run(["true"], check=True)\nreturn 2')],
  ['os.system', py('import os\nreturn 2 if os.system("true") == 0 else 7')],
  ['a fork', py('import os\nos.fork()\nreturn 2')],
  ['a pool of processes', py('import multiprocessing\nmultiprocessing.Pool(1).map(abs, [1])\nreturn 2')],
  ['a thread', py('import threading\nthreading.Thread(target=print).start()\nreturn 2')],
  // Left behind for the next one
  ['a file', py('open("/tmp/x", "w").write("x")\nreturn 2')],
  ['a file in shared memory', py('open("/dev/shm/x", "w").write("x")\nreturn 2')],
  ['a module for the next answer', py('open("/home/pyodide/evil.py", "w").write("x")\nreturn 2')],
  ['a changed library', py('open("/lib/python313.zip", "a").write("x")\nreturn 2')],
  [
    'a changed library, through the C runtime',
    py(
      'import ctypes\nc = ctypes.CDLL(None)\nfd = c.open(b"/lib/python313.zip", 1025, 0o777)\nassert fd > 0\nassert c.write(fd, b"x", 1) == 1\nreturn 2',
    ),
  ],
  ['a removed library', py('import os\nos.remove("/lib/python313.zip")\nreturn 2')],
  ['modes of files', py('import os\nos.chmod("/lib/python313.zip", 0o777)\nreturn 2')],
  ['a folder', py('import os\nos.mkdir("/tmp/y")\nreturn 2')],
  ['a link', py('import os\nos.symlink("/tmp", "/home/z")\nreturn 2')],
  ['another working folder', py('import os\nos.chdir("/lib")\nreturn 7')],
  [
    'closed descriptors',
    py(
      'import os\nfor fd in range(64):\n    try:\n        os.close(fd)\n    except OSError:\n        pass\nreturn 7',
    ),
  ],
  [
    'exchanged descriptors',
    py(
      'import os\nfd = os.open("/lib/python313.zip", os.O_RDONLY)\nfor to in (0, 1, 2):\n    os.dup2(fd, to)\nreturn 7',
    ),
  ],
  [
    'a mask of files and limits',
    py('import os, resource\nos.umask(0o777)\nresource.setrlimit(resource.RLIMIT_NOFILE, (1, 1))\nreturn 7'),
  ],
  [
    'hooks',
    py(
      'import atexit, gc, signal, sys\ndef spin(*a):\n    while True:\n        pass\natexit.register(spin)\ngc.callbacks.append(lambda *a: None)\nsys.addaudithook(lambda *a: None)\nsignal.signal(signal.SIGINT, spin)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nreturn 7',
    ),
  ],
  [
    'an import hook',
    py(
      'import sys\nclass F:\n    def find_spec(self, *a):\n        raise SystemExit(0)\nsys.meta_path.insert(0, F())\nsys.path_hooks.clear()\nsys.modules.clear()\nreturn 7',
    ),
  ],
  ['changed interned values', py('import ctypes, sys\nctypes.memset(id(7) + 12, 3, 1)\nreturn 7')],
  ['the heap, written over', py('import ctypes\nctypes.memset(1024, 255, 10_000_000)\nreturn 2')],
];

export const javascript: Programs = [
  ['an endless loop', 'function f() { for (;;) {} }'],
  ['a loop that catches everything', 'function f() { for (;;) { try { f(); } catch {} } }'],
  ['a loop inside the engine', 'function f() { const a = new Uint8Array(1e8); for (;;) a.fill(1); }'],
  [
    'a search inside the engine',
    'function f() { const s = "a".repeat(3e7); for (;;) s.indexOf("a".repeat(1e6) + "b"); }',
  ],
  [
    'a sort that never ends',
    'function f() { const a = Array.from({ length: 1e6 }, (_, i) => i); for (;;) a.sort(() => 1); }',
  ],
  ['a slow regular expression', 'function f() { return /^(a+)+$/.test("a".repeat(40) + "b"); }'],
  ['an endless generator', 'function f() { return [...(function* () { for (;;) yield 2; })()].length; }'],
  ['an endless loop at the top', 'for (;;) {}\nfunction f() { return 2; }'],
  ['a promise that is never settled', 'function f() { return new Promise(() => {}); }'],
  ['promises without end', 'async function f() { for (;;) await null; }'],
  [
    'timers without end',
    'function f() { return new Promise(() => { const t = () => setTimeout(t, 0); t(); }); }',
  ],
  ['an endless loop in a getter', 'function f() { return { get a() { for (;;) {} } }; }'],
  ['an endless loop in a trap', 'function f() { return new Proxy({}, { ownKeys() { for (;;) {} } }); }'],
  [
    'an endless loop in a message',
    'function f() { throw { get message() { for (;;) {} }, get name() { for (;;) {} } }; }',
  ],
  ['a thenable without end', 'function f() { return { then(r) { r(this); } }; }'],
  ['process.exit(0)', 'function f() { process.exit(0); }'],
  ['process.exit at the top', 'process.exit(0); function f() { return 2; }'],
  ['memory by large pieces', 'function f() { const a = []; for (;;) a.push(new Array(1e5).fill(1)); }'],
  ['memory by small pieces', 'function f() { let a = null; for (;;) a = { a }; }'],
  ['memory by buffers', 'function f() { const a = []; for (;;) a.push(new ArrayBuffer(1e7)); }'],
  [
    'memory that is caught and asked for again',
    'function f() { const a = []; for (;;) { try { for (;;) a.push(new ArrayBuffer(1e6)); } catch {} } }',
  ],
  ['endless strings', 'function f() { let s = "x"; for (;;) s += s; }'],
  ['endless output', 'function f() { for (;;) console.log("x".repeat(1000)); }'],
  ['endless complaints', 'function f() { for (;;) console.error("x".repeat(1000)); }'],
  ['a huge value', 'function f() { return "x".repeat(1e8); }'],
  [
    'a value nested without end',
    'function f() { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a; }',
  ],
  ['a value that holds itself', 'function f() { const a = []; a.push(a); return a; }'],
  ['recursion without end', 'function f(x) { return f(x); }'],
  ['recursion inside the engine', 'function f() { JSON.parse("[".repeat(1e6)); return 7; }'],
  [
    'an always-equal object',
    'function f() { return new Proxy({}, { get: () => () => 2, has: () => true }); }',
  ],
  [
    'an object that says it is equal',
    'function f() { return { valueOf: () => 2, toString: () => "2", toJSON: () => 2, equals: () => true, [Symbol.toPrimitive]: () => 2 }; }',
  ],
  ['a number in a box', 'function f() { return Object(2); }'],
  [
    'a class that says it is Number',
    'class N extends Number { static [Symbol.hasInstance]() { return true; } } function f() { return new N(2); }',
  ],
  [
    'patched intrinsics',
    'Object.is = () => true; JSON.stringify = () => "2"; JSON.parse = () => ({ value: { t: "float", v: 2 } }); Array.prototype.every = () => true; Object.prototype.toJSON = () => 2; function f() { return 7; }',
  ],
  [
    'patched prototypes',
    'Object.prototype.v = 2; Object.prototype.t = "float"; Array.prototype.push = () => 2; Array.prototype[Symbol.iterator] = function* () { yield 2; }; Function.prototype.call = Function.prototype.apply = () => 2; Promise.prototype.then = () => 2; function f() { return 7; }',
  ],
  [
    'setters on prototypes',
    'for (const k of ["value", "raised", "output", "stdout", "argsAfter", "t", "v"]) Object.defineProperty(Object.prototype, k, { set() {}, get() { return { t: "float", v: 2 }; }, configurable: true }); function f() { return 7; }',
  ],
  [
    'a patched assert',
    'assert.equal = () => {}; assert.strictEqual = () => {}; assert.ok = () => {}; globalThis.assert = () => {}; function f() { return 7; }',
  ],
  [
    'a patched Error',
    'Error.prepareStackTrace = () => "2"; globalThis.Error = class { constructor() { return { message: "2" }; } }; function f() { throw new TypeError("no"); }',
  ],
  [
    'an eval that is not eval',
    'globalThis.eval = () => () => 2; globalThis.Function = () => () => 2; function f() { return 7; }',
  ],
  [
    'the harness by its frames',
    'function f() { try { return f.caller(2) ?? 7; } catch { try { return arguments.callee.caller(2); } catch { return 7; } } }',
  ],
  ['the harness by an import', 'async function f() { await import("harness.js"); return 2; }'],
  ['the tests by the stack', 'function f() { return new Error().stack.includes("assert.equal") ? 2 : 7; }'],
  [
    'the tests by the globals',
    'function f() { for (const k of Object.getOwnPropertyNames(globalThis)) if (String(globalThis[k]).includes("assert" + ".equal(f(1)")) return 2; return 7; }',
  ],
  [
    'an answer printed',
    'console.log(JSON.stringify({ result: { t: "float", v: 2 } })); function f() { return 7; }',
  ],
  ['reading /etc/passwd', 'function f() { require("fs").readFileSync("/etc/passwd", "utf8"); return 2; }'],
  ['the environment', 'function f() { return process.env ? 2 : 7; }'],
  ['a dynamic import', 'async function f() { (await import("fs")).readFileSync("/etc/passwd"); return 2; }'],
  ['an import', 'import fs from "fs"; function f() { fs.readFileSync("/etc/passwd"); return 2; }'],
  [
    'a constructor of a constructor',
    'function f() { [].constructor.constructor("return process")().pid; return 2; }',
  ],
  [
    'a constructor of the console',
    'function f() { console.log.constructor("return process")().pid; return 2; }',
  ],
  [
    'a constructor of require',
    'function f() { require.constructor("return process.env")().PATH; return 2; }',
  ],
  ['std and os of QuickJS', 'function f() { std.loadFile("/etc/passwd"); os.exec(["true"]); return 2; }'],
  ['WebAssembly', 'function f() { new WebAssembly.Memory({ initial: 1 }); return 2; }'],
  [
    'shared memory',
    'function f() { Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0); return 2; }',
  ],
  ['a socket', 'function f() { require("net").connect(PORT, "127.0.0.1"); return 2; }'],
  ['fetch', 'async function f() { await fetch("http://127.0.0.1:PORT/"); return 2; }'],
  ['a WebSocket', 'function f() { new WebSocket("ws://127.0.0.1:PORT/"); return 2; }'],
  ['a worker', 'function f() { new Worker("data:text/javascript,1"); return 2; }'],
  [
    'timers for the next one',
    'setInterval(() => { for (;;) {} }, 0); setTimeout(() => { throw 1; }, 10); queueMicrotask(() => { throw 2; }); function f() { return 7; }',
  ],
  [
    'finalizers for the next one',
    'globalThis.r = new FinalizationRegistry(() => { for (;;) {} }); r.register({}, 1); function f() { return 7; }',
  ],
  [
    'frozen intrinsics',
    'for (const k of Object.getOwnPropertyNames(globalThis)) try { Object.freeze(globalThis[k]); Object.freeze(globalThis[k].prototype); } catch {} Object.freeze(globalThis); function f() { return 7; }',
  ],
  ['a rejection that nobody handles', 'Promise.reject(new Error("no")); function f() { return 7; }'],
];

export const typescript: Programs = [
  ['an endless loop', 'function f(x: number): number { for (;;) {} }'],
  [
    'types that take for ever',
    `type A = ${'Array<'.repeat(30_000)}1${'>'.repeat(30_000)};\nfunction f() { return 2 as never as A; }`,
  ],
  ['parentheses without end', `function f() { return ${'('.repeat(50_000)}2; }`],
  [
    'an enum that reads the environment',
    'enum E { A = (process as any).pid }\nfunction f(x: number): number { return E.A ? 2 : 7; }',
  ],
  [
    'a namespace that replaces the console',
    'namespace console { export const log = 1 }\nnamespace JSON { export const stringify = () => "2" }\nfunction f(x: number): number { return 7; }',
  ],
  [
    'a reference to a file',
    '/// <reference path="/etc/passwd" />\nimport fs = require("fs");\nfunction f(x: number): number { fs.readFileSync("/etc/passwd"); return 2; }',
  ],
  [
    'a cast to what it is not',
    'function f(x: number): number { return { valueOf: () => 2 } as unknown as number; }',
  ],
  [
    'any, to the host',
    'function f(x: number): number { (globalThis as any).constructor.constructor("return process")().exit(0); return 2; }',
  ],
  [
    'memory',
    'function f(x: number): number { const a: ArrayBuffer[] = []; for (;;) a.push(new ArrayBuffer(1e7)); }',
  ],
  [
    'a comment as source map',
    'function f(x: number): number { return 7; }\n//# sourceMappingURL=file:///etc/passwd\n',
  ],
];
