// What is said of files that are not sent, by their names.

/** One rule for a file, a folder, a list and a watched folder (client/send/left-alone.ts). */
export const leftAloneWords = {
  hidden: 'hidden files, whose names begin with a dot, are not sent',
  systems: 'it is a file that a system or an office program keeps for itself, and such files are not sent',
  temporary: 'by its name it is still being written',
} as const

export function leftAlone(file: string, why: keyof typeof leftAloneWords): string {
  return `${file} is left alone: ${leftAloneWords[why]}. If it is meant, give it another name.`
}

/** A recipient is told a name in UTF-8, and a folder of an older system may hold others. */
export function notUtf8(file: string): string {
  return `The name of ${file} is not in UTF-8, so that no recipient could be told it. Give it another name.`
}

export function otherSpelling(name: string): string {
  return `There is one that is spelled otherwise, in capitals, in how its accents are made or in its encoding: ${name}. Name it as it is there, or give it another name.`
}
