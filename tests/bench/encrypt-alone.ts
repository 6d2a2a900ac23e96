// Measures encryption in a process of its own: what else a program has loaded would be collected at our expense.
// Prints one JSON value, an EncryptBench. Argument: MiB.
import { benchEncrypt } from './encrypt.ts'

process.stdout.write(JSON.stringify(await benchEncrypt({ mib: Number(process.argv[2]) })))
