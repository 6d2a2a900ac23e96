// The roles people hold in their organisation (ARCHITECTURE.md#roles). A role counts only when the signed roster gives
// it.
import * as z from 'zod'

export const roleNames = [
  'caseworker',
  'approver',
  'organisation-administrator',
  'information-asset-owner',
  'information-officer',
  'data-protection-officer',
  'auditor',
  'siro',
] as const

export const role = z.enum(roleNames)
export type Role = z.infer<typeof role>
