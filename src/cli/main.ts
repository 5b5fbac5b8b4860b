import type { Command } from 'commander';
import type { ErrorCode } from '../domain/errors/error-codes.js';
import { packageVersion } from '../run/package-files.js';
import { isOutOfFiles, ReadError, WriteError } from '../world/files.js';
import type { World } from '../world/world.js';
import { commands } from './commands/index.js';
import { exitCodes } from './exit.js';

/** The program is a function: of what was typed and of the world. Resolves to the exit code. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const { CommanderError } = await import('commander');
  let code: number = exitCodes.done;
  try {
    const program = await build(world, (actCode) => {
      code = actCode;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongInput;
    if (error instanceof WriteError || error instanceof ReadError) {
      world.terminal.stderr.write(`error: ${error.message}\n`);
      return exitCodes.wrongInput;
    }
    if (isOutOfFiles(error)) {
      world.terminal.stderr.write('error: too many open files\nhelp: raise the limit with ulimit -n 1024\n');
      return exitCodes.wrongInput;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.terminal.stderr.write(
      `error: internal error, a bug in bench; please report it with the command you typed\nhelp: finished trials are saved; resume with bench run --resume\n${text}\n`,
    );
    return exitCodes.internalError;
  } finally {
    await world.network.close();
  }
}

/** What commander refuses by itself. */
const USAGE: ErrorCode = 'cli/usage';

async function build(world: World, ended: (code: number) => void): Promise<Command> {
  const { Command } = await import('commander');
  const { stdout, stderr } = world.terminal;
  const output = {
    writeOut: stdout.write,
    writeErr: stderr.write,
    outputError: (text: string, write: (text: string) => void) =>
      write(
        text
          .replace(/^error: .*$/m, (line) => `${line} [${USAGE}]`)
          .replace(/^\(Did you mean (.*)\)$/m, 'help: did you mean $1'),
      ),
  };
  const program = new Command('bench')
    .description('Which model should write our code, for which kind of task, and did that get worse?')
    .version(packageVersion(), '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput(output)
    // Names alone: with their arguments there is no room for what they do.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', '\nExample:\n  bench run quickstart     simulated models: no key, no network');
  for (const spec of commands) {
    const command = new Command(spec.name)
      .description(spec.summary)
      .showSuggestionAfterError()
      .showHelpAfterError(`help: bench ${spec.name} --help lists the options`)
      .exitOverride()
      .configureOutput(output)
      .addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
    for (const arg of spec.args.split(' ').filter((text) => text !== '')) command.argument(arg);
    for (const { name, doc, repeats } of spec.flags) {
      if (repeats) command.option(name, doc, collect);
      else command.option(name, doc);
    }
    command.action(async () => {
      const { act } = await spec.load();
      ended(
        await act(
          {
            args: command.processedArgs
              .flat()
              .filter((arg) => arg !== undefined)
              .map(String),
            flags: command.opts(),
          },
          world,
          commands,
        ),
      );
    });
    program.addCommand(command);
  }
  return program;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
