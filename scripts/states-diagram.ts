// The picture of a transfer's life in ARCHITECTURE.md, drawn from the table that the code obeys.
import { transferStates } from '#domain/transfers/states.ts'
import { keepPage } from './made-page.ts'

/** Mermaid ends a name at a hyphen, so such a state gets another name, and its own as the text that is shown. */
function drawStates(): string {
  const states = Object.entries(transferStates)
  const shown = states.map(([state]) => state).filter((state) => nameOf(state) !== state)
  const names = shown.map((state) => `  state "${state}" as ${nameOf(state)}`)
  const ways = states.flatMap(([from, { next }]) => next.map((to) => `  ${nameOf(from)} --> ${nameOf(to)}`))
  const ends = states.filter(([, { next }]) => next.length === 0).map(([state]) => `  ${nameOf(state)} --> [*]`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  [*] --> draft', ...ways, ...ends, '```', ''].join('\n')
}

function nameOf(state: string): string {
  return state.replaceAll('-', '_')
}

await keepPage({
  script: 'scripts/states-diagram.ts',
  about: 'Draws the states of a transfer (shared/domain/transfers/states.ts) as a Mermaid diagram.',
  page: 'ARCHITECTURE.md',
  between: /(?<=<!-- states: [^\n]*-->\n).*(?=<!-- end of states -->)/s,
  text: drawStates(),
})
