// An organisation's addresses: those at the domains that the operator registered for it, and no others
// (ARCHITECTURE.md#domains). A domain is meant as it stands: what is below it is another one.
import * as z from 'zod'
import type { Email } from '../values.ts'

export const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'is no domain')

export function domainOf(email: Email): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

export function isWithin(email: Email, domains: readonly string[]): boolean {
  return domains.includes(domainOf(email))
}
