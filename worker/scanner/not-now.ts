// Something that a scan needs is not there: no verdict, the job is tried again until it is (DESIGN 4.5, `error`).

export class NotNow extends Error {
  override readonly name = 'NotNow'
}
