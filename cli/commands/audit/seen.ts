// `safehand audit seen`: what this home saw of each log, for its owner; and one signed checkpoint, for an officer who compares.
import type { RememberedLog } from '#domain/audit/remembered.ts'
import { headOf } from '#client/log/memory.ts'
import { logProblemWords } from '#words/en/log.ts'
import { encodeBase64 } from '#tlog/bytes.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { listRemembered } from '../../trust/log-memory.ts'

export async function seenCommand(
  { home, output }: Context,
  { log }: { readonly log: string | undefined },
): Promise<void> {
  const all = await listRemembered(home)
  if (log === undefined) {
    const none = 'This home has seen no log yet.'
    output.result({ value: { logs: all.map(shownOf) }, text: all.map(describe).join('\n\n') || none })
    return
  }
  const found = all.find(({ origin }) => origin === log || origin.endsWith(`/${log}`))
  if (!found) throw usage(`This home has seen no log ${log}. Use: safehand audit seen`)
  output.result({ value: shownOf(found), text: found.head.note.trimEnd() })
}

function shownOf(remembered: RememberedLog) {
  const { origin, head, cosigned, copy, refused } = remembered
  const { size, root } = headOf(remembered)
  return { origin, size, root: encodeBase64(root), ...head, cosigned, copy, refused }
}

function describe(remembered: RememberedLog): string {
  const { origin, size, root, at, pinned, copy, refused } = shownOf(remembered)
  const shown = refused.map(
    ({ at: on, code, place }) => `Refused  on ${on}: ${wordsOf(code)}${place === null ? '' : ` It is in ${place}`}`,
  )
  return [
    `Log      ${origin}`,
    `Seen     ${size} entries on ${at}, root ${root}${pinned ? '' : ', signed by a key that no agreement named'}`,
    copy === null ? 'Copy     none was exported here' : `Copy     ${copy.size} entries, in ${copy.place}`,
    ...shown,
  ].join('\n')
}

function wordsOf(code: string): string {
  return (logProblemWords as Readonly<Record<string, string>>)[code] ?? code
}
