// Preloaded into a command that is measured: at its end it says on descriptor 3 what it took. Asked from inside, since
// after the end nobody can; VmHWM, since rusage's maxrss begins with what the starting process had.
import { readFileSync, writeSync } from 'node:fs'

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const status = readFileSync('/proc/self/status', 'latin1')
  writeSync(3, JSON.stringify({ status, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }))
})
