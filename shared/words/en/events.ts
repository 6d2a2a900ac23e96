// Every entry of the log in one plain sentence, for pages, the command line and exports. The actor stands before it.
import type { EventName } from '#domain/audit/events.ts'

export const eventWords = {
  'request.refused': 'A request was refused before it was looked into.',
  'request.replayed': 'A request was repeated and answered as before; nothing was done twice.',
  'service.viewed': 'The service’s own keys were shown.',

  'auth.login.succeeded': 'A person signed in.',
  'auth.login.failed': 'A sign-in failed.',
  'auth.session.ended': 'A person signed out.',
  'auth.token.issued': 'A token for the command line or a machine was issued.',
  'auth.token.revoked': 'A token was revoked.',
  'account.viewed': 'A person looked at their own account.',

  'user.invited': 'A person was invited into the organisation.',
  'user.activated': 'An invited person set up their account.',

  'org.registered': 'The operator registered an organisation and invited its first administrator.',
  'org.viewed': 'The organisation’s people and signed documents were shown.',
  'org.statement.registered': 'A statement signed by the organisation’s root was registered.',
  'org.roster.registered': 'A signed roster of the organisation’s people was registered.',

  'key.registered': 'A person registered their certificate.',
  'key.challenged': 'A person asked to prove that they hold their key.',
  'key.proven': 'A person proved that they hold their key.',
  'key.replaced': 'A person proved a new key, which the next roster takes in place of their old one.',
  'key.renewed': 'A person’s key has a new expiry date or other features.',
  'key.revoked': 'A person revoked their key: nothing more is sent to it or collected with it.',

  'agreement.imported': 'A data sharing agreement was brought in to be signed.',
  'agreement.signed': 'A signatory signed the agreement for their organisation.',
  'agreement.activated': 'Every party has signed: the agreement is in force.',
  'agreement.viewed': 'The agreement and its signatures were shown.',
  'agreement.listed': 'A person looked at the list of agreements.',

  'transfer.drafted': 'A transfer was begun: the agreement permits it.',
  'transfer.files-declared': 'The sender said which files, encrypted by a program of their own, the transfer has.',
  'file.uploaded': 'An encrypted file arrived whole.',
  'scan.certificate.requested': 'A one-use certificate for the scan was asked for.',
  'scan.certificate.issued': 'A one-use certificate for the scan was made.',
  'transfer.dispatched': 'The sender signed the dispatch note and handed the files over.',
  'scan.started': 'The scan of the files began.',
  'scan.verdict': 'The scan of the files ended with a verdict.',
  'scan.key.lost': 'The scan key was lost before a verdict; the sender is asked to send again.',
  'scan.key.destroyed': 'The scan key was destroyed: the service can read the files no more.',
  'transfer.released': 'The files were released: recipients can collect them.',
  'transfer.held': 'The files could not be scanned: an approver must answer for them.',
  'transfer.approved': 'An approver answered for files that could not be scanned.',
  'transfer.rejected': 'The files were rejected: nobody can collect them.',
  'transfer.recalled': 'The files were recalled: from this entry on nobody can collect them.',
  'transfer.destruction.stated': 'A recipient signed what became of the copy that they had fetched.',
  'transfer.notified': 'A mail told a person that something waits for them.',
  'transfer.recipient.added': 'One more person can collect the files, by a signed addendum.',
  'transfer.listed': 'A person looked at their list of transfers.',
  'transfer.viewed': 'The transfer’s status was shown.',
  'file.fetched': 'A recipient began to fetch an encrypted file.',
  'transfer.fetched': 'All encrypted files were fetched in one, for a program of the recipient’s own.',
  'transfer.opened': 'A recipient’s client says that the files were opened.',
  'transfer.acknowledged': 'A recipient confirmed receipt.',

  'audit.exported': 'The log was exported.',
  'audit.viewed': 'The log was looked at.',
} as const satisfies Record<EventName, string>
