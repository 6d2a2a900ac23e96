// The housekeeper's jobs: each name with its payload and its processor. A payload that is not as the contract says is
// an error of ours, and fails.
import { jobs } from '#contract/jobs.ts'
import type { Processors } from '#platform/queue.ts'
import { activateAgreement } from './agreements/activate.ts'
import { sendAccountMail } from './mail/send-account-mail.ts'
import { sendMail } from './mail/send.ts'
import type { HousekeeperAdapters } from './adapters.ts'
import { abandonOverdue } from './transfers/abandon.ts'
import { destroyTransfer, expireTransfer } from './transfers/destroy.ts'
import { remindOf } from './transfers/remind.ts'
import { releaseTransfer } from './transfers/release.ts'

export function housekeeperProcessors(adapters: HousekeeperAdapters): Processors {
  return {
    'release-transfer': (data) => releaseTransfer(adapters, jobs['release-transfer'].parse(data)),
    'abandon-transfer': (data) => abandonOverdue(adapters, jobs['abandon-transfer'].parse(data)),
    'expire-transfer': (data) => expireTransfer(adapters, jobs['expire-transfer'].parse(data)),
    'destroy-transfer': (data) => destroyTransfer(adapters, jobs['destroy-transfer'].parse(data)),
    'remind-transfer': (data) => remindOf(adapters, jobs['remind-transfer'].parse(data)),
    'activate-agreement': async (data) => {
      const payload = jobs['activate-agreement'].parse(data)
      await activateAgreement({ commit: adapters.commit, payload })
    },
    'send-account-mail': (data) => sendAccountMail(adapters, jobs['send-account-mail'].parse(data)),
    'send-mail': (data) => sendMail(adapters, jobs['send-mail'].parse(data)),
  }
}
