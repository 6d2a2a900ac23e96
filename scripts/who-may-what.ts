// The page shared/domain/WHO-MAY-WHAT.md: each act, in each situation, by each person, as the decisions themselves answer.
import { drawPage, page } from '../tests/fixtures/who-may-what/page.ts'
import { keepPage } from './made-page.ts'

await keepPage({
  script: 'scripts/who-may-what.ts',
  about: 'Draws who may do what, as the decisions answer.',
  page,
  text: drawPage(),
})
