// Every entry of the log in one plain sentence, for pages, the command line and exports. The actor stands before it.
import type { EventName } from '#domain/events.ts'

export const eventWords = {
  'request.refused': 'A request was refused before it was looked into.',
  'request.replayed': 'A request was repeated and answered as before; nothing was done twice.',
  'service.viewed': 'The service’s own keys were shown.',
  'service.restored': 'The operator restored the database from a backup and closed it; everyone was signed out.',
  'service.replayed': 'The operator replayed the copy of the logs over the restored database and opened it again.',

  'auth.signed-in': 'A person signed in.',
  'auth.sign-in.failed': 'A sign-in failed.',
  'auth.signed-out': 'A person signed out.',
  'auth.token.issued': 'A token for the command line or a machine was issued.',
  'auth.token.revoked': 'A token was revoked.',
  'account.viewed': 'A person looked at their own account.',

  'account.invited': 'A person was invited into the organisation.',
  'account.accepted': 'An invited person set up their account.',
  'account.deactivated':
    'An administrator ended somebody’s account, with its sessions and tokens; its keys count no more.',

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
  'transfer.files.declared': 'The sender said which files, encrypted by a program of their own, the transfer has.',
  'file.uploaded': 'An encrypted file arrived whole.',
  'transfer.abandoned': 'The transfer was given up before it was handed over.',
  'scan.certificate.requested': 'A one-use certificate for the scan was asked for.',
  'scan.certificate.issued': 'A one-use certificate for the scan was made.',
  'transfer.dispatched': 'The sender signed the dispatch note and handed the files over.',
  'scan.started': 'The scan of the files began.',
  'scan.verdict': 'The scan of the files ended with a verdict.',
  'scan.key.lost': 'The scan key was lost before a verdict; the sender is asked to send again.',
  'scan.key.destroyed': 'The scan key was destroyed: the service can read the files no more.',
  'transfer.release.delayed':
    'The files go to somebody for the first time: they are released a little later, so that the sender can undo it.',
  'transfer.released': 'The files were released: recipients can collect them.',
  'transfer.held': 'The files wait for an approver: they could not be scanned, or are more than one person may send.',
  'transfer.approved': 'An approver answered for the files: they go, or are sent back.',
  'transfer.rejected': 'The files were rejected: nobody can collect them.',
  'transfer.recalled': 'The files were recalled: from this entry on nobody can collect them.',
  'transfer.hold.placed':
    'An officer put the files on hold: nobody can collect them, and nothing of them is destroyed.',
  'transfer.reported': 'A recipient reported a problem with the files, which are on hold since.',
  'transfer.hold.lifted':
    'A hold on the files was lifted: the time that was left goes on, unless what they were held for before still stands.',
  'transfer.expired': 'The files’ time was over.',
  'transfer.destroyed': 'Nothing of the files is left here, and a signed certificate says so.',
  'transfer.destruction.stated': 'A recipient signed what became of the copy that they had fetched.',
  'transfer.reminded': 'Somebody was reminded: that nobody has collected, or that nobody said what became of a copy.',
  'transfer.notified': 'A mail told a person that the transfer waits for them, or what became of it.',
  'transfer.recipient.added': 'One more person can collect the files, by a signed addendum.',
  'transfer.listed': 'A person looked at their list of transfers.',
  'transfer.viewed': 'The transfer’s status was shown.',
  'transfer.taken': 'A member of the addressed team said that they have it.',
  'transfer.given-back': 'The member of the team who had it gave it back.',
  'file.fetched': 'A recipient began to fetch an encrypted file.',
  'transfer.fetched': 'All encrypted files were fetched in one, for a program of the recipient’s own.',
  'transfer.opened': 'A recipient’s client says that the files were opened.',
  'transfer.acknowledged': 'A recipient confirmed receipt.',

  'webhook.registered': 'An administrator registered an address of a program that is told what becomes of transfers.',
  'webhook.listed': 'An administrator looked at the organisation’s webhooks.',
  'webhook.tested': 'An administrator had a test message sent to a webhook.',
  'webhook.rotated': 'An administrator made a new secret for a webhook.',
  'webhook.removed': 'An administrator removed a webhook.',
  'webhook.failing': 'A webhook took nothing for a day, or said that it is gone; nothing more is sent to it.',

  'audit.exported': 'The log was exported.',
  'audit.viewed': 'The log was looked at.',
} as const satisfies Record<EventName, string>
