// The service's own keys over HTTP.
import { serviceOperations } from '#contract/service.ts'
import { type Route, route } from '../http/route.ts'
import type { ServiceService } from './service.ts'

export function serviceRoutes(service: ServiceService): Route[] {
  return [route(serviceOperations.keys, ({ caller }) => service.keys({ caller }))]
}
