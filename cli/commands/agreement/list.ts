// `safehand agreement list`: the organisation’s agreements, as the service names them.
import { agreementOperations } from '#contract/agreements.ts'
import { agreementRows } from '#present/lists.ts'
import { type Context, signedInApi } from '../../context.ts'
import { table } from '../../terminal/output.ts'

export async function listAgreements(context: Context): Promise<void> {
  const api = await signedInApi(context)
  const { agreements } = await api.call(agreementOperations.list, {})
  const rows = agreementRows(agreements, context.io.now())
  context.output.result({
    value: { agreements },
    text: rows.length === 0 ? 'Your organisation has no agreements.' : table(rows),
  })
}
