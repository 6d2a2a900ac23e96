// Pages that say something about the service itself: help, its limits, cookies, accessibility, and what a computer needs.

export const helpWords = {
  title: 'Help',
  whom: 'Who helps you',
  administrators: 'Administrators of your organisation',
  nobody: 'Sign in to see who in your organisation helps you. If you cannot sign in, ask whoever invited you.',
  quote: 'When something was refused, tell them the code and the number on the page: they lead to what happened.',
  never:
    'Nobody who helps you needs your password, your code or the passphrase of your key. Who asks for one is not helping you.',
  words: 'What the words mean',
  meanings: [
    ['Transfer', 'One or more files that one person sends to people they name, under one agreement.'],
    ['Agreement', 'What the organisations signed: who may send what to whom, and why. Without it nothing can be sent.'],
    ['Collect', 'Fetch the files and open them with your key. Nobody else can open them.'],
    ['Acknowledge', 'Tell the sender that you have stored the files, so that the copies here can go.'],
    ['Recall', 'Take a transfer back. It does not reach copies that somebody has fetched already.'],
    ['Key', 'What opens files that were sent to you. It is yours alone; the service cannot make it again.'],
  ],
} as const

/** The same seven as in SECURITY.md. */
export const limitsWords = {
  title: 'What Safehand cannot promise',
  intro:
    'No service is safe against everything. These are the limits of this one, so that you can decide with open eyes.',
  limits: [
    [
      'The virus check reads files',
      'Between handing over and the end of the check the scanner can read a file. Whoever runs the scanner controls it. After the check its key is destroyed.',
    ],
    [
      'A page is as safe as where it comes from',
      'Pages come from the service. The command line, which you install once and can check, is safer.',
    ],
    [
      'The service sees around the files',
      'It sees who sends, to whom, when, how much, under which agreement, for what purpose and with which reference. It does not see what is in the files, nor their names.',
    ],
    ['A recall has an end', 'It does not reach copies that were fetched before.'],
    ['Clean means nothing was found', 'With what the virus check knew in that hour.'],
    [
      'A stolen key opens files',
      'Who has a recipient’s key and its passphrase opens what is still held for them. The encryption is not made against quantum computers yet.',
    ],
    [
      'Backups last longer',
      'Wrapped keys stay in backups for up to 35 days. The files themselves are never backed up.',
    ],
  ],
} as const

export const cookiesWords = {
  title: 'Cookies',
  intro:
    'Safehand keeps two cookies, both needed, and nothing for statistics or advertising. There is nothing to choose.',
  name: 'Name',
  purpose: 'What it is for',
  ends: 'When it ends',
  cookies: [
    [
      'safehand',
      'Shows that you have signed in.',
      'When you sign out; after 15 minutes without use; after 8 hours in any case',
    ],
    [
      'safehand-device',
      'Shows that somebody signed in from this browser before, so that wrong tries elsewhere do not slow you down. Its whole name has a part that stands for the account, and says nothing of whom.',
      'After 180 days',
    ],
  ],
  secure: 'Over https both names begin with __Host-, so that no other site can set them.',
} as const

export const accessibilityWords = {
  title: 'Accessibility statement',
  aim: 'We want everybody to be able to use Safehand: by keyboard alone, with a screen reader, with a screen magnified to 400%, with speech, and without JavaScript wherever no key is needed.',
  standard: 'These pages aim at the Web Content Accessibility Guidelines (WCAG) 2.2 at level AA.',
  tested: 'How we test',
  testedHow: [
    'Every page is looked through by axe-core, in a real browser, whenever a test run is made; a finding stops the run.',
    'Every page is opened 320 pixels wide, and may not need to be moved sideways.',
    'Pages that need no key are used with JavaScript switched off.',
  ],
  notYet: 'What we know is not good enough',
  notYetWhat: 'Nobody who uses a screen reader every day has tried these pages yet.',
  problem:
    'If you cannot use something here, tell an administrator of your organisation. Files can be sent and collected by command line as well.',
} as const

export const checkWords = {
  title: 'Check this computer',
  intro: 'This page tries what sending and collecting files needs of a browser. Nothing leaves this computer.',
  needsScripts:
    'JavaScript is switched off, so this page cannot try anything. Signing in and looking at transfers works without it; sending, opening and signing files does not.',
  what: 'What',
  result: 'Result',
  waiting: 'Not tried yet',
  works: 'Works',
  missing: 'Missing',
  floor: 'Browsers that have all of it: Chrome and Edge from version 140, Firefox from version 133.',
  bundle: 'What this service gives to browsers',
  bundleWhat:
    'The SHA-256 of the list of its scripts and styles, which holds the digest of each. It changes with a new version and at no other time; whoever runs the service finds it in the log of each start.',
  forIt: 'If something is missing, show this page to whoever looks after your computer.',
  needs: {
    secure: 'A secure connection (https, or this same computer)',
    crypto: 'Encryption by the browser (Web Cryptography)',
    bytes: 'Current JavaScript (Uint8Array.fromBase64)',
    worker: 'A worker that runs beside the page',
    storage: 'A private place for files while they are checked (OPFS)',
    streams: 'Reading large files piece by piece (streams)',
    clock: 'A clock that agrees with the service to five minutes',
  },
} as const
export type Need = keyof typeof checkWords.needs
