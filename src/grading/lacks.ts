/**
 * What a sandbox lacks is ours, and not the model's: an answer that needs a module or a global which exists elsewhere could
 * not be judged. What is closed on purpose (the network, other processes, files of the host) is no lack: an answer that
 * needs it fails.
 */
import { builtinModules } from 'node:module';
import type { Execution, Raised } from '../domain/program.js';

/** Of CPython's library, those that this interpreter has not. */
const PYTHON_LIBRARY =
  'curses dbm fcntl grp lzma pwd readline resource sqlite3 ssl termios tkinter tty turtle'.split(' ');

/** Modules that are there, and need one that is not. */
const NEEDED_BY: Readonly<Record<string, string>> = { dbm: 'shelve', termios: 'pty|tty' };

/** Packages that code for every day imports; any other name may have been made up. */
const PYTHON_PACKAGES =
  'numpy pandas scipy sklearn matplotlib seaborn plotly statsmodels sympy networkx numba dask polars pyarrow torch tensorflow keras jax transformers nltk spacy gensim cv2 PIL skimage imageio requests httpx aiohttp urllib3 bs4 lxml selenium scrapy flask django fastapi starlette pydantic sqlalchemy psycopg2 pymongo redis celery boto3 yaml toml tomli_w ujson orjson msgpack attr attrs cattrs dateutil pytz pendulum arrow tzdata click typer rich tqdm colorama tabulate jinja2 markdown docutils openpyxl xlrd docx PyPDF2 reportlab cryptography nacl jwt bcrypt passlib psutil faker hypothesis freezegun simplejson more_itertools sortedcontainers cachetools frozendict bitarray gmpy2 mpmath shapely geopandas folium wordcloud regex chardet texttable prettytable loguru structlog typing_extensions setuptools pkg_resources dotenv environs marshmallow six holidays'.split(
    ' ',
  );

/** Of the stand-in for threads: something waited in a thread, and another order might have passed. */
const ONE_AFTER_ANOTHER = 'this sandbox runs threads one after another';
const THREADS = /\b(?:threading|_thread|concurrent|asyncio|queue)\b/;

/** Of Node's modules, those that reach out of the sandbox. */
const CLOSED = new Set(
  'child_process cluster dgram dns dns/promises http http2 https inspector inspector/promises net process repl sea sqlite tls trace_events tty v8 vm wasi worker_threads'.split(
    ' ',
  ),
);

const JAVASCRIPT_PACKAGES =
  'lodash lodash-es underscore ramda moment dayjs date-fns luxon uuid nanoid axios node-fetch express koa fastify react react-dom vue svelte rxjs immutable immer zod yup joi ajv chalk commander yargs inquirer mathjs bignumber.js big.js decimal.js bn.js sinon supertest cheerio jsdom dotenv winston pino async bluebird debug semver validator qs mongoose pg mysql2 redis ws socket.io typescript tslib reflect-metadata'.split(
    ' ',
  );

/** Of the web's and Node's globals; `fetch` and other ways out are closed. */
const JAVASCRIPT_GLOBALS = new Set(
  'Blob File FormData Headers MessageChannel ReadableStream TransformStream WritableStream CompressionStream'.split(
    ' ',
  ),
);

/** The name of what was lacking when the program ended; null: nothing was, or nothing that is ours. */
export function lackIn(execution: Execution, code: string, language: string | null): string | null {
  switch (execution.kind) {
    case 'not_loaded':
      return lackOf(execution.raised, code, language);
    case 'tested':
      return execution.raised === null ? null : lackOf(execution.raised, code, language);
    case 'ran':
      return execution.raised === null ? null : lackOf(execution.raised, code, language);
    case 'called':
    case 'queried':
    case 'broken':
      return null;
    default:
      return execution satisfies never;
  }
}

/** `code`: names it, or an answer has made the error up. */
export function lackOf({ types, message }: Raised, code: string, language: string | null): string | null {
  if (language === 'python') {
    if (message.includes(ONE_AFTER_ANOTHER) && THREADS.test(code)) return 'threads side by side';
    const path = /^No module named '([\w.]+)'/.exec(message)?.[1];
    if (path === undefined || types[0] !== 'ModuleNotFoundError') return null;
    const [top = ''] = path.split('.');
    const isKnown = PYTHON_LIBRARY.includes(top) || PYTHON_PACKAGES.includes(top);
    const names = [top, ...(NEEDED_BY[top] === undefined ? [] : [NEEDED_BY[top]])].join('|');
    const isNamed = new RegExp(`\\b(?:import|from)\\s+(?:\\w+\\s*,\\s*)*(?:${names})\\b`).test(code);
    return isKnown && isNamed ? top : null;
  }
  const [, module] = /^Cannot find module '(?:node:)?([^']+)'/.exec(message) ?? [];
  if (module !== undefined) {
    const isNodes = builtinModules.includes(module) && !CLOSED.has(module);
    return (isNodes || JAVASCRIPT_PACKAGES.includes(module)) && code.includes(module) ? module : null;
  }
  const own = /^this sandbox has no (.+)$/.exec(message)?.[1];
  if (own !== undefined) return code.includes(own.split(/[. ]/).at(-1) ?? own) ? own : null;
  if (types[0] !== 'ReferenceError') return null;
  const name = /^'?([\w$]+)'? is not defined$/.exec(message)?.[1];
  return name !== undefined && JAVASCRIPT_GLOBALS.has(name) && code.includes(name) ? name : null;
}

/** Modules that exist elsewhere: tests that import one of them do not mean the code that they test. */
export const foreignModules = (language: 'python' | 'javascript'): readonly string[] =>
  language === 'python'
    ? [...PYTHON_LIBRARY, ...PYTHON_PACKAGES]
    : [...builtinModules, ...JAVASCRIPT_PACKAGES];

/** Whether a package index may have it, and not only an interpreter. */
export const isPythonPackage = (lack: string): boolean => PYTHON_PACKAGES.includes(lack);

export function lackText(lack: string): string {
  return `this sandbox has no ${lack}`;
}
