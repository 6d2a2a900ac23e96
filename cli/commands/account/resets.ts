// `safehand account resets`, `open-reset`, `confirm-reset`, `withdraw-reset`.
import { resetOperations } from '#contract/resets.ts'
import { email as emailModel } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/dates.ts'
import { type Context, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { idGiven } from '../../terminal/id-given.ts'

export interface OpenResetOptions {
  readonly email: string
  readonly resetFile?: string
}

export async function openReset(context: Context, { email: given, resetFile }: OpenResetOptions): Promise<void> {
  const email = emailModel.safeParse(given)
  if (!email.success) throw usage('--email is no e-mail address.')
  const api = await signedInApi(context)
  const { id, code, expires, needsSecond } = await api.call(resetOperations.open, { body: { email: email.data } })
  if (resetFile !== undefined) await writePrivate(resetFile, `${code}\n`)
  const told = resetFile === undefined ? { code } : { resetFile }
  const second = needsSecond
    ? [`It does nothing until another administrator runs: safehand account confirm-reset ${id}`]
    : []
  context.output.result({
    value: { id, expires, needsSecond, ...told },
    text: [
      `Say this to ${email.data} yourself, in person or on a call where you see them; until ${dateInWords(expires)}: ${resetFile ?? code}`,
      `They use it with: safehand account complete-reset`,
      ...second,
    ].join('\n'),
  })
}

export async function listResets(context: Context): Promise<void> {
  const found = await (await signedInApi(context)).call(resetOperations.list, {})
  const lines = found.resets.map(({ id, name, email, organisation, openedBy, expires, needsSecond, confirmed }) => {
    const stands = needsSecond && !confirmed ? 'waits for a second administrator' : 'can be completed'
    return `${id}: ${name} (${email}), ${organisation}; opened by ${openedBy}, until ${dateInWords(expires)}; ${stands}`
  })
  context.output.result({ value: found, text: lines.length > 0 ? lines.join('\n') : 'None is open.' })
}

export async function confirmReset(
  context: Context,
  { id, yes }: { readonly id: string; readonly yes?: true },
): Promise<void> {
  const reset = idGiven(id)
  const question = 'Do you know from both of them, in person or by phone, that this is so?'
  if (!yes && !(await context.io.confirm(question))) throw usage('Nothing was confirmed.')
  await (await signedInApi(context)).call(resetOperations.confirm, { params: { reset } })
  context.output.result({ value: { reset }, text: 'Confirmed: they can complete it now.' })
}

export async function withdrawReset(context: Context, id: string): Promise<void> {
  const reset = idGiven(id)
  await (await signedInApi(context)).call(resetOperations.withdraw, { params: { reset } })
  context.output.result({ value: { reset }, text: 'Taken back: its code does nothing.' })
}
