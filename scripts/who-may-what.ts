// The page shared/domain/WHO-MAY-WHAT.md: each act on a transfer, in each situation, by each person, as the decisions
// themselves answer.
import { transferActNames } from '#domain/transfers/act-names.ts'
import { cells, people, situations } from '../tests/fixtures/who-may-what.ts'
import { keepPage } from './made-page.ts'

const head = `# Who may do what with a transfer

Made by \`scripts/who-may-what.ts\` from the decisions in \`shared/domain/transfers\`; do not edit. A council’s caseworker
sends to one reader by name and to a team at the police. **yes**: permitted, as far as can be said before anything is given;
a code: why not; **–**: they are told that there is no such transfer (\`NOT_FOUND\`). The sender, a colleague, an approver
and an information officer are the council’s; a reader by name, a member of the team, the member who took it, a member who
is no caseworker, an information officer and somebody who has left the roster are the police’s.
`

function drawActs(): string {
  const all = cells()
  const names = Object.keys(people)
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`
  return transferActNames
    .map((act) => {
      const rows = Object.keys(situations).map((situation) => {
        const row = all.filter((cell) => cell.act === act && cell.situation === situation)
        return { situation, answers: row.map(({ code }) => said(code)) }
      })
      // Situations in which everybody is told the same share a row.
      const alike = Map.groupBy(rows, ({ answers }) => answers.join())
      const lines = [...alike.values()].map((same) =>
        line([same.map(({ situation }) => situation).join('; '), ...(same[0]?.answers ?? [])]),
      )
      return [`## ${act}`, '', line(['', ...names]), line(['---', ...names.map(() => '---')]), ...lines, ''].join('\n')
    })
    .join('\n')
}

function said(code: string | null): string {
  return code === 'NOT_FOUND' ? '–' : (code ?? '**yes**')
}

await keepPage({
  script: 'scripts/who-may-what.ts',
  about: 'Draws who may do what with a transfer, as the decisions answer.',
  page: 'shared/domain/WHO-MAY-WHAT.md',
  text: `${head}\n${drawActs()}`,
})
