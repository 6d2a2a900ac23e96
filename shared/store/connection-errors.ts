// Tells a database that cannot be reached - nothing was done, try later - from one that answered with an error.

const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'])
/**
 * Class 08 (connection), 53300 (too many), 57014 and 25P03 (took too long), 57P0x (shutting down), 0A000 (planned before a
 * migration: prepared-statements.ts): appendix A.
 */
const sqlStates = /^(?:08...|53300|57014|25P03|57P0[123]|0A000)$/
/** What pg says without a code when a connection ends or none is free in time. */
const messages =
  /^(?:Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/

export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { readonly code?: unknown }
  if (typeof code === 'string' && (connectionErrors.has(code) || sqlStates.test(code))) return true
  if (messages.test(error.message)) return true
  if (error instanceof AggregateError) return error.errors.some(isConnectionError)
  return error.cause !== undefined && isConnectionError(error.cause)
}
