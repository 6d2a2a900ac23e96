/** Plain-text mail over SMTP. A mail says that something waits, never what: no file names, no case reference. */
import { createTransport } from 'nodemailer'

export type Mail = { to: string; subject: string; text: string }

export type Mailer = {
  /** Resolves when the SMTP server has taken the mail. `messageId` makes a repetition recognisable. */
  send(mail: Mail & { messageId?: string }): Promise<void>
  close(): void
}

/** @param url `smtp://user:password@host:port`, or `smtps:`. */
export function openMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 })
  return {
    async send(mail) {
      await transport.sendMail({ from, ...mail })
    },
    close: () => transport.close(),
  }
}
