// What the reference of the API says around the operations, whose own summaries stand in the contract.

export const apiWords = {
  title: 'Safehand API',
  description:
    'Everything that the command line does, for programs. Bytes are base64 and travel as they were signed; times are UTC, ' +
    'to the second. Files are encrypted before they are uploaded and opened after they were fetched: the service never ' +
    'sees them, so a program uses Safehand’s own client code or OpenPGP for that. Refusals are problem details (RFC 9457) ' +
    'with a code. Every changing request carries an idempotency key, and may be repeated with it.',
  groups: {
    service: 'The installation: its name and its keys.',
    session: 'Signing in by browser.',
    token: 'Signing in by program.',
    identity: 'Who one is.',
    account: 'Becoming an account.',
    organisation: 'Statements and rosters.',
    certificate: 'One’s own key.',
    key: 'Proving that one holds it.',
    agreements: 'Data sharing agreements: the policy.',
    transfer: 'Sending and collecting.',
    upload: 'Encrypted files, by tus 1.0 (tus.io).',
    audit: 'The log, to be verified at home.',
    webhook: 'Programs of one’s own that are told what becomes of transfers (standardwebhooks.com).',
  },
} as const
