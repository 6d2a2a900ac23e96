// The error that postpones a scan: something that it needs is not there, so there is no verdict, and the job is retried
// until there is (ARCHITECTURE.md#scan).

export class ScanPostponed extends Error {
  override readonly name = 'ScanPostponed'
}
