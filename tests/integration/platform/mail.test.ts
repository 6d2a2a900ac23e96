/** Mail through a real SMTP server. */
import { randomBytes } from 'node:crypto'
import { afterAll, expect, inject, it } from 'vitest'
import { openMailer } from '#platform/mail.ts'
import { readMails } from '../../../scripts/services.ts'

const { smtp } = inject('services')
const mailer = openMailer({ url: smtp.url, from: 'Safehand <noreply@safehand.invalid>' })
afterAll(() => mailer.close())

it('[mail/delivery] a mail arrives with sender, recipient, subject and text', async () => {
  const mark = randomBytes(8).toString('hex')
  const to = 'officer@police.example'
  await mailer.send({ to, subject: `A transfer is waiting ${mark}`, text: 'Sign in to collect it.' })
  const mail = (await readMails(smtp.folder ?? '')).find((raw) => raw.includes(mark))
  expect(mail).toContain('From: Safehand <noreply@safehand.invalid>')
  expect(mail).toContain(`To: ${to}`)
  expect(mail).toContain('Sign in to collect it.')
})

it('[mail/delivery] a mail cannot be given further headers by its subject', async () => {
  const mark = randomBytes(8).toString('hex')
  await mailer.send({ to: 'officer@police.example', subject: `${mark}\r\nBcc: other@example.org`, text: 'x' })
  const mail = (await readMails(smtp.folder ?? '')).find((raw) => raw.includes(mark))
  expect(mail).not.toMatch(/^Bcc:/m)
})

it('[mail/delivery] an SMTP server that is away is an error', async () => {
  const away = openMailer({ url: 'smtp://127.0.0.1:1', from: 'noreply@safehand.invalid' })
  await expect(away.send({ to: 'a@example.org', subject: 's', text: 't' })).rejects.toThrow('ECONNREFUSED')
})
