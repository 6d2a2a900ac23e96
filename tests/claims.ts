// What the product claims, and what its tests prove: one stable name and one sentence each. A test carries the name in
// its title, `it('[send/resume] ...')`, and `npm test` ends with the table claim -> tests -> result. A claim is added
// by adding its line; a name stays, since people refer to it.

export const claims: Readonly<Record<`${string}/${string}`, string>> = {
  'account/access': 'Everybody sees what is signed in as them, and ends it',
  'account/deactivated':
    'An account that an administrator ended is nobody’s by any way in, and its address is free for somebody new',
  'account/domains':
    'An organisation invites within the domains that the operator registered for it, and nobody learns who has an account elsewhere',
  'account/first-invitation': 'A lost first invitation is issued anew, and what the old one made is dead',
  'account/invitation': 'An invitation makes one account, once, and gives it no role',
  'account/key-ended':
    'Who is left out for their key’s sake alone keeps their account, without a role, where the administrator says so',
  'account/leaver':
    'Who has left is nobody from the next request on, by any way in, and nothing of theirs works again: they come back as somebody new',
  'account/limits':
    'Somebody signed in who asks too much is stopped at a limit of their own, and told how long to wait',
  'account/no-weapon': 'Wrong tries and floods shut out nobody but who makes them',
  'account/password': 'Passwords are kept so that they cannot be guessed quickly, each with its own salt',
  'account/permitted': 'What an account’s view says is permitted is what the service does',
  'account/password-change':
    'A password is changed by who knows the old one and has the authenticator, and everything else signed in ends',
  'account/reset':
    'A lost password or authenticator is reset by an administrator who says a code over, and told to its owner',
  'account/reset-second': 'An administrator’s password and authenticator are reset by two other people, never by one',
  'account/roles': 'Roles come from the current signed roster, and from nothing else',
  'account/session': 'A session is new at each sign-in, ends by itself, and serves no other site',
  'account/sign-in': 'People sign in with a password and a code that counts once, and nobody learns who has an account',
  'account/throttle': 'Guessing and floods are stopped, and what counts them keeps no address and no e-mail',
  'account/token':
    'A token does what its scopes say until it ends, dies with the one it was made with, and is stored as a hash only',

  'addendum/forged': 'Nobody is let in later by the service alone: a colleague or the sender has signed for it',
  'addendum/late-recipient': 'Somebody who comes later is let in without a new upload, in the open, by who may',
  'addendum/refused': 'Nobody is let in later who may not read, cannot open, or comes after the end',

  'agreement/canonical': 'What people sign has one form in bytes, which another program computed too',
  'agreement/command-line': 'Both signatories sign at the command line what they were shown there',
  'agreement/contradictions': 'An agreement that contradicts itself is refused, naming the clause',
  'agreement/days': 'The days of an agreement are days in London',
  'agreement/ended': 'An agreement that has ended permits nothing new',
  'agreement/every-check': 'Each check of the policy is made, and each of its refusals was seen',
  'agreement/import':
    'An agreement is taken from an information officer only, when it fits the service and its last version',
  'agreement/in-force': 'An agreement is in force once both parties have signed it, and believed by both',
  'agreement/invented': 'An agreement that both did not sign as it reads is believed by no client',
  'agreement/permitted': 'What a view of an agreement says is permitted is what the service does, for everybody',
  'agreement/policy': 'Nothing is sent or collected but what the agreement permits',
  'agreement/readers': 'A party’s people see its agreements and who has signed them',
  'agreement/shown': 'What a flow lets through is said in words before it is signed',
  'agreement/signing': 'A signatory signs in the office the roster gives them, once, and only what is true',
  'agreement/unsigned': 'An agreement that one party has not signed permits nothing',

  'api/contract': 'Every operation has a name and a place of its own, and says what it takes',
  'api/every-operation':
    'Every operation answers as described, repeats its answer, and changes nothing while nothing can be logged',
  'api/examples': 'The examples of the reference were tried, and are answered now as they were then',
  'api/once': 'What is asked twice with one key happens once, together with its log entry, or not at all',
  'api/openapi': 'The OpenAPI document says what the service does',
  'api/problems': 'A refusal is a problem with its code and words, and shows nothing of the inside',
  'api/reference': 'The service shows the reference of its own API',
  'api/refusals': 'An operation gives only the refusals that its description names',
  'api/unavailable': 'What cannot be done now is answered with 503, and nothing has changed',
  'api/webhook-addresses': 'A webhook reaches no address inside, whatever its name leads to',
  'api/webhooks': 'Webhooks say what happened, signed, and one slow receiver delays no other',

  'approval/forged': 'An approval counts only when an approver of the sending side signed it for this very transfer',
  'approval/not-scanned':
    'What could not be scanned is released by somebody else than its sender, and everybody reads so',
  'approval/refused': 'What an approver refuses goes back to its sender with a reason that recipients do not read',
  'approval/required':
    'Where agreement, note and verdict ask for a second person, nobody collects without that person’s signature',
  'approval/shown': 'Everybody who collects sees who let the transfer go',
  'approval/threshold': 'More records than the threshold wait for an approver, by what was really sent',
  'approval/two-people': 'A release by two people is by two people: never the sender, under no second account',
  'approval/waiting': 'An approver sees everything that waits for them',

  'batch/dry-run': 'A dry run checks a whole list, names each mistake by row and column, and sends nothing',
  'batch/once': 'However often a list is run, and whoever is killed meanwhile, each row is sent exactly once',
  'batch/report': 'A list is reported file by file, with verified receipts, and begins no formula in a spreadsheet',
  'batch/retries': 'A batch waits as long as the service asks, and repeats what was lost under the same key',
  'batch/rows': 'A list is read strictly, and one wrong row holds back its whole transfer',

  'clock/counted-by-service': 'How long a file is kept is counted by the service, and signed for only as it was asked',
  'clock/named': 'A wrong clock is named before a liar, and changes nothing but the sentence',
  'clock/tolerance': 'Clocks that differ by five minutes agree in everything, and by more in nothing that counts time',

  'cli/exit-codes': 'Every command ends with the exit code of what happened',
  'cli/file-errors': 'What the file system refused is told in words',
  'cli/help': 'Help is shown to who names no command, and pointed to when one was called wrongly',
  'cli/journey': 'A transfer is sent, shown, collected and acknowledged at the command line, in names and next steps',
  'cli/output': 'With --json a command prints exactly one JSON value, without it words on standard error',
  'cli/scripts': 'A script never sends by accident, and is told what to do where a person would be asked',
  'cli/secrets': 'Secrets are never an argument: they are asked for, or read from a file',
  'cli/silent-service': 'A service that stops answering is given up, also in the middle of a reply',
  'cli/starts-at-once':
    'The built command line knows its help without loading the rest, says what its sources say, and its start is measured',
  'cli/stopped': 'A command that is stopped says once that it can be run again',
  'cli/terminal': 'Nothing that a service or file says can steer the terminal',

  'collect/altered': 'A body that is not the one that was signed leaves no file behind',
  'collect/fetch':
    'Only who may read collects, with a key they hold, after the release, and acknowledges what they fetched',
  'collect/files': 'Collected files appear whole or not at all, and replace nothing',
  'collect/lies': 'A service that changes anything about a transfer is caught by who collects it',
  'collect/no-hard-links':
    'A folder whose file system has no hard links takes files all the same, and none is replaced',
  'collect/own-folders': 'Nothing is written through a link, nor into a folder that the collection did not make',
  'collect/no-room': 'Nothing is written where there is no room for it',
  'collect/given-whole':
    'Only who was given every octet says that they opened it, or has it without a signature; a HEAD is no fetch',
  'collect/in-between':
    'What a proxy weakens or takes away of a download costs nothing that was kept, and mixes no versions',
  'collect/ranges': 'A download goes on where it broke off, of the same version only, each time with a log entry',
  'collect/safe-names': 'A file’s name leads nowhere else, whatever the sender called it',

  'demo/links': 'The demo’s sign-in links count once, and lead nowhere under production settings',

  'end/certificate': 'What was destroyed is certified, and both sides verify it',
  'end/destroyed': 'After its end nothing of a transfer is left, whoever is killed meanwhile',
  'end/expiry': 'A transfer ends by the clock at its very instant, though no job ever ran',

  'envelope/cfb': 'Bodies for older keys are made and opened as streams, and told as opened only after their end',
  'envelope/digests': 'Digests and commitments bind every byte and field, however they arrive',
  'envelope/fuzz': 'Fuzzing finds no input that crashes, hangs or opens wrongly',
  'envelope/gcm': 'A body opens whole as it was written, or is refused: cut, flipped, reordered or lengthened',
  'envelope/head': 'The head of a file is read within its bounds, and names exactly the keys that are expected',
  'envelope/hostile': 'Hostile input ends within its limits, refused by name',
  'envelope/manifest': 'The list of files says the same to people and programs, with their sums where tools check them',
  'envelope/pairings': 'Every pairing of programs and keys opens, or is refused before anything is sent',
  'envelope/profile': 'The newest format that every reader can open is chosen, said, signed, and never changed after',
  'envelope/session-key': 'A session key opens for the key it was wrapped for, and for no other',
  'envelope/vectors': 'What is made matches the published vectors, and the written specification',

  'gpg/checks': 'A recipient checks names, sender and sums with gpg and ordinary tools alone',
  'gpg/made-elsewhere': 'Files encrypted elsewhere are sent as they are, for the declared readers only',
  'gpg/recipient': 'A recipient with gpg alone fetches ten transfers with one command and one answer',

  'hold/report': 'A recipient’s report holds a transfer for everyone until it is answered or taken back',
  'hold/stops': 'A hold stops collecting, expiry and destruction, and gives back the time that was left',

  'house/catalogues': 'Every refusal and event of the catalogues was raised by the real system, and no other was',
  'house/citations': 'Whatever a comment or a page cites or links to is there',
  'house/claims': 'A run tells by claim what it proved, and fails for a claim without a test or a tag without a claim',
  'house/decisions': 'Every decision is tried in a table of who may do what, which is a page, or in a test beside it',
  'house/files': 'Each file of the product begins with what it owns, and none is too long to be read',
  'house/names': 'An act goes by one verb in its operation, its event and its command',
  'house/one-meaning': 'A word that once meant several things has one meaning, in the rooms where it is at home',
  'house/imports': 'Who may import whom is checked, and each rule finds what it forbids',
  'house/lint': 'The lint finds what the house forbids',
  'house/papers': 'The papers name every command, setting, exit code and state, and nothing that is gone',
  'house/refusal-words': 'Every refusal says what happened and what to do',
  'house/secrets': 'The secrets of an installation are made once, and readable by who needs them alone',
  'house/use-cases': 'Every operation is one use case',
  'house/words': 'Words that everyone reads name acts, and the command line adds the command that is there',
  'house/who-may-what': 'Who may do what stands in one table, made from the decisions and compared with what they do',
  'house/threat-model': 'The threat model names every test of an attack, and no test that is not there',

  'install/from-a-folder': 'What is packed is installed into an empty folder and needs nothing but Node',

  'keys/taken': 'Whose key it is learns nobody but who has shown to hold it',
  'keys/unproven':
    'A key that nobody has shown to hold occupies nothing: registering somebody’s published key keeps them out of nothing',
  'keys/certificates': 'A certificate is taken only when it is sound, strong, current and its owner’s',
  'keys/ended': 'A key that has ended is sent nothing, and still collects what was sent before',
  'keys/locked': 'A private key is on the disk only locked, in a file of its owner alone',
  'keys/no-oracle': 'The proof of a key opens and reveals nothing that was not made to prove it',
  'keys/own': 'A key made in gpg is registered, proved, renewed, replaced and exported',
  'keys/proof': 'Who registers a key proves to hold it, once, to who asked, for what was asked',
  'keys/public-only': 'No private key leaves the machine, and the service keeps none',
  'keys/revoked': 'A revoked key proves and receives nothing any more',

  'log/append': 'The log only grows, entry by entry, by one function of the database',
  'log/checkpoints': 'Checkpoints and their signatures have one text, and verify with the log’s key alone',
  'log/cosigned':
    'Cosignatures that an agreement asks for are counted, and who was shown a cosigned head is shown no other',
  'log/export': 'An export holds everything acknowledged before, and is verified offline',
  'log/fork': 'Two officers who were shown two histories see it as soon as they compare what they saw',
  'log/head':
    'Who works under an agreement keeps the newest head of its log, and goes no further under one that does not contain it',
  'log/late': 'Nothing goes on when an entry waits too long for its place in the log',
  'log/memory': 'A log that does not contain what this client saw of it before is refused, with what was seen when',
  'log/no-names': 'The log names nobody to who has not the opening, and still verifies when it is erased',
  'log/openings':
    'A log whose openings are missing is not verified in full, and says how many of what, and whom to ask',
  'log/proofs': 'Proofs of the log agree with other implementations, and a changed one is never believed',
  'log/readers': 'A log is read by the offices that answer for it, and each reading is in it',
  'log/sequencer': 'Entries come into their order exactly once, whoever is killed, and the log never forks',
  'log/tampering': 'What was changed, dropped, added or rewritten in a log is seen, and where',
  'log/tiles': 'The tiles of the log are those that others publish and read',
  'log/vkey': 'An export has the verifier key of its log for other people’s programs, and one that is another is seen',
  'log/words': 'The log reads in plain sentences',

  'mail/account': 'What became of an account is told to its owner by mail, once, and by nobody’s forged job',
  'mail/delivery': 'A mail arrives as it was written, with no header of a stranger',
  'mail/words': 'A mail says what to do, where and by when',

  'network/in-between':
    'What a proxy, filter or portal answers is told apart from the service, in words, and ends no watch',
  'network/proxy': 'A network’s own proxy and certificate authority are gone through, and what is wrong there is said',
  'network/own-address': 'Only the service’s own address is ever followed',

  'operate/clamd': 'The virus scanner is reached only by who scans, and kept up to date',
  'operate/compose': 'The composed parts get what they need, are asked how they are, and start with safe settings',
  'operate/database': 'A database that is slow, away or migrated stops no process and loses nothing',
  'operate/faults': 'Whatever fails at whatever step, nothing is lost, sent twice, half-sent or legible',
  'operate/forged-jobs': 'A forged job releases, loses and tells nothing',
  'operate/prune': 'Tables do not grow for ever: what is over for thirty days is pruned',
  'operate/health': 'Each process says how it and its parts are, however many ask',
  'operate/images': 'Each image holds what its process needs, and nothing of tests',
  'operate/locks': 'Work that is locked is done by one at a time, and set free with its connection',
  'operate/metrics': 'Operators see how much waits, how long, and what went wrong',
  'operate/parts': 'Every part starts from one command, apart from others, and leaves no process and no data',
  'operate/patience': 'Nobody loses patience over tries that could not be made',
  'operate/queue': 'A job runs, is tried again when it fails, and ends when its process closes',
  'operate/queue-lost': 'The queue may lose everything: what stands still is found and done',
  'operate/quiet-log': 'The technical log says nothing secret or personal, one line each',
  'operate/restore': 'After a restore nothing opens that was closed, and no delivery is forgotten',
  'operate/rights': 'Each process can do its own step only, and the database sees to it',
  'operate/runbook': 'The commands of the runbook work as they are written',
  'operate/two-of-each': 'Two of each process do each thing once, though one of each is killed',
  'operate/unpack': 'A part is unpacked whatever the machine has installed, and again when it is damaged',
  'operate/unsafe-settings': 'A process with unsafe or missing settings names them and does not start',

  'pages/every-page':
    'Every page that somebody reaches answers, has a heading and title of its own, fits a small window, and is open to all',
  'pages/assets': 'What browsers load has its hash in its name, is kept by them for ever, and is what the page demands',
  'pages/design-system': 'The components of the design system are rendered as it publishes them',
  'pages/escaped': 'What people write into a page stays text in it',
  'pages/forgery': 'A form counts only from our own page, in the session it was rendered for',
  'pages/form': 'A refused form comes back with what was typed, each error at its field, and no secret',
  'pages/once': 'A form that is sent twice is done once',
  'pages/policy': 'Nothing of a page runs or is drawn but our own files, each with its digest',
  'pages/refusals': 'A refusal that a browser asked for is a page, with the code and number that a program gets',
  'pages/without-scripts': 'What needs no key works in a browser that runs no scripts',
  'pages/session-ends': 'People are told before their sign-in ends, can go on, and lose nothing of the page',
  'pages/sign-in': 'People sign in and out by a form, and go on where they wanted to',

  'recall/after-restore': 'What was fetched after a backup counts as fetched once the log was replayed',
  'recall/destruction': 'After a fetch a recall asks for destruction, and keeps what the recipient signed about it',
  'recall/truth': 'A recall claims no more than the log proves: who fetched before it, and that nobody does after',
  'recall/words': 'What became of a recalled transfer is said in words, for each recipient',

  'reminder/sent-once':
    'What waits is said once at each stage to who can do something, and not of what is done or held',
  'reminder/stages': 'A reminder goes to the team, then to sender and officers, on its day',
  'reminder/working-days': 'Working days are counted with the bank holidays of each nation, as far as they are known',

  'run/bench': 'The bench measures each row beside something plain in the same run, and says what it cost',
  'run/ci': 'The run from a fresh clone counts what passed and failed, and nothing that did not run',
  'run/dev': 'While developing, a process whose source changes starts again over the same data',
  'run/memory': 'Memory stays flat while a gibibyte goes through client, server and scanner',
  'run/quick': 'A quick run leaves out the long tests by name, and says so',

  'present/agreement': 'What a person sees of an agreement, and may do next, is one picture, from what was verified',
  'present/transfer':
    'What a person sees of a transfer is one picture: each state has its sentence, each reader what they can do next',

  'scan/clamd': 'A virus scanner that dies, hangs up or says too little is never taken for clean',
  'scan/clamd-away': 'While the virus scanner is away transfers wait without a verdict, and go on when it is back',
  'scan/cut-or-altered': 'A body that was cut or altered by one bit reaches nobody',
  'scan/corpus': 'Ordinary files are clean: documents, messages, pictures, films, archives',
  'scan/infected': 'What is infected is rejected: its sender is told, and recipients get nothing',
  'scan/invented-certificate': 'A service that invents a scan certificate gets no key to a file',
  'scan/key-store': 'A store that could keep scan keys on a disk or elsewhere is refused',
  'scan/keys': 'A scan key lives in memory, for a day at most, until it is destroyed',
  'scan/killed': 'Whoever is killed at whatever step of a scan, it is judged once, sealed, released once',
  'scan/last-octet': 'Archives are opened to their last octet: what is behind, between or cut off is not called clean',
  'scan/lost-key': 'When a scan key is lost nothing was opened with it, and the sender wraps again without an upload',
  'scan/matches-note': 'What was scanned is what was signed: the list, each file and its key',
  'scan/needless-rescan': 'A sender wraps again only when the log proves that it is needed',
  'scan/no-disk': 'Nothing readable of a file is on any disk, during or after its scan',
  'scan/not-ready': 'A scanner that cannot be believed judges nothing',
  'scan/own-wrapped-keys': 'A sender takes back only the keys that they signed for',
  'scan/reasons': 'Why a file was not looked into is said in words: to its sender, its approver and its recipients',
  'scan/release': 'Clean files are released after the scan key is gone, in the stated order',
  'scan/size-limit': 'What is more than a scan takes is said before sending, and what becomes of it',
  'scan/start-check': 'A scanner does not start where memory could reach a disk',
  'scan/text-windows': 'Flat text of any size is scanned in windows, to its last octet',
  'scan/file-types':
    'Where a flow lists types, others are refused before they are encrypted, and by the scanner: by content and name',
  'scan/types': 'One table says of each type that holds other content who opens it; by content and by name together',
  'scan/unscannable': 'What cannot be looked into is never called clean',
  'scan/verdicts': 'The verdict on a file is the worst that is true of it',

  'send/abandon': 'What was begun and given up, or forgotten, takes nothing more and is cleared away',
  'send/dispatch': 'A transfer is handed over once, whole, signed, with one wrapped key for each reader',
  'send/left-alone':
    'Hidden files, those that systems keep for themselves and those being written are left alone everywhere, by one rule that is said',
  'send/first-release': 'The first transfer under an agreement waits, and can be undone meanwhile',
  'send/forged-note': 'A note that is forged, altered or incomplete is refused',
  'send/file-fault':
    'A file that changed, went away or cannot be read while it is sent is named, with a way on, and nobody else is blamed',
  'send/file-names':
    'A name that no recipient could be told, or that is spelled otherwise on the disk, is said and never passed over',
  'send/in-words': 'What an agreement and its rosters do not have of a request is said at once, with what they have',
  'send/lying-uploads': 'A server that lies about an upload gets no byte twice and none of another file',
  'send/many': 'Hundreds of files and recipients go in one transfer, and too many are refused before anything leaves',
  'send/no-nonce-twice': 'No two bytes are ever encrypted at one place under one key',
  'send/plaintext': 'A file that was not encrypted is refused, and nothing of it is kept',
  'send/replayed-note': 'A note counts once, for its own transfer',
  'send/resume': 'What broke off goes on at its last whole part',
  'send/rostered-only': 'Nobody can be sent anything who is not in the signed roster, in that role',
  'send/two-servers': 'Two servers that take one upload write no part of both, and one that dies loses a part at most',
  'send/upload-protocol':
    'An upload that does not keep to what is offered of tus is refused in words, and counts for nothing',
  'send/upload-token': 'An upload takes the bytes of the one file its token is for, and tells nothing of it',

  'storage/contract': 'Every store of files does the same: whole objects, parts, ranges, and what is gone is gone',
  'storage/files': 'Files of the store are private, and found again by whoever opens it next',
  'storage/no-versions': 'A bucket that keeps versions is refused: what is destroyed would stay',
  'storage/over-s3': 'A transfer over S3 survives a killed server and an absent store, and altered bytes reach nobody',
  'storage/s3-cut': 'A connection to S3 that is cut gives every octet once, or an error',
  'storage/start-check': 'A bucket is tried at the start, and refused when it cannot be used',

  'team/changes': 'Who joins a team is let in by a colleague, and who leaves it is out at once',
  'team/ghost': 'A service puts nobody into a team whom its organisation did not sign for',
  'team/left-out':
    'A member whose key has ended closes no team: it goes to those who can open it, and who is left out is named and told',
  'team/one-recipient': 'A team is one recipient: its first member collects for all, by name',

  'transfer/as-signed':
    'What the service tells of a transfer otherwise than a signed document says is believed by no client',
  'transfer/canonical': 'The signed documents of a transfer have one form in bytes, computed by another program too',
  'transfer/lists': 'A list shows first what waits, and every transfer once, page after page',
  'transfer/permitted': 'What a view says is permitted is what the service does, for everybody, in every situation',
  'transfer/states': 'A transfer goes from draft to its end by its own steps only, each once',
  'transfer/one-look': 'Who looks at a transfer once is in the log once, and what was signed about it is verified once',
  'transfer/strangers': 'A stranger finds nothing, and learns not even that there is something',

  'trust/bootstrap':
    'An organisation begins with its invited administrator, and from its first roster on its people have roles',
  'trust/many-people': 'Thousands of people are taken in by one command and one signature, none by mistake',
  'trust/memory': 'What was seen once is never undone by something older',
  'trust/leaver-stays-out':
    'Who has left comes back by nobody’s silence: under no other account, key, name or list, and only named by an administrator',
  'trust/mistyped-root':
    'A root that is mistyped stops at once, is pinned again while nothing was signed, and the service’s is never shown',
  'trust/next-roster': 'The next roster follows the last: who stays keeps their entry, who leaves is out',
  'trust/organisation': 'People, teams and keys of an organisation are believed only as its root let them be signed',
  'trust/permitted': 'What an organisation’s views say is permitted is what the service does',
  'trust/partner-root': 'A partner’s root that was swapped is seen, however it is dressed up',
  'trust/refused':
    'The service takes no statement or roster that does not fit its signer, people, time and predecessor',
  'trust/revocations': 'A revocation that is known is never forgotten, and cannot be hidden from who has seen it',
  'trust/signatures': 'A signature counts when exactly one was made, by a key that was good at its time',
  'trust/successor': 'A root is followed by the successor it named, and by no other',

  'verdict/hidden':
    'That files were not scanned is hidden from nobody: the scan authority signs the verdict, and clients go by it alone',
  'verdict/signed': 'The scanner signs each verdict that it reaches, and no other; nothing is released without one',

  'watch/folder': 'A watched folder sends what is put there, and says beside it what cannot be sent',
  'watch/once': 'Each file of a watched folder is sent exactly once, however often its watcher is killed',
  'watch/settled': 'A file that is still being written is left alone',
}
