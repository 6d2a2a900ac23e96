// What stands on every page around what is its own, and the pages that say something about the service itself. What a page of a
// noun says is beside that noun's other words.

const trace = 'For whoever helps you:'

export const layoutWords = {
  service: 'Safehand',
  skip: 'Skip to main content',
  menu: 'Menu',
  back: 'Back',
  signOut: 'Sign out',
  errorPrefix: 'Error: ',
  errorTitle: 'There is a problem',
  trace,
  footer: 'About this service',
  help: 'Help',
  limits: 'What Safehand cannot promise',
  check: 'Check this computer',
  accessibility: 'Accessibility',
  cookies: 'Cookies',
  about: 'Safehand carries files between public bodies, encrypted from one person to another.',
} as const

export const sessionWords = {
  endsSoon: 'You will be signed out in two minutes',
  endsSoonWhat:
    'You have not used Safehand for a while. What you typed stays on this page. An upload under way goes on.',
  stay: 'Stay signed in',
  ended: 'You have been signed out',
  endedWhat: 'What you typed is still on this page. Sign in in another window, then go on here.',
  signInAgain: 'Sign in (opens in a new window)',
} as const

export const navigationWords = {
  home: 'Home',
  received: 'Files for you',
  sent: 'Sent files',
  approvals: 'Waiting for release',
  agreements: 'Agreements',
} as const

/** For a refusal that a browser asked for as a page. */
export const refusalPageWords = {
  home: 'Go to the home page',
  signIn: 'Sign in',
  help: 'Get help',
  trace,
  outdated:
    'This page was open for too long, or from before you signed in. What you typed is still here: check it and press the button again.',
  outdatedSignIn:
    'Sign in in another window, then go back one page in this one: what you typed is still there, and the button works again.',
} as const

export const homeWords = {
  title: 'Home',
  waitingFor: 'What waits for you',
  received: { one: 'transfer to collect', many: 'transfers to collect' },
  sent: { one: 'of your transfers is under way', many: 'of your transfers are under way' },
  approvals: { one: 'transfer waits for release', many: 'transfers wait for release' },
  agreements: { one: 'agreement waits for a signature', many: 'agreements wait for a signature' },
  nothing: 'Nothing waits for you.',
  keyMissing: 'You have no key yet',
  keyMissingWhat:
    'Files are encrypted to your own key, so nobody can send you any before you have made one and shown that you hold it.',
  noRoles: 'You have no role yet',
  noRolesWhat:
    'Your administrator gives you one by signing a new roster. Until then you can look around, and neither send nor collect.',
} as const
