// What `safehand watch` says: one line for each thing that happens, and a page beside each file that it refused.

export const watchWords = {
  watching: (said: Said) =>
    `Watching ${said.folder}. What is put there and has not changed for ${said.settle} s is sent.`,
  sent: (said: Said) => `Sent ${said.name}: transfer ${said.transfer}`,
  'sent-before': (said: Said) => `${said.name} was sent by an earlier run: transfer ${said.transfer}`,
  refused: (said: Said) => `Refused ${said.name}: ${said.words}`,
  changed: (said: Said) => `${said.name} changed while it was being sent: waiting until it rests.`,
  waiting: (said: Said) => `Not sent yet: ${said.words}`,
} as const
export type WatchEvent = keyof typeof watchWords

type Said = Readonly<Record<string, string>>

export const linkWords = 'It is a link or no file at all, and links are never followed. Put the file itself there.'

export const emptyFolderWords = 'There is no file in this folder. Put the files in it before you move it here.'

/** Beside what was refused. */
export function refusedPage({ name, words }: { readonly name: string; readonly words: string }): string {
  return `${name} was not sent.\n\n${words}\n\nTo try again, put it right and move it back.\n`
}
