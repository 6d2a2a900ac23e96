// Settings of the command line, from its environment. The person at the terminal is trusted with all of them.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'

export const commandLineSettings = z.object({
  SAFEHAND_HOME: z
    .string()
    .min(1)
    .optional()
    .describe('the only place where anything is kept: keys, tokens, the pinned root. Unset: `~/.safehand`'),
  HTTPS_PROXY: z.string().optional().describe('the proxy of your network, `http://USER:PASSWORD@proxy.example:3128`'),
  HTTP_PROXY: z.string().optional().describe('the same for a service without TLS, on this machine'),
  NO_PROXY: z.string().optional().describe('hosts that are reached without it, `localhost,.example.gov.uk`'),
  NODE_EXTRA_CA_CERTS: z
    .string()
    .optional()
    .describe(
      'a PEM file with the certificate authorities of your organisation, as its IT gives it out; read by Node itself',
    ),
})

export interface CommandLineConfig {
  readonly home: string
  /** As environment variables call them; null: none is set. */
  readonly proxy: Readonly<Record<string, string>> | null
}

export function readConfig(): CommandLineConfig {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SAFEHAND_HOME } = commandLineSettings.parse(upper(process.env))
  const proxy = {
    ...(HTTPS_PROXY && { HTTPS_PROXY }),
    ...(HTTP_PROXY && { HTTP_PROXY }),
    ...(NO_PROXY && { NO_PROXY }),
  }
  return {
    home: SAFEHAND_HOME ?? join(homedir(), '.safehand'),
    proxy: HTTPS_PROXY || HTTP_PROXY ? proxy : null,
  }
}

/** Proxies are set in small letters on some machines, and those go first there. */
function upper(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const
  return { ...env, ...Object.fromEntries(names.map((name) => [name, env[name.toLowerCase()] ?? env[name]])) }
}
