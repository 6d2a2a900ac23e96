// Something that a scan needs is not there: no verdict, the job is tried again until it is (ARCHITECTURE.md#scan).

export class NotNow extends Error {
  override readonly name = 'NotNow'
}
