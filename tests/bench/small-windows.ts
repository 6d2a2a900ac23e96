// Preloaded into a scanner under test: what one scan takes is small here, so that a few MiB go the way of gigabytes.
// The scanner has no such setting, since nobody should have the choice.
import { clamdWindows } from '../../worker/scanner/scan-windows.ts'

const mebibyte = 1024 * 1024
Object.assign(clamdWindows, { largest: 8 * mebibyte, size: 4 * mebibyte, overlap: mebibyte })
