// The first thing in each page's body: says that scripts run, before anything is shown. GOV.UK's styles and scripts ask for
// these two words.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
