// What stands on every page around what is its own. No script and no style stands in a page itself: the policy that travels
// with it forbids that.
import { layoutWords as words, sessionWords } from '#words/en/pages.ts'
import { keyField } from './form.ts'
import { govukBackLink, govukErrorSummary, govukServiceNavigation, govukSkipLink } from './govuk.ts'
import { html, type Html } from './html.ts'
import type { Asset, Frame, FramedPerson, Page } from './page.ts'

const footerLinks = [
  ['/help', words.help],
  ['/limits', words.limits],
  ['/check', words.check],
  ['/accessibility', words.accessibility],
  ['/cookies', words.cookies],
] as const

/** Two minutes before a sign-in ends, there is still time to press a button (WCAG 2.2.1). */
const warningSeconds = 2 * 60

export function layout(page: Page, frame: Frame): string {
  const { asset, person, path } = frame
  const errors = page.errors ?? []
  return `${html`<!doctype html>
<html lang="en" class="govuk-template">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${errors.length > 0 && words.errorPrefix}${page.title} - ${words.service}</title>
<meta name="theme-color" content="#12324a">
<link rel="icon" type="image/svg+xml" href="${asset('icon.svg').url}">
${style(asset('safehand.css'))}
${['page.js', ...(page.scripts ?? [])].map((name) => moduleScript(asset(name)))}
</head>
<body class="govuk-template__body">
${classicScript(asset('enabled.js'))}
${govukSkipLink({ href: '#main-content', text: words.skip })}
<header class="safehand-header">
<div class="govuk-width-container safehand-header__bar">
<a class="safehand-header__name" href="/">${words.service}</a>
${person && whoIsHere(person, frame)}
</div>
</header>
${person && navigation(person, path)}
<div class="govuk-width-container">
${page.back && html`<nav aria-label="${words.back}">${govukBackLink(page.back)}</nav>`}
<main class="govuk-main-wrapper" id="main-content" tabindex="-1">
${person && sessionNotices(person)}
<div class="govuk-grid-row"><div class="${page.wide ? 'govuk-grid-column-full' : 'govuk-grid-column-two-thirds'}">
${errors.length > 0 && summary(page)}
${page.trace && html`<p class="govuk-body-s">${words.trace} ${page.trace.code}, ${page.trace.correlation}</p>`}
${page.caption !== undefined && html`<span class="govuk-caption-l">${page.caption}</span>`}
<h1 class="govuk-heading-l">${page.heading ?? page.title}</h1>
${page.content}
</div></div>
</main>
</div>
<footer class="safehand-footer">
<div class="govuk-width-container">
<nav aria-label="${words.footer}"><ul class="safehand-footer__links">${footerLinks.map(([href, text]) => html`<li><a class="govuk-link" href="${href}">${text}</a></li>`)}</ul></nav>
<p class="govuk-body-s govuk-!-margin-bottom-0">${words.about}</p>
</div>
</footer>
</body>
</html>
`}`
}

function summary({ errors = [] }: Page): Html {
  return govukErrorSummary({
    titleText: words.errorTitle,
    errorList: errors.map(({ field, text }) => ({ text, ...(field !== null && { href: `#${field}` }) })),
  })
}

function whoIsHere({ name, organisation }: FramedPerson, { formKey }: Frame): Html {
  return html`<div class="safehand-header__person">
<a href="/account">${name}, ${organisation}</a>
<form method="post" action="/sign-out"><input type="hidden" name="${keyField}" value="${formKey}"><button class="safehand-link-button" type="submit">${words.signOut}</button></form>
</div>`
}

function navigation({ navigation: links }: FramedPerson, path: string): Html {
  return govukServiceNavigation({
    menuButtonText: words.menu,
    navigation: links.map(({ href, text }) => ({
      href,
      text,
      current: href === path,
      active: href !== '/' && path.startsWith(`${href}/`),
    })),
  })
}

/** Both are hidden until the script of every page shows one. */
function sessionNotices({ sessionSeconds }: FramedPerson): Html {
  return html`<div class="govuk-notification-banner" role="alert" aria-labelledby="session-ends" data-session-ends="${sessionSeconds}" data-session-warning="${warningSeconds}" hidden>
<div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="session-ends">${sessionWords.endsSoon}</h2></div>
<div class="govuk-notification-banner__content"><p class="govuk-body">${sessionWords.endsSoonWhat}</p><button type="button" class="govuk-button govuk-!-margin-bottom-0">${sessionWords.stay}</button></div>
</div>
<div class="govuk-notification-banner" role="alert" aria-labelledby="session-ended" data-session-ended hidden>
<div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="session-ended">${sessionWords.ended}</h2></div>
<div class="govuk-notification-banner__content"><p class="govuk-body">${sessionWords.endedWhat} <a class="govuk-link" href="/sign-in" target="_blank" rel="noopener">${sessionWords.signInAgain}</a></p></div>
</div>`
}

function style({ url, integrity }: Asset): Html {
  return html`<link rel="stylesheet" href="${url}" integrity="${integrity}">`
}

function moduleScript({ url, integrity }: Asset): Html {
  return html`<script type="module" src="${url}" integrity="${integrity}"></script>`
}

/** Asked for as another site's would be: without that its digest is not looked at, and the policy refuses it. */
function classicScript({ url, integrity }: Asset): Html {
  return html`<script src="${url}" integrity="${integrity}" crossorigin="anonymous"></script>`
}
