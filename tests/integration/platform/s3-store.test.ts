/** S3 keeps the contract, on Ceph's gateway. */
import { afterAll } from 'vitest'
import { s3Store } from '#platform/object-store/s3-store.ts'
import { type Bucket, createBucket } from '../../fixtures/s3.ts'
import { objectStoreContract } from './object-store.contract.ts'

const buckets: Bucket[] = []

async function emptyBucket(): Promise<Bucket> {
  const bucket = await createBucket()
  buckets.push(bucket)
  return bucket
}

afterAll(async () => {
  for (const bucket of buckets) await bucket.remove()
})

objectStoreContract(async () => s3Store((await emptyBucket()).settings))
