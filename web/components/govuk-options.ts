// What each template of GOV.UK Frontend 6.6.0 can be given: made by scripts/govuk-options.ts, do not edit.
import type { Html } from './html.ts'

type Attributes = Readonly<Record<string, string>>

export interface GovukOptions {
  'accordion': {
    readonly id: string
    readonly headingLevel?: number | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly rememberExpanded?: boolean | undefined
    readonly hideAllSectionsText?: string | undefined
    readonly hideSectionText?: string | undefined
    readonly hideSectionAriaLabelText?: string | undefined
    readonly showAllSectionsText?: string | undefined
    readonly showSectionText?: string | undefined
    readonly showSectionAriaLabelText?: string | undefined
    readonly items: readonly {
      readonly heading: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      }
      readonly summary?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly content: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      }
      readonly expanded?: boolean | undefined
    }[]
  }
  'back-link': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly href: string
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'breadcrumbs': {
    readonly items: readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly href?: string | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly classes?: string | undefined
    readonly collapseOnMobile?: boolean | undefined
    readonly attributes?: Attributes | undefined
    readonly labelText?: string | undefined
  }
  'button': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly type?: string | undefined
    readonly name?: string | undefined
    readonly value?: string | undefined
    readonly disabled?: boolean | undefined
    readonly href?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly preventDoubleClick?: boolean | undefined
    readonly isStartButton?: boolean | undefined
    readonly id?: string | undefined
  }
  'character-count': {
    readonly id?: string | undefined
    readonly name: string
    readonly rows?: string | undefined
    readonly value?: string | undefined
    readonly maxlength: string
    readonly maxwords: string
    readonly threshold?: string | undefined
    readonly countType?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly spellcheck?: boolean | undefined
    readonly countMessage?: {
      readonly classes?: string | undefined
    } | undefined
    readonly textareaDescriptionText?: string | undefined
    readonly charactersUnderLimitText?: Attributes | undefined
    readonly charactersAtLimitText?: string | undefined
    readonly charactersOverLimitText?: Attributes | undefined
    readonly wordsUnderLimitText?: Attributes | undefined
    readonly wordsAtLimitText?: string | undefined
    readonly wordsOverLimitText?: Attributes | undefined
  }
  'checkboxes': {
    readonly describedBy?: string | undefined
    readonly fieldset?: Partial<GovukOptions['fieldset']> | undefined
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly idPrefix?: string | undefined
    readonly name: string
    readonly items: readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly id?: string | undefined
      readonly name?: string | undefined
      readonly value: string
      readonly label?: Partial<GovukOptions['label']> | undefined
      readonly hint?: Partial<GovukOptions['hint']> | undefined
      readonly divider?: string | undefined
      readonly checked?: boolean | undefined
      readonly conditional?: {
        readonly html?: Html | undefined
      } | undefined
      readonly behaviour?: string | undefined
      readonly disabled?: boolean | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly values?: readonly string[] | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'cookie-banner': {
    readonly ariaLabel?: string | undefined
    readonly hidden?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly messages: readonly {
      readonly headingText?: string | undefined
      readonly headingHtml?: Html | undefined
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly actions?: readonly {
        readonly text: string
        readonly type?: string | undefined
        readonly href?: string | undefined
        readonly name?: string | undefined
        readonly value?: string | undefined
        readonly classes?: string | undefined
        readonly attributes?: Attributes | undefined
      }[] | undefined
      readonly hidden?: boolean | undefined
      readonly role?: string | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    }[]
  }
  'date-input': {
    readonly id: string
    readonly namePrefix?: string | undefined
    readonly items?: readonly {
      readonly id?: string | undefined
      readonly name: string
      readonly label?: string | undefined
      readonly value?: string | undefined
      readonly error?: boolean | undefined
      readonly autocomplete?: string | undefined
      readonly pattern?: string | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    }[] | undefined
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly fieldset?: Partial<GovukOptions['fieldset']> | undefined
    readonly day?: Attributes | undefined
    readonly month?: Attributes | undefined
    readonly year?: Attributes | undefined
    readonly values?: {
      readonly day?: string | undefined
      readonly month?: string | undefined
      readonly year?: string | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'details': {
    readonly summaryText?: string | undefined
    readonly summaryHtml?: Html | undefined
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly id?: string | undefined
    readonly open?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'error-message': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly id?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly visuallyHiddenText?: string | undefined
  }
  'error-summary': {
    readonly titleText?: string | undefined
    readonly titleHtml?: Html | undefined
    readonly descriptionText?: string | undefined
    readonly descriptionHtml?: Html | undefined
    readonly errorList?: readonly {
      readonly href?: string | undefined
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly attributes?: Attributes | undefined
    }[] | undefined
    readonly disableAutoFocus?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'exit-this-page': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly redirectUrl?: string | undefined
    readonly id?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly activatedText?: string | undefined
    readonly timedOutText?: string | undefined
    readonly pressTwoMoreTimesText?: string | undefined
    readonly pressOneMoreTimeText?: string | undefined
  }
  'feedback': {
    readonly titleText?: string | undefined
    readonly titleHtml?: Html | undefined
    readonly headingLevel?: number | undefined
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'fieldset': {
    readonly describedBy?: string | undefined
    readonly legend?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly classes?: string | undefined
      readonly isPageHeading?: boolean | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly role?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly html?: Html | undefined
  }
  'file-upload': {
    readonly name: string
    readonly id?: string | undefined
    readonly disabled?: boolean | undefined
    readonly multiple?: boolean | undefined
    readonly describedBy?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly javascript?: boolean | undefined
    readonly chooseFilesButtonText?: string | undefined
    readonly dropInstructionText?: string | undefined
    readonly multipleFilesChosenText?: Attributes | undefined
    readonly noFileChosenText?: string | undefined
    readonly enteredDropZoneText?: string | undefined
    readonly leftDropZoneText?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly wrapperClasses?: string | undefined
    readonly wrapperAttributes?: Attributes | undefined
  }
  'footer': {
    readonly meta?: {
      readonly visuallyHiddenTitle?: string | undefined
      readonly html?: Html | undefined
      readonly text?: string | undefined
      readonly items?: readonly {
        readonly text: string
        readonly href: string
        readonly attributes?: Attributes | undefined
      }[] | undefined
    } | undefined
    readonly navigation?: readonly {
      readonly title: string
      readonly columns?: number | undefined
      readonly width?: string | undefined
      readonly items?: readonly {
        readonly text: string
        readonly href: string
        readonly attributes?: Attributes | undefined
      }[] | undefined
    }[] | undefined
    readonly contentLicence?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
    } | undefined
    readonly copyright?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
    } | undefined
    readonly containerClasses?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'generic-header': {
    readonly url?: string | undefined
    readonly logoText?: string | undefined
    readonly logoHtml?: Html | undefined
    readonly containerClasses?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'header': {
    readonly homepageUrl?: string | undefined
    readonly productName?: string | undefined
    readonly containerClasses?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'hint': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly id?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'input': {
    readonly id?: string | undefined
    readonly name: string
    readonly type?: string | undefined
    readonly inputmode?: string | undefined
    readonly value?: string | undefined
    readonly disabled?: boolean | undefined
    readonly describedBy?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly prefix?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly suffix?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly autocomplete?: string | undefined
    readonly pattern?: string | undefined
    readonly spellcheck?: boolean | undefined
    readonly autocapitalize?: string | undefined
    readonly inputWrapper?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly attributes?: Attributes | undefined
  }
  'inset-text': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly id?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'label': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly for?: string | undefined
    readonly isPageHeading?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'language-navigation': {
    readonly items: readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly lang: string
      readonly hrefLang?: string | undefined
      readonly dir?: string | undefined
      readonly href?: string | undefined
      readonly current?: boolean | undefined
      readonly languageDescriptionText?: string | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly ariaLabel?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'notification-banner': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly titleText?: string | undefined
    readonly titleHtml?: Html | undefined
    readonly titleHeadingLevel?: string | undefined
    readonly type?: string | undefined
    readonly role?: string | undefined
    readonly titleId?: string | undefined
    readonly disableAutoFocus?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'pagination': {
    readonly items?: readonly {
      readonly number?: string | undefined
      readonly visuallyHiddenText?: string | undefined
      readonly href?: string | undefined
      readonly current?: boolean | undefined
      readonly ellipsis?: boolean | undefined
      readonly attributes?: Attributes | undefined
    }[] | undefined
    readonly previous?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly labelText?: string | undefined
      readonly href: string
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly next?: {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly labelText?: string | undefined
      readonly href: string
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly landmarkLabel?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'panel': {
    readonly titleText?: string | undefined
    readonly titleHtml?: Html | undefined
    readonly headingLevel?: number | undefined
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly actions?: {
      readonly items?: readonly {
        readonly text: string
        readonly type?: string | undefined
        readonly href?: string | undefined
        readonly classes?: string | undefined
        readonly attributes?: Attributes | undefined
      }[] | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    } | undefined
  }
  'password-input': {
    readonly id?: string | undefined
    readonly name: string
    readonly value?: string | undefined
    readonly disabled?: boolean | undefined
    readonly describedBy?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly autocomplete?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly showPasswordText?: string | undefined
    readonly hidePasswordText?: string | undefined
    readonly showPasswordAriaLabelText?: string | undefined
    readonly hidePasswordAriaLabelText?: string | undefined
    readonly passwordShownAnnouncementText?: string | undefined
    readonly passwordHiddenAnnouncementText?: string | undefined
    readonly button?: {
      readonly classes?: string | undefined
    } | undefined
  }
  'phase-banner': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly tag: Partial<GovukOptions['tag']>
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'radios': {
    readonly fieldset?: Partial<GovukOptions['fieldset']> | undefined
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInputs?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly idPrefix?: string | undefined
    readonly name: string
    readonly items: readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly id?: string | undefined
      readonly value: string
      readonly label?: Partial<GovukOptions['label']> | undefined
      readonly hint?: Partial<GovukOptions['hint']> | undefined
      readonly divider?: string | undefined
      readonly checked?: boolean | undefined
      readonly conditional?: {
        readonly html?: Html | undefined
      } | undefined
      readonly disabled?: boolean | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly value?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'select': {
    readonly id?: string | undefined
    readonly name: string
    readonly items: readonly {
      readonly value?: string | undefined
      readonly text: string
      readonly selected?: boolean | undefined
      readonly disabled?: boolean | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly value?: string | undefined
    readonly disabled?: boolean | undefined
    readonly describedBy?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'service-navigation': {
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly ariaLabel?: string | undefined
    readonly menuButtonText?: string | undefined
    readonly menuButtonLabel?: string | undefined
    readonly navigationLabel?: string | undefined
    readonly navigationId?: string | undefined
    readonly navigationClasses?: string | undefined
    readonly collapseNavigationOnMobile?: boolean | undefined
    readonly serviceName?: string | undefined
    readonly serviceUrl?: string | undefined
    readonly navigation: readonly {
      readonly current?: boolean | undefined
      readonly active?: boolean | undefined
      readonly html?: Html | undefined
      readonly text?: string | undefined
      readonly href?: string | undefined
      readonly attributes?: Attributes | undefined
    }[]
    readonly slots?: {
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly navigationStart?: string | undefined
      readonly navigationEnd?: string | undefined
    } | undefined
  }
  'skip-link': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly href?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'summary-list': {
    readonly rows: readonly {
      readonly classes?: string | undefined
      readonly key: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly classes?: string | undefined
      }
      readonly value: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly classes?: string | undefined
      }
      readonly actions?: {
        readonly items?: readonly {
          readonly href: string
          readonly text?: string | undefined
          readonly html?: Html | undefined
          readonly visuallyHiddenText?: string | undefined
          readonly classes?: string | undefined
          readonly attributes?: Attributes | undefined
        }[] | undefined
        readonly classes?: string | undefined
      } | undefined
    }[]
    readonly card?: {
      readonly title?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly headingLevel?: number | undefined
        readonly classes?: string | undefined
      } | undefined
      readonly actions?: {
        readonly items?: readonly {
          readonly href: string
          readonly text?: string | undefined
          readonly html?: Html | undefined
          readonly visuallyHiddenText?: string | undefined
          readonly classes?: string | undefined
          readonly attributes?: Attributes | undefined
        }[] | undefined
        readonly classes?: string | undefined
      } | undefined
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'table': {
    readonly rows: readonly (readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly format?: string | undefined
      readonly classes?: string | undefined
      readonly colspan?: number | undefined
      readonly rowspan?: number | undefined
      readonly attributes?: Attributes | undefined
    }[])[]
    readonly head?: readonly {
      readonly text?: string | undefined
      readonly html?: Html | undefined
      readonly format?: string | undefined
      readonly classes?: string | undefined
      readonly colspan?: number | undefined
      readonly rowspan?: number | undefined
      readonly attributes?: Attributes | undefined
    }[] | undefined
    readonly caption?: string | undefined
    readonly captionClasses?: string | undefined
    readonly firstCellIsHeader?: boolean | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'tabs': {
    readonly id?: string | undefined
    readonly idPrefix?: string | undefined
    readonly title?: string | undefined
    readonly items: readonly {
      readonly id: string
      readonly label: string
      readonly attributes?: Attributes | undefined
      readonly panel: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly attributes?: Attributes | undefined
      }
    }[]
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'tag': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'task-list': {
    readonly items: readonly {
      readonly title: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly classes?: string | undefined
      }
      readonly hint?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly status: {
        readonly tag?: Partial<GovukOptions['tag']> | undefined
        readonly text?: string | undefined
        readonly html?: Html | undefined
        readonly classes?: string | undefined
      }
      readonly href?: string | undefined
      readonly classes?: string | undefined
    }[]
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
    readonly idPrefix?: string | undefined
  }
  'textarea': {
    readonly id?: string | undefined
    readonly name: string
    readonly spellcheck?: boolean | undefined
    readonly rows?: string | undefined
    readonly value?: string | undefined
    readonly disabled?: boolean | undefined
    readonly describedBy?: string | undefined
    readonly label: Partial<GovukOptions['label']>
    readonly hint?: Partial<GovukOptions['hint']> | undefined
    readonly errorMessage?: Partial<GovukOptions['error-message']> | undefined
    readonly formGroup?: {
      readonly classes?: string | undefined
      readonly attributes?: Attributes | undefined
      readonly beforeInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
      readonly afterInput?: {
        readonly text?: string | undefined
        readonly html?: Html | undefined
      } | undefined
    } | undefined
    readonly classes?: string | undefined
    readonly autocomplete?: string | undefined
    readonly attributes?: Attributes | undefined
  }
  'warning-text': {
    readonly text?: string | undefined
    readonly html?: Html | undefined
    readonly iconFallbackText?: string | undefined
    readonly classes?: string | undefined
    readonly attributes?: Attributes | undefined
  }
}
