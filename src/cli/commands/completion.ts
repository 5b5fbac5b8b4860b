/** `bench completion bash|zsh`: a script made from the list of commands. */
import { basename, extname } from 'node:path';
import { shippedSuites } from '../../run/package-files.js';
import type { Act, CommandSpec } from '../command.js';
import { exitCodes } from '../exit.js';
import type { Flag } from '../flags.js';
import { openCommand } from '../opening.js';

export const act: Act = async (typed, world, commands) => {
  const { console, json, refuse } = openCommand(typed, world);
  const [shell = ''] = typed.args;
  const shipped = (await world.files.list(shippedSuites))
    .filter((name) => extname(name) === '.yaml')
    .map((name) => basename(name, '.yaml'));
  const scripts: Readonly<Record<string, () => string>> = {
    bash: () => bashScript(commands, shipped),
    zsh: () => zshScript(commands, shipped),
  };
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined) {
    const known = Object.keys(scripts);
    const help = `there are scripts for ${known.join(' and ')}`;
    return refuse({ code: 'cli/unknown-word', message: `no completion for "${shell}"`, help });
  }
  if (json) console.json({ shell, script: script() });
  else console.data(script());
  return exitCodes.done;
};

type Commands = readonly CommandSpec[];

/** `-m, --model <name>` -> `-m`, `--model`. */
function spellings({ name }: Flag): string[] {
  return name.match(/(?<=^|\s)--?[a-zA-Z][\w-]*/g) ?? [];
}

const takesValue = ({ name }: Flag) => name.includes('<');

/** Words for the value of the flag before the cursor; in a `case` of either shell. */
function valueCases(commands: Commands, indent: string): string {
  return commands
    .flatMap(({ name, flags }) =>
      flags
        .filter((flag) => flag.values !== undefined)
        .map((flag) => {
          const patterns = spellings(flag).map((spelling) => `"${name} ${spelling}"`);
          return `${indent}${patterns.join('|')}) offered="${flag.values?.join(' ')}" files=no ;;`;
        }),
    )
    .join('\n');
}

/** A flag whose value is free: the shell's own files serve best. */
function freeCases(commands: Commands, indent: string): string {
  return commands
    .flatMap(({ name, flags }) => {
      const free = flags.filter((flag) => takesValue(flag) && flag.values === undefined).flatMap(spellings);
      return free.length === 0
        ? []
        : [`${indent}${free.map((spelling) => `"${name} ${spelling}"`).join('|')}) offered= files=yes ;;`];
    })
    .join('\n');
}

function flagCases(commands: Commands, indent: string): string {
  return commands
    .map(
      ({ name, flags }) =>
        `${indent}${name}) offered="${[...flags.flatMap(spellings), '--help'].join(' ')}" ;;`,
    )
    .join('\n');
}

function argumentCases(commands: Commands, indent: string, shipped: readonly string[]): string {
  return commands
    .map((command) => `${indent}${command.name}) ${argumentsOf(command, shipped)} ;;`)
    .join('\n');
}

function argumentsOf({ completes }: CommandSpec, shipped: readonly string[]): string {
  if (completes === 'suites') return `offered="${shipped.join(' ')}" files=yes`;
  if (completes === 'runs') return 'offered="latest $(command ls results 2>/dev/null)" files=no';
  if (completes === 'nothing') return 'offered= files=no';
  return `offered="${completes.words.join(' ')}" files=${completes.files ? 'yes' : 'no'}`;
}

/** Sets `offered` and `files` from `command`, `previous` and `current`, in the syntax that both shells share. */
function choice(commands: Commands, shipped: readonly string[]): string {
  return `  local offered= files=no
  if [[ -z $command ]]; then
    offered="${commands.map(({ name }) => name).join(' ')} --help --version"
  else
    case "$command $previous" in
${valueCases(commands, '      ')}
${freeCases(commands, '      ')}
      *)
        if [[ $current == -* ]]; then
          case "$command" in
${flagCases(commands, '            ')}
          esac
        else
          case "$command" in
${argumentCases(commands, '            ', shipped)}
          esac
        fi ;;
    esac
  fi`;
}

function bashScript(commands: Commands, shipped: readonly string[]): string {
  return `# bench completion for bash:  source <(bench completion bash)
_bench() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=
  if (( COMP_CWORD > 1 )); then command="\${COMP_WORDS[1]}"; fi
${choice(commands, shipped)}
  COMPREPLY=( $(compgen -W "$offered" -- "$current") )
  if [[ $files == yes ]]; then
    local IFS=$'\\n'
    COMPREPLY+=( $(compgen -f -- "$current") )
  fi
}
complete -o filenames -F _bench bench
`;
}

function zshScript(commands: Commands, shipped: readonly string[]): string {
  return `#compdef bench
# bench completion for zsh:  bench completion zsh > a folder of your fpath, as _bench; or source it after compinit
_bench() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" command=
  if (( CURRENT > 2 )); then command="\${words[2]}"; fi
${choice(commands, shipped)}
  local -a found
  found=( \${=offered} )
  compadd -a found
  if [[ $files == yes ]]; then _files; fi
}
if [[ "\${funcstack[1]}" == _bench ]]; then _bench "$@"; else compdef _bench bench; fi
`;
}
