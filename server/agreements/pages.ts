// Pages of agreements: the list of one's organisation's, and one of them as its signatories read it.
import { agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { parseDocument } from '#domain/document.ts'
import { agreementId } from '#domain/values.ts'
import { agreementPage, agreementsPage } from '../../web/pages/agreements/agreements.ts'
import { type PageAt, personPage } from '../page.ts'
import { listAgreements, showAgreement } from './show.ts'

const listAt = personPage({
  name: 'page.agreements',
  path: '/agreements',
  show: async (visit) => agreementsPage(await visit.need(listAgreements)),
})

const agreementAt = personPage({
  name: 'page.agreement',
  path: '/agreements/:agreement',
  async show(visit) {
    const id = agreementId.safeParse(visit.params.agreement)
    const params = { agreement: id.success ? id.data : '0'.repeat(32) }
    const { agreement } = await visit.need(showAgreement, { params })
    const parsed = parseDocument(agreementModel, Uint8Array.fromBase64(agreement.bytes))
    if (!parsed.ok) throw new Error(`a stored agreement cannot be read: ${parsed.reason}`)
    const { agreements } = await visit.need(listAgreements)
    const summary = agreements.find((one) => one.id === params.agreement)
    return agreementPage({ agreement: parsed.value, summary: summary ?? null })
  },
})

export const agreementPages: readonly PageAt[] = [listAt, agreementAt]
