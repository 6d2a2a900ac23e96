// Statements that are asked again and again are parsed and planned once for each connection, as prepared statements; that
// was half of what PostgreSQL did. Lists of any length are not: hardly two of them are alike, and plans take memory.
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'

/** A statement with more parameters has a list among them. */
const mostParameters = 20

/** PostgreSQL keeps 63 characters: a number, and so much of the statement that whoever reads its log knows it. */
const nameLength = 50

/** A migration while this process runs may change what a plan gives (`cached plan must not change result type`). */
const planOfBefore = '0A000'

export function preparedStatements(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const known = names.get(text) ?? `${names.size} ${text.trimStart().slice(0, nameLength)}`
    names.set(text, known)
    return known
  }
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect()
      let old = false
      const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
        const named = values.length > 0 && values.length <= mostParameters
        try {
          return await client.query({ text, values: [...values], ...(named && { name: nameOf(text) }) })
        } catch (error) {
          old ||= (error as { code?: string }).code === planOfBefore
          throw error
        }
      }
      // What is old is planned anew by the next connection.
      const release = (destroy = false) => client.release(destroy || old)
      // Kysely asks by text and values, but for cursors, which are not used.
      return { query, release } as PostgresPoolClient
    },
    end: () => pool.end(),
  }
}
