// Words that pages and programs share name acts; whoever types is told the command by the command line itself.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../cli/context.ts'
import { createProgram } from '../../cli/program.ts'
import { commandFor, refusalCommands } from '../../cli/terminal/refusals.ts'
import { houseRoot } from './planted.ts'

/** Mail offers a command beside its link; lists and watched folders are of the command line. */
const ofTheCommandLine = ['mail.ts', 'batch.ts', 'watch.ts']
const words = join(houseRoot, 'shared/words/en')
const namesCommand = (text: string) => /safehand /.test(text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, ''))

function findCommand(typed: string): Command | undefined {
  let found: Command | undefined = createProgram({} as Context)
  for (const word of typed.split(' ').filter((one) => /^[a-z]/.test(one))) {
    found = found?.commands.find((one) => one.name() === word)
  }
  return found
}

describe('[house/words] what everyone reads', () => {
  it('names acts, not commands', () => {
    const files = readdirSync(words).filter((name) => !name.endsWith('.test.ts') && !ofTheCommandLine.includes(name))
    expect(files.length).toBeGreaterThan(10)
    expect(files.filter((name) => namesCommand(readFileSync(join(words, name), 'utf8')))).toEqual([])
    expect(namesCommand("action: 'Use “safehand key prove”.'")).toBe(true)
  })

  it('is completed by commands that are there', () => {
    const typed = Object.values(refusalCommands).flat()
    for (const command of typed) {
      const options = command.match(/--[a-z-]+/g) ?? []
      const known = findCommand(command)?.options.map(({ long }) => long)
      expect([command, known]).toEqual([command, expect.arrayContaining(options)])
    }
    expect(commandFor('KEY_EXPIRED')).toEqual({ command: 'safehand key renew, or: safehand key replace' })
    expect(commandFor('constructor')).toEqual({})
  })
})
