import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createHealth, type HealthChecks } from '#platform/health.ts'
import { healthRoutes } from './routes.ts'

const answers = async () => undefined
const isAway = () => Promise.reject(new Error('connection to 192.0.2.7 refused for safehand_server'))
const ask = (checks: HealthChecks, path: string) => request(express().use(healthRoutes(createHealth(checks)))).get(path)

describe('[operate/health] health', () => {
  it('is alive while a part is away, and not ready', async () => {
    const checks = { database: isAway, objects: answers }
    await ask(checks, '/health/live').expect(200, { status: 'ok' })
    await ask(checks, '/health/ready').expect(503, { missing: ['database'] })
  })

  it('is ready when every part answers', async () => {
    await ask({ database: answers, objects: answers }, '/health/ready').expect(200, { status: 'ok' })
  })

  it('names the part that is missing, and says nothing else of it', async () => {
    const { text } = await ask({ database: isAway }, '/health/ready')
    expect(text).not.toMatch(/192|safehand_server|refused/)
  })
})
