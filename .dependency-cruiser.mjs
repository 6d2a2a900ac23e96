// Who may import whom (ARCHITECTURE.md#who-may-import-whom), one rule per sentence. A folder's rule lists all it may
// import, other folders and npm packages alike; whatever is not listed is refused. tests/house/import-rules.test.ts
// plants a violation of every rule. The parser is swc: with TypeScript 7 alone dependency-cruiser sees no modules and
// passes.

import { Visitor } from '@swc/core/Visitor.js'

// swc's visitor breaks off at `using` declarations, which it does not know yet; what they hold is looked at like any
// other declaration's.
const { visitStatement } = Visitor.prototype
Visitor.prototype.visitStatement = function visitUsingToo(statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  statement.decls = this.visitVariableDeclarators(statement.decls)
  return statement
}

const TEST = '\\.test\\.ts$'
// Node's own modules, where a folder runs in Node only.
const NODE = 'node'

const packages = (...names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}(/|$)`)
const shared = (...names) => names.map((name) => `^shared/${name}/`)

/** The sentence "`folder` -> `allowed`, and its own files". Tests beside the code have a rule of their own. */
const imports = (folder, why, allowed) => ({
  name: `${folder.replace('shared/', '').replace('/', '-')}-imports`,
  comment: why,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: TEST },
  to: {
    couldNotResolve: false,
    pathNot: [`^${folder}/`, ...allowed.filter((item) => item !== NODE)],
    ...(allowed.includes(NODE) && { dependencyTypesNot: ['core'] }),
  },
})

/** The sentence "only `owner` imports these packages". Tests and scripts may look at anything. */
const only = (owner, why, names) => ({
  name: `only-${owner.replaceAll('/', '-')}`,
  comment: why,
  severity: 'error',
  from: { path: '^(shared|server|worker|cli|web)/', pathNot: [`^${owner}/`, TEST] },
  to: { path: packages(...names) },
})

/**
 * The rooms of `parent`, none importing upward, so that each can be read before the next: [room, the rooms below it that
 * it may import, why]. Files in no room are the ground of them all, and know the rooms `below` only;
 * files of `above` put the rooms together.
 */
const layers = (parent, { above = [], below = [], rooms }) => {
  const top = `^${parent}/(${above.join('|')})\\.ts$`
  const sentence = (layer, comment, { path, refused = [`^${parent}/[^/]+/`, top], allowed }) => ({
    name: `${parent.replace('shared/', '').replace('/', '-')}-${layer}`,
    comment,
    severity: 'error',
    from: { path, pathNot: [TEST, top] },
    to: { path: refused, pathNot: allowed.map((one) => `^${parent}/${one}(/|$)`) },
  })
  const room = (name) => `^${parent}/${name}/`
  const known = below.map(([name]) => name)
  return [
    ...below.map(([name, allowed, why]) =>
      sentence(name, why, { path: room(name), refused: [`^${parent}/`], allowed: [name, ...allowed] }),
    ),
    ...rooms.map(([name, allowed, why]) =>
      sentence(name, why, { path: room(name), allowed: [name, ...known, ...allowed] }),
    ),
    sentence('ground', 'What stands in no room is the ground of every room, and knows none above it.', {
      path: `^${parent}/[^/]+$`,
      allowed: known,
    }),
  ]
}

const domainRooms = [
  ['audit', [], 'What stands in the log, and who reads it: of every noun, so that it knows none.'],
  ['identity', [], 'Accounts and tokens.'],
  ['certificates', [], 'Keys and their proofs.'],
  ['organisations', ['identity', 'certificates'], 'Statements and rosters give people roles and keys.'],
  ['agreements', ['organisations'], 'Agreements are signed by people of rosters.'],
  ['scanning', ['agreements'], 'What a file is, by its octets; and what of it an agreement lets go unscanned.'],
  ['policy', ['agreements', 'organisations'], 'What an agreement permits, asked before there is a transfer.'],
  ['transfers', ['policy', 'scanning', 'agreements', 'organisations', 'identity'], 'A transfer goes by an agreement.'],
  ['webhooks', ['transfers', 'organisations'], 'Programs are told what became of transfers.'],
  ['service', ['audit', 'transfers'], 'The service as a whole: its keys, and its state after a restore.'],
]

const clientRooms = [
  ['trust', [], 'Whose keys and agreements are believed, before anything is done with them.'],
  ['log', ['trust'], 'The log is verified under an agreement and a pinned root.'],
  ['transfers', ['trust'], 'What was signed about one transfer, and by whom.'],
  ['collect', ['transfers', 'trust'], 'Opened is what its verified note names.'],
  ['send', ['transfers', 'trust'], 'Sent is what others will verify; sending opens nothing.'],
  ['batch', ['send', 'trust'], 'A list is many requests, each checked under a verified agreement.'],
]

const serverRooms = [
  ['http', [], 'What every request goes through.'],
  ['health', [], 'Whether the process answers.'],
  ['reference', [], 'The API as it is described.'],
  ['identity', ['http'], 'Who asks, by session or token.'],
  ['uploads', ['http'], 'Bodies arrive in pieces, and not as JSON.'],
  ['organisations', [], 'Statements and rosters.'],
  ['certificates', [], 'Keys and their proofs.'],
  ['agreements', [], 'Documents that slices above show as they were signed.'],
  ['transfers', ['uploads', 'agreements'], 'A draft says where its bodies are uploaded.'],
  ['audit', ['agreements'], 'An export holds the agreement that it is read by.'],
  ['webhooks', [], 'Who is told, and where.'],
  ['service', [], 'What anyone may ask of the service itself.'],
  ['home', ['identity', 'agreements', 'transfers'], 'What waits for somebody, of every noun.'],
]

const housekeeperRooms = ['agreements', 'audit', 'mail', 'transfers', 'webhooks'].map((noun) => [
  noun,
  [],
  'Each job is of one noun; what it leads to is another job.',
])

const cliBelow = [
  ['terminal', [], 'How a command speaks and ends, whatever it is about.'],
  ['keys', ['terminal'], 'How a key is reached: every command is given it from there.'],
]
const cliRooms = [
  ['trust', [], 'What this home keeps of whom it believes.'],
  ['collecting', ['trust'], 'A transfer is looked at under its verified agreement.'],
  ['sending', ['collecting', 'trust'], 'What is asked for is looked up in a verified agreement.'],
  ['batch', ['sending', 'collecting', 'trust'], 'A list is many times the same: sent.'],
  ['watch', ['batch'], 'A folder is a list that is never ready.'],
  ['commands', ['watch', 'batch', 'sending', 'collecting', 'trust'], 'A command puts together what stands below.'],
]

const alone = 'What two nouns of the command line share stands in a room below the commands.'
const commandRooms = [
  ...['account', 'agreement', 'audit', 'hold', 'organisation', 'roster', 'webhook'].map((noun) => [noun, [], alone]),
  ['key', ['organisation'], 'With the first key goes the root that it is believed under.'],
]

const processRooms = [
  ['scanner', [], 'It parses hostile input: it holds no mail, no release, no log key.'],
  ['housekeeper', [], 'It releases: it holds no scan keys.'],
]

const documentRooms = [
  [
    'documents',
    ['states.ts'],
    'What people and the service sign of a transfer stands by itself, whoever decides on it.',
  ],
]

const inTransfers = [['transfers', [], 'What is said of transfers, beside the other nouns: none of those needs it.']]

const inClient = shared('domain', 'contract', 'openpgp', 'tlog', 'words')
const inProcess = shared('domain', 'contract', 'openpgp', 'tlog', 'words', 'store', 'platform')

export default {
  forbidden: [
    imports('shared/domain', 'Pure: models and decisions. Nothing that reads a clock, hashes or does I/O.', [
      ...packages('zod', 'canonicalize'),
    ]),
    imports('shared/tlog', 'Pure and synchronous: sha256 arrives as an argument, so a verifier can be read alone.', []),
    imports('shared/contract', 'What two processes say to each other, in the words of the domain.', [
      ...shared('domain'),
      ...packages('zod'),
    ]),
    imports('shared/openpgp', 'The one place that knows openpgp.js and its defaults.', [
      ...shared('domain'),
      ...packages('openpgp'),
    ]),
    imports('shared/words', 'Every sentence for people, typed by the codes of the domain.', [...shared('domain')]),
    imports('shared/present', 'What a person sees, from what was verified: it verifies and decides nothing.', [
      ...shared('domain', 'contract', 'words'),
    ]),
    imports('shared/client', 'Browser and command line alike: files, network, time and chance arrive as parameters.', [
      ...inClient,
      ...packages('tus-js-client'),
    ]),
    imports('shared/platform', 'Adapters, each over its own driver; they know no tables and no rules.', [
      ...shared('domain', 'contract'),
      ...packages('@aws-sdk/client-s3', 'file-type', 'ioredis', 'bullmq', 'nodemailer', 'pino', 'prom-client'),
      NODE,
    ]),
    imports('shared/store', 'SQL lives here only, so that one role list and one commit path cover every write.', [
      ...shared('domain', 'contract', 'tlog', 'platform'),
      ...packages('pg', 'kysely'),
      NODE,
    ]),
    imports('web/components', 'What every page is made of; GOV.UK’s own templates are reached through it alone.', [
      ...shared('words'),
      ...packages('govuk-frontend', 'nunjucks'),
      NODE,
    ]),
    imports('web/pages', 'Pure: a page is a function from what it shows to HTML.', [
      ...shared('domain', 'contract', 'words', 'present'),
      '^web/components/',
    ]),
    imports('web/client', 'Small scripts that make better what works without them; the engine does the rest.', [
      ...shared('domain', 'contract', 'words'),
      '^web/engine/',
      ...packages('govuk-frontend'),
    ]),
    {
      name: 'web-client-takes-types',
      comment:
        'Sentences come in the HTML and rules stay with the engine and the service: a page loads neither, nor zod.',
      severity: 'error',
      from: { path: '^web/client/', pathNot: TEST },
      to: { path: '^(shared|web/engine)/', dependencyTypesNot: ['type-only'] },
    },
    imports('web/engine', 'A browser can do what the command line can, and nothing that needs Node.', [
      ...inClient,
      ...shared('client'),
      ...packages('hash-wasm'),
    ]),
    imports('cli', 'The same client code as the browser, plus Node: no database, no service.', [
      ...inClient,
      ...shared('client', 'present', 'platform'),
      ...packages('@inquirer/prompts', 'cli-progress', 'commander', 'csv-parse', 'csv-stringify', 'zod'),
      NODE,
    ]),
    imports(
      'server',
      'Decides what people do. Not the client: a server that could encrypt or open would be tempted to.',
      [
        ...inProcess,
        ...shared('present'),
        '^web/(components|pages)/',
        ...packages(
          '@tus/server',
          'connect-pg-simple',
          'express',
          'express-serve-static-core',
          'express-session',
          'helmet',
          'otpauth',
          'passport',
          'passport-local',
          'yazl',
          'rate-limiter-flexible',
          'zod',
        ),
        NODE,
      ],
    ),
    imports('worker', 'Does what follows from decisions. Never the server: what both need is in shared.', [
      ...inProcess,
      ...packages('zod'),
      NODE,
    ]),
    {
      name: 'slice-to-service-only',
      comment: 'A slice may call what another keeps beside them; its use cases, pages and presenter are its own edge.',
      severity: 'error',
      from: { path: '^server/([^/]+)/' },
      to: { path: '^server/[^/]+/(routes|use-cases|pages|presenter)\\.ts$', pathNot: '^server/$1/' },
    },
    only('shared/openpgp', 'Profiles are pinned there; nobody else may meet the defaults.', ['openpgp']),
    only('shared/client', 'Uploads are begun, resumed and given up in one place.', ['tus-js-client']),
    only('shared/store', 'One place for SQL, roles and transactions.', ['pg', 'kysely']),
    only('shared/platform', 'Drivers are replaceable, and their traps are written down once.', [
      '@aws-sdk/client-s3',
      'file-type',
      'ioredis',
      'bullmq',
      'nodemailer',
      'pino',
      'prom-client',
    ]),
    only('web/components', 'Templates that are not typed are called through typed functions.', ['nunjucks']),
    only('server', 'The edge for people and programs; the other processes answer no requests.', [
      '@tus/server',
      'connect-pg-simple',
      'express',
      'express-session',
      'helmet',
      'passport',
      'passport-local',
      'yazl',
      'rate-limiter-flexible',
    ]),
    {
      name: 'product-without-tests-and-scripts',
      comment: 'Nothing that ships leans on what only developers run.',
      severity: 'error',
      from: { path: '^(shared|server|worker|cli|web)/', pathNot: TEST },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'tests-beside-code',
      comment: 'A unit test may use builders and golden files; all else needs a service and belongs in tests/.',
      severity: 'error',
      from: { path: `^(shared|server|worker|cli|web)/.*${TEST}` },
      to: { path: '^(tests|scripts)/', pathNot: '^tests/(fixtures|vectors)/' },
    },
    {
      name: 'tests-use-services-script',
      comment:
        'Of the scripts, tests share what starts the real parts and what makes the pages; all else is product code.',
      severity: 'error',
      from: { path: '^tests/' },
      to: { path: '^scripts/', pathNot: '^scripts/(services|web)\\.ts$' },
    },
    {
      name: 'fakes-for-faults-only',
      comment: 'A fake stands in for a failing part, and for nothing else: everything else runs on the real one.',
      severity: 'error',
      from: { pathNot: '^tests/(faults|fakes)/' },
      to: { path: '^tests/fakes/' },
    },
    {
      name: 'no-development-packages',
      comment: 'What ships is installed without development packages.',
      severity: 'error',
      from: { path: '^(shared|server|worker|cli|web)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    ...layers('shared/domain', { above: ['account-permitted', 'agreement-permitted'], rooms: domainRooms }),
    ...layers('shared/domain/transfers', { below: documentRooms, rooms: [] }),
    ...layers('shared/client', { rooms: clientRooms }),
    ...layers('shared/contract', { above: ['operations'], rooms: inTransfers }),
    ...layers('shared/store', { above: ['commit', 'lost-jobs', 'webhooks'], rooms: inTransfers }),
    ...layers('server', { above: ['app', 'main'], rooms: serverRooms }),
    ...layers('cli', { above: ['main', 'program'], below: cliBelow, rooms: cliRooms }),
    ...layers('cli/commands', { rooms: commandRooms }),
    ...layers('worker', { rooms: processRooms }),
    ...layers('worker/housekeeper', { above: ['jobs', 'main'], rooms: housekeeperRooms }),
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere would escape every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.parts|\\.demo|\\.run|\\.bench|\\.faults|dist|web/dist)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
