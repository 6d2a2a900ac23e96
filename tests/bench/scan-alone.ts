// Measures the scan in a process of its own, so that its memory and CPU time are those of a scanner.
// Argument: ScanOptions as JSON. Prints one JSON value, a Comparison.
import { countBuffersWithHeap } from '#platform/buffers.ts'
import { benchScan } from './scan.ts'

countBuffersWithHeap()
process.stdout.write(JSON.stringify(await benchScan(JSON.parse(process.argv[2] ?? ''))))
