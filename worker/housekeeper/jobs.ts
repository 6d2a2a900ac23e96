// The housekeeper's jobs: each name with its payload and its processor. A payload that is not as the contract says is
// an error of ours, and fails.
import { jobs } from '#contract/jobs.ts'
import type { Processors } from '#platform/queue.ts'
import { activateAgreement } from './agreements/activate.ts'
import { sendMail } from './mail/send.ts'
import type { HousekeeperParts } from './parts.ts'
import { abandonOverdue } from './transfers/abandon.ts'
import { destroyTransfer, expireTransfer } from './transfers/destroy.ts'
import { remindOf } from './transfers/remind.ts'
import { releaseTransfer } from './transfers/release.ts'

export function housekeeperProcessors(parts: HousekeeperParts): Processors {
  return {
    'release-transfer': (data) => releaseTransfer(parts, jobs['release-transfer'].parse(data)),
    'abandon-transfer': (data) => abandonOverdue(parts, jobs['abandon-transfer'].parse(data)),
    'expire-transfer': (data) => expireTransfer(parts, jobs['expire-transfer'].parse(data)),
    'destroy-transfer': (data) => destroyTransfer(parts, jobs['destroy-transfer'].parse(data)),
    'remind-transfer': (data) => remindOf(parts, jobs['remind-transfer'].parse(data)),
    'activate-agreement': async (data) => {
      const payload = jobs['activate-agreement'].parse(data)
      await activateAgreement({ commit: parts.commit, payload })
    },
    'send-mail': (data) => sendMail(parts, jobs['send-mail'].parse(data)),
  }
}
