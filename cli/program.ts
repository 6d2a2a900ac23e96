// The command line as one list, and how every command ends (exit-codes.ts). Knows no process: main.ts gives it `io`.
import { Command, CommanderError } from 'commander'
import * as z from 'zod'
import { RefusedByServer, ServerUnreachable } from '#client/api.ts'
import { CannotOpen } from '#client/transfers/cannot-open.ts'
import { FileChanged, FileUnreadable } from '#client/send/file-fault.ts'
import { InsecureAddress } from '#client/own-address.ts'
import { FileRefused } from '#client/send/file-refused.ts'
import { createServiceClock, refusalInWords, type ServiceClock } from '#client/service-clock.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { NotHandedOver } from '#client/transfers/look.ts'
import { addAccountCommands } from './commands/account/commands.ts'
import { addAgreementCommands } from './commands/agreement/commands.ts'
import { addAuditCommands } from './commands/audit/commands.ts'
import { addKeyCommands } from './commands/key/commands.ts'
import { addOrganisationCommands } from './commands/organisation/commands.ts'
import { addRosterCommands } from './commands/roster/commands.ts'
import { addSessionCommands } from './commands/session/commands.ts'
import { addServiceCommands } from './commands/service.ts'
import { addSignInCommand } from './commands/sign-in.ts'
import { addBundleCommands } from './commands/bundles.ts'
import { addAddRecipientCommand } from './commands/add-recipient.ts'
import { addEncryptedFileCommands } from './commands/encrypted-files.ts'
import { addTakeCommands } from './commands/take.ts'
import { addCollectCommands } from './commands/collect.ts'
import { addListCommands } from './commands/lists.ts'
import { addSendCommand } from './commands/send.ts'
import { addStatusCommand } from './commands/status.ts'
import { addCertificateCommand } from './commands/certificate.ts'
import { addHoldCommands } from './commands/hold/commands.ts'
import { addWebhookCommands } from './commands/webhook/commands.ts'
import { addRecallCommands } from './commands/recall.ts'
import { addResumeCommands } from './commands/resume.ts'
import { addWatchCommand } from './commands/watch.ts'
import { addApprovalCommands } from './commands/approvals.ts'
import { addRescanCommand } from './commands/rescan.ts'
import type { Context } from './context.ts'
import { BrokeOff, FileGone } from './sending/broke-off.ts'
import { AlreadySaid, CommandFailed, type ExitCode, exitCodes } from './terminal/exit-codes.ts'
import { describeFileError } from './terminal/file-error.ts'
import { createHome } from './home.ts'
import type { Io } from './terminal/io.ts'
import { createOutput } from './terminal/output.ts'
import { commandFor } from './terminal/refusals.ts'

/** Runs one command line, without the program's name. Never throws; every end is an exit code. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json')
  const context: Context = {
    io,
    home: createHome(io.home),
    output: createOutput({ io, json }),
    clock: createServiceClock(io.now),
  }
  const program = createProgram(context)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    return fail(context, { error, clock: context.clock, helpAt: `${commandOf(program, argv)} --help` })
  }
}

/** All commands; parsing runs one. */
export function createProgram(context: Context): Command {
  const program = new Command('safehand')
    .description('Send, collect and prove files between public bodies.')
    .option('--json', 'print one JSON value')
    .configureOutput({
      writeOut: (text) => context.io.out(text.trimEnd()),
      writeErr: (text) => context.output.note(text.trimEnd()),
      outputError: () => undefined,
      // One width, so that help reads alike everywhere and can be written down.
      getOutHelpWidth: () => 80,
    })
    .exitOverride()
  addSignInCommand(program, context)
  addServiceCommands(program, context)
  addSessionCommands(program, context)
  addAccountCommands(program, context)
  addOrganisationCommands(program, context)
  addKeyCommands(program, context)
  addRosterCommands(program, context)
  addAgreementCommands(program, context)
  addAuditCommands(program, context)
  addSendCommand(program, context)
  addListCommands(program, context)
  addStatusCommand(program, context)
  addCollectCommands(program, context)
  addResumeCommands(program, context)
  addTakeCommands(program, context)
  addWatchCommand(program, context)
  addEncryptedFileCommands(program, context)
  addBundleCommands(program, context)
  addApprovalCommands(program, context)
  addRescanCommand(program, context)
  addRecallCommands(program, context)
  addHoldCommands(program, context)
  addCertificateCommand(program, context)
  addWebhookCommands(program, context)
  addAddRecipientCommand(program, context)
  return program
}

/** `safehand send`, as far as the words typed name a command. */
function commandOf(program: Command, argv: readonly string[]): string {
  let command: Command | undefined = program
  const names = [program.name()]
  for (const word of argv) {
    command = command.commands.find((one) => one.name() === word)
    if (!command) break
    names.push(word)
  }
  return names.join(' ')
}

interface Failure {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly action?: string
  /** The clause of the agreement that refused. */
  readonly clause?: string
  readonly correlation?: string
  /** That broke off, and can go on. */
  readonly transfer?: string
}

interface Failed {
  readonly error: unknown
  readonly clock: ServiceClock
  readonly helpAt: string
}

function fail({ io, output }: Context, failed: Failed): ExitCode {
  const { error } = failed
  if (error instanceof AlreadySaid) return error.exit
  const failure = describeEnd(io, failed)
  if (failure === null) return exitCodes.done
  const { exit, ...said } = { ...failure, ...commandFor(failure.code) }
  if (output.json) io.out(JSON.stringify({ error: said }))
  else
    output.note(
      [
        said.message,
        said.action,
        said.command && `The command: ${said.command}`,
        `(${[said.code, said.clause].filter(Boolean).join(', ')})`,
      ]
        .filter(Boolean)
        .join('\n'),
    )
  return exit
}

/** What broke off says how it goes on, whatever it was that ended it. */
function describeEnd(io: Io, failed: Failed): Failure | null {
  const { error } = failed
  if (!(error instanceof BrokeOff)) return io.signal.aborted ? stopped : describe(failed)
  const { transfer } = error
  const action = isOfFile(error.cause)
    ? `Transfer ${transfer} is not finished. Once the file is there again as it was, go on: safehand resume ${transfer}. Or give it up: safehand abandon ${transfer}`
    : `Transfer ${transfer} is not finished. It goes on where it was with: safehand resume ${transfer}`
  const failure = io.signal.aborted ? stopped : describe({ ...failed, error: error.cause })
  return (
    failure && {
      ...failure,
      action: [failure === stopped ? null : failure.action, action].filter(Boolean).join('\n'),
      transfer,
    }
  )
}

/** Nothing that asking again mends. */
function isOfFile(cause: unknown): boolean {
  return cause instanceof FileUnreadable || cause instanceof FileGone
}

const stopped: Failure = {
  exit: exitCodes.unexpected,
  code: 'STOPPED',
  message: 'Stopped before it was done.',
  action:
    'Run the same command again: it goes on with what it had begun, or begins anew. What was not finished counts for nothing.',
}

const notUnderstood: Failure = {
  exit: exitCodes.unexpected,
  code: 'UNEXPECTED',
  message: 'The service answered in a way that this version of safehand does not understand.',
  action: 'Update safehand. If it is up to date, tell whoever runs the service.',
}

/** Null: help was asked for, and printed. */
function describe({ error, clock, helpAt }: Failed): Failure | null {
  if (error instanceof CommanderError) return describeUsage(error, helpAt)
  if (error instanceof NotHandedOver) return { exit: exitCodes.usage, code: 'USAGE', message: error.message }
  if (error instanceof CommandFailed) return { exit: error.exit, code: error.code, message: error.message }
  if (error instanceof TrustRefused)
    return { exit: exitCodes.refusedByClient, code: error.code, message: refusalInWords(error, clock) }
  if (error instanceof FileRefused || error instanceof CannotOpen)
    return { exit: exitCodes.refusedByClient, code: error.code, message: error.message }
  if (error instanceof RefusedByServer) return describeRefusal(error, clock)
  if (error instanceof ServerUnreachable) {
    return {
      exit: exitCodes.unreachable,
      code: 'UNREACHABLE',
      message: `Cannot reach the service: ${error.message}. Check your connection, then try again.`,
    }
  }
  if (error instanceof FileChanged) {
    const message = `${error.file} changed while it was read. Nothing was handed over. Once it rests, run the same command again.`
    return { exit: exitCodes.usage, code: 'FILE_CHANGED', message }
  }
  if (error instanceof FileUnreadable) {
    const message = describeFileError(error.cause, error.file) ?? `Cannot read ${error.file}.`
    return { exit: exitCodes.usage, code: 'FILE_UNREADABLE', message }
  }
  if (error instanceof InsecureAddress) {
    const message = `${error.message}. Sign in again at its https:// address.`
    return { exit: exitCodes.usage, code: 'USAGE', message }
  }
  if (error instanceof z.ZodError) return notUnderstood
  const message =
    describeFileError(error) ?? (error instanceof Error ? error.message : 'Something unexpected happened.')
  return { exit: exitCodes.unexpected, code: 'UNEXPECTED', message }
}

function describeUsage({ code, exitCode, message }: CommanderError, helpAt: string): Failure | null {
  if (exitCode === 0) return null
  const missing = code === 'commander.help'
  const said = missing ? 'Name a command.' : `${sentence(message.replace(/^error: /, ''))} See: ${helpAt}`
  return { exit: exitCodes.usage, code: 'USAGE', message: said }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.)?]$/.test(text) ? '' : '.'}`
}

function describeRefusal(refused: RefusedByServer, clock: ServiceClock): Failure {
  const { code, title, detail, action, correlation, status } = refused
  return {
    exit: status === 401 ? exitCodes.unauthenticated : exitCodes.refusedByService,
    code,
    message: refusalInWords({ code, message: `${title}.` }, clock),
    ...(action && { action: status >= 500 ? `${action} Correlation id: ${correlation}.` : action }),
    ...(detail && { clause: detail }),
    ...(correlation && { correlation }),
  }
}
