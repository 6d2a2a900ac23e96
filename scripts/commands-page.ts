// cli/COMMANDS.md: every command of safehand with its arguments and options, made from the program itself.
import type { Argument, Command, Option } from 'commander'
import type { Context } from '../cli/context.ts'
import { type ExitCode, exitCodes } from '../cli/terminal/exit-codes.ts'
import { createProgram } from '../cli/program.ts'
import { keepPage } from './made-page.ts'

const ends: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.unexpected]: 'something unexpected; what was not finished counts for nothing',
  [exitCodes.usage]: 'called in a way that cannot work; nothing happened',
  [exitCodes.refusedByService]: 'refused by the service; its code, its words and what to do are printed',
  [exitCodes.refusedByClient]: '**refused by this client: somebody may be lying.** Tell whoever answers for security',
  [exitCodes.unauthenticated]: 'not signed in, or the passphrase does not open the key',
  [exitCodes.unreachable]: 'the service cannot be reached',
  [exitCodes.notInFull]:
    'a log was verified, but not in full: nothing is wrong, something is missing, and whom to ask is said',
}

interface Named {
  readonly name: string
  readonly command: Command
}

function leavesOf(command: Command, above: readonly string[]): Named[] {
  return command.commands.flatMap((one) => {
    const name = [...above, one.name()]
    return one.commands.length > 0 ? leavesOf(one, name) : [{ name: name.join(' '), command: one }]
  })
}

function lineOf({ name, command }: Named): string {
  return `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`
}

function sectionOf({ name, command }: Named): string {
  const rows = [
    ...command.registeredArguments.map(argumentRow),
    ...command.options.filter(({ hidden }) => !hidden).map(optionRow),
  ]
  const table = rows.length > 0 ? ['', '| | |', '|---|---|', ...rows] : []
  return [
    `### ${name}`,
    '',
    `${sentence(command.description())}`,
    '',
    '```',
    usageOf({ name, command }),
    '```',
    ...table,
  ]
    .join('\n')
    .concat('\n')
}

function usageOf({ name, command }: Named): string {
  return `${name} ${command.usage()}`.trim()
}

function argumentRow(argument: Argument): string {
  return `| \`${argument.name()}\` | ${cell(argument.description)} |`
}

function optionRow({ flags, description, mandatory, defaultValue }: Option): string {
  const usual =
    defaultValue === undefined || Array.isArray(defaultValue) ? [] : [`unless said: \`${String(defaultValue)}\``]
  const notes = [...(mandatory ? ['needed'] : []), ...usual]
  return `| \`${flags}\` | ${cell([description, ...(notes.length > 0 ? [`(${notes.join('; ')})`] : [])].join(' '))} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

const program = createProgram({ io: { out: () => undefined } } as unknown as Context)
const commands = leavesOf(program, [program.name()])

await keepPage({
  script: 'scripts/commands-page.ts',
  about: 'Lists the commands of safehand with their arguments and options, as the program has them.',
  page: 'cli/COMMANDS.md',
  text: `# Commands

<!-- made by scripts/commands-page.ts, do not edit -->

What \`--help\` says, on one page. Where to begin, lists of files, watched folders: [README.md](README.md).

With \`--json\` each command prints one JSON value. A command ends with one of these exit codes, which are never renumbered:

| | |
|---|---|
${Object.entries(ends)
  .map(([code, text]) => `| ${code} | ${text} |`)
  .join('\n')}

| Command | What it does |
|---|---|
${commands.map(lineOf).join('\n')}

${commands.map(sectionOf).join('\n')}`,
})
