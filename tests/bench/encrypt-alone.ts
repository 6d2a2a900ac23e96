// Measures encryption in a process of its own: what else a program has loaded would be collected at our expense.
// Argument: EncryptOptions as JSON. Prints one JSON value, a Comparison.
import { benchEncrypt } from './encrypt.ts'

process.stdout.write(JSON.stringify(await benchEncrypt(JSON.parse(process.argv[2] ?? ''))))
