// Puts the parts of a recorded example where an OpenAPI document has them: parameters of path and header, headers and bytes of
// the good reply. Bodies in JSON are put beside their schemas by openapi.ts.
import type { Example } from './example.ts'
import type { ApiHeader, ApiParameter } from './openapi-model.ts'

/** `path` as the document has it, with `{name}` for each of its parameters. */
export function withExamples(
  parameters: readonly ApiParameter[],
  { path, shown }: { readonly path: string; readonly shown: Example | undefined },
): ApiParameter[] {
  if (!shown) return [...parameters]
  const inPath = valuesIn(path, shown.request.path)
  return parameters.map((one) => {
    const inQuery = new URLSearchParams(shown.request.path.split('?')[1])
    const example = {
      path: () => inPath.get(one.name),
      query: () => inQuery.get(one.name) ?? undefined,
      header: () => headerIn(shown.request.headers, one.name),
    }[one.in]()
    return example === undefined ? one : { ...one, example }
  })
}

export function headersWithExamples(
  headers: Readonly<Record<string, ApiHeader>>,
  shown: Example | undefined,
): Readonly<Record<string, ApiHeader>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => {
      const example = shown && headerIn(shown.reply.headers, name)
      return [name, example === undefined ? one : { ...one, example }]
    }),
  )
}

function valuesIn(path: string, asked: string): ReadonlyMap<string, string> {
  const given = asked.split('?')[0]?.split('/') ?? []
  const pairs = path.split('/').flatMap((part, index): [string, string][] => {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? []
    const value = given[index]
    return name === undefined || value === undefined ? [] : [[name, value]]
  })
  return new Map(pairs)
}

/** As HTTP compares them. */
export function headerIn(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1]
}
