#!/usr/bin/env node
// The edge to the terminal: standard streams, prompts, the clock and the signal. Everything else is in program.ts.
import { confirm, input, password } from '@inquirer/prompts'
import { instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createGpg } from '#platform/gpg.ts'
import { readConfig } from './config.ts'
import { usage } from './exit-codes.ts'
import type { Io } from './io.ts'
import { runCli } from './program.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

const io: Io = {
  home: readConfig().home,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  ask: async ({ message, secret }) => {
    refuseWithoutTerminal(message)
    return secret ? password({ message, mask: true }) : input({ message })
  },
  confirm: async (message) => {
    refuseWithoutTerminal(message)
    return confirm({ message, default: false })
  },
  now: () => instant.parse(systemClock.now()),
  fetch,
  // Its home is gpg's own business: it reads GNUPGHOME itself.
  gpg: createGpg({ program: 'gpg' }),
  interactive: process.stderr.isTTY === true,
  signal: stop.signal,
}

function refuseWithoutTerminal(message: string): void {
  if (!process.stdin.isTTY) throw usage(`There is no terminal to ask: ${message}. Give it in a file (see --help).`)
}

process.exitCode = await runCli(process.argv.slice(2), io)
