#!/usr/bin/env node
// The edge to the terminal: standard streams, prompts, the clock and the signal. Everything else is in program.ts.
import { setGlobalProxyFromEnv } from 'node:http'
import { confirm, input, password } from '@inquirer/prompts'
import { instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createGpg } from '#platform/gpg.ts'
import { readConfig } from './config.ts'
import { type Io, noTerminal } from './terminal/io.ts'
import { runCli } from './program.ts'

const { home, proxy } = readConfig()
if (proxy) setGlobalProxyFromEnv(proxy)

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

const io: Io = {
  home,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  ask: async ({ message, secret }) => {
    if (!process.stdin.isTTY) throw noTerminal('ask', message)
    return secret ? password({ message, mask: true }) : input({ message })
  },
  confirm: async (message) => {
    if (!process.stdin.isTTY) throw noTerminal('confirm', message)
    return confirm({ message, default: false })
  },
  now: () => instant.parse(systemClock.now()),
  fetch,
  // Its home is gpg's own business: it reads GNUPGHOME itself.
  gpg: createGpg({ program: 'gpg' }),
  interactive: process.stderr.isTTY === true,
  signal: stop.signal,
}

process.exitCode = await runCli(process.argv.slice(2), io)
