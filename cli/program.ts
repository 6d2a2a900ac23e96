// The command line as one list, and how every command ends (exit-codes.ts). Knows no process: main.ts gives it `io`.
import { Command, CommanderError } from 'commander'
import { RefusedByServer, ServerUnreachable } from '#client/api.ts'
import { TrustRefused } from '#client/trust-refused.ts'
import { addAccountCommands } from './commands/account.ts'
import { addAgreementCommands } from './commands/agreements.ts'
import { addAuditCommands } from './commands/audit.ts'
import { addKeyCommands } from './commands/keys.ts'
import { addOrganisationCommands } from './commands/organisations.ts'
import { addRosterCommands } from './commands/rosters.ts'
import { addServiceCommands } from './commands/service.ts'
import { addSignInCommand } from './commands/sign-in.ts'
import { addTransferCommands } from './commands/transfers.ts'
import type { Context } from './context.ts'
import { AlreadySaid, CommandFailed, type ExitCode, exitCodes } from './exit-codes.ts'
import { createHome } from './home.ts'
import type { Io } from './io.ts'
import { createOutput } from './output.ts'

/** Runs one command line, without the program's name. Never throws; every end is an exit code. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json')
  const context: Context = { io, home: createHome(io.home), output: createOutput({ io, json }) }
  try {
    await createProgram(context).parseAsync(argv, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    return fail(context, error)
  }
}

/** All commands; parsing runs one. */
export function createProgram(context: Context): Command {
  const program = new Command('safehand')
    .description('Send, collect and prove files between public bodies.')
    .option('--json', 'print one JSON value')
    .configureOutput({ writeOut: (text) => context.io.out(text.trimEnd()), writeErr: () => undefined })
    .exitOverride()
    .showHelpAfterError()
  addSignInCommand(program, context)
  addServiceCommands(program, context)
  addAccountCommands(program, context)
  addOrganisationCommands(program, context)
  addKeyCommands(program, context)
  addRosterCommands(program, context)
  addAgreementCommands(program, context)
  addAuditCommands(program, context)
  addTransferCommands(program, context)
  return program
}

interface Failure {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly action?: string
  readonly correlation?: string
}

function fail({ io, output }: Context, error: unknown): ExitCode {
  if (error instanceof AlreadySaid) return error.exit
  const failure = describe(error)
  if (failure === null) return exitCodes.done
  const { exit, ...said } = failure
  if (output.json) io.out(JSON.stringify({ error: said }))
  else io.error([said.message, said.action, `(${said.code})`].filter(Boolean).join('\n'))
  return exit
}

/** Null: help or the version was asked for, and printed. */
function describe(error: unknown): Failure | null {
  if (error instanceof CommanderError) return describeUsage(error)
  if (error instanceof CommandFailed) return { exit: error.exit, code: error.code, message: error.message }
  if (error instanceof TrustRefused)
    return { exit: exitCodes.refusedByClient, code: error.code, message: error.message }
  if (error instanceof RefusedByServer) return describeRefusal(error)
  if (error instanceof ServerUnreachable) {
    return { exit: exitCodes.unreachable, code: 'UNREACHABLE', message: `Cannot reach the service: ${error.message}.` }
  }
  const message = error instanceof Error ? error.message : 'Something unexpected happened.'
  return { exit: exitCodes.unexpected, code: 'UNEXPECTED', message }
}

function describeUsage({ exitCode, message }: CommanderError): Failure | null {
  return exitCode === 0 ? null : { exit: exitCodes.usage, code: 'USAGE', message }
}

function describeRefusal({ code, title, detail, action, correlation, status }: RefusedByServer): Failure {
  const exit = status === 401 ? exitCodes.locked : exitCodes.refusedByService
  return {
    exit,
    code,
    message: [title, detail].filter(Boolean).join(': '),
    ...(action ? { action } : {}),
    ...(correlation ? { correlation } : {}),
  }
}
