// Signing in and out, and what somebody sees of their own account.
import type { Role } from '#domain/roles.ts'

export const signInWords = {
  title: 'Sign in',
  email: 'E-mail address',
  password: 'Password',
  code: 'Code',
  codeHint:
    'The six digits that your authenticator shows now. Or one of the one-time codes that you were given when you joined.',
  button: 'Sign in',
  noAccount: 'No account? Somebody in your organisation invites you: ask its administrator.',
  enterEmail: 'Enter your e-mail address, as name@example.gov.uk',
  enterPassword: 'Enter your password',
  enterCode: 'Enter the code that your authenticator shows, or a one-time code',
  back: 'Sign in to go on to the page that you asked for.',
} as const

export const signedOutWords = {
  title: 'You have signed out',
  what: 'Nobody can use your sign-in on this computer any more.',
  again: 'Sign in again',
} as const

export const accountWords = {
  title: 'Your account',
  name: 'Name',
  email: 'E-mail address',
  organisation: 'Organisation',
  roles: 'Roles',
  noRoles: 'None: no roster gives you one yet',
  proposed: 'proposed, not signed yet',
  roster: 'Your organisation’s people are confirmed until',
  noRoster: 'No roster lists you yet',
  key: 'Your key',
  noKey: 'You have none yet',
  keyProven: 'You have shown that you hold it.',
  keyUnproven: 'You have not shown yet that you hold it, so nothing can be sent to it.',
} as const

export const roleWords = {
  caseworker: 'Caseworker: sends and collects files',
  approver: 'Approver: releases what needs two people',
  'organisation-administrator': 'Organisation administrator: signs who is in the organisation',
  'information-asset-owner': 'Information asset owner',
  'information-officer': 'Information officer: keeps agreements, watches over transfers',
  'data-protection-officer': 'Data protection officer: advises and reads',
  auditor: 'Auditor: reads and verifies the logs',
  siro: 'SIRO: signs agreements for the organisation',
} as const satisfies Record<Role, string>

export const accessWords = {
  title: 'Where you are signed in',
  back: 'Your account',
  what: 'Browsers and programs that act as you. End what you do not know, then choose a new password with your administrator.',
  sessions: 'Browsers',
  tokens: 'Command line and programs',
  noTokens: 'None.',
  began: 'Began',
  lastUsed: 'Last used',
  scopes: 'May be used for',
  until: 'Until',
  end: 'End it',
  endOne: 'End it',
  thatBegan: 'which began',
  current: 'This browser',
  bySigningOut: 'Ends when you sign out',
  endOthers: 'End everything but this browser',
  link: 'Where you are signed in',
} as const
