// `safehand audit export`: fetches a log with all that is needed to verify it, and verifies it as it was written.
import { exportLog } from '#client/log/export-log.ts'
import { vkeyPath } from '#client/log/log-layout.ts'
import { sha256 } from '#platform/crypto.ts'
import { parseAgreementId } from '../../trust/agreements.ts'
import { type Context, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { openSink } from '../../trust/log-folder.ts'
import { startProgress } from '../../terminal/progress.ts'
import { logMemory } from '../../trust/log-memory.ts'
import { report } from './report.ts'

export interface ExportOptions {
  readonly into: string
  readonly organisation?: boolean
}

export async function exportCommand(
  context: Context,
  { agreement, into, organisation = false }: ExportOptions & { readonly agreement: string | undefined },
): Promise<void> {
  if ((agreement === undefined) !== organisation) throw usage('Name an agreement, or say --organisation.')
  const log =
    agreement === undefined
      ? ({ kind: 'organisation', id: (await context.home.readSettings()).organisation } as const)
      : ({ kind: 'agreement', id: parseAgreementId(agreement) } as const)
  const api = await signedInApi(context)
  const sink = await openSink(into)
  let bar: ReturnType<typeof startProgress> | undefined
  const { size, waiting, proved } = await exportLog({
    api,
    log,
    installation: (await context.home.findAnchor())?.origin ?? null,
    memory: logMemory(context.home),
    now: context.io.now(),
    sink,
    sha256,
    onProgress: ({ entries, of }) => {
      bar ??= startProgress(context, { label: 'Fetching entries', total: of })
      bar.at(entries)
    },
  }).finally(() => bar?.stop())
  context.output.note(`Exported ${size} entries into ${into}.`)
  if (waiting > 0) context.output.note(`${waiting} entries are not in it yet: export again later.`)
  if (proved === false)
    context.output.note('The service did not prove that this log contains what was seen of it here before.')
  const keepVkey = (vkey: string) => sink.write(vkeyPath, new TextEncoder().encode(`${vkey}\n`))
  await report(context, { folder: into, earlier: [], fetched: { waiting, proved }, keepVkey })
}
