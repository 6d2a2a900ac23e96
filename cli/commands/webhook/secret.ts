// A webhook’s secret, as it is shown once.
import type { Context } from '../../context.ts'
import { table } from '../../terminal/output.ts'

export function showSecret(context: Context, value: { readonly id: string; readonly secret: string }): void {
  const text = table([
    ['Webhook', value.id],
    ['Secret', value.secret],
  ])
  context.output.result({ value, text: `${text}\nThe secret is not shown again.` })
}
