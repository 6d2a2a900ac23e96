// A page as a value: what is peculiar to it. What stands on every page (header, navigation, footer) is added by the layout, from
// the frame that the server knows.
import type { FieldError } from './form.ts'
import type { Html } from './html.ts'

export interface Page {
  /** Its own: no two pages have the same. Also its heading, unless that says more. */
  readonly title: string
  readonly heading?: string
  /** Beside the heading, above it: what the page is a part of. */
  readonly caption?: string
  readonly content: Html
  /** Where it was come from, for pages below another. */
  readonly back?: { readonly href: string; readonly text: string }
  /** What was wrong with what was entered, all of it, above everything else. */
  readonly errors?: readonly FieldError[]
  /** Beside the errors, for whoever helps: what the service logged of it. */
  readonly trace?: { readonly code: string; readonly correlation: string }
  /** Scripts of web/client by the names of scripts/web.ts. */
  readonly scripts?: readonly string[]
  /** A table or a picture needs the whole width; text is read in two thirds. */
  readonly wide?: boolean
}

/** A file of web/dist as a page names it. */
export interface Asset {
  readonly url: string
  readonly integrity: string
}

/** What the server knows about whoever reads the page. */
export interface Frame {
  readonly asset: (name: string) => Asset
  /** The address, without its query: which of the main pages this is. */
  readonly path: string
  /** Null: nobody is signed in. */
  readonly person: FramedPerson | null
  /** What ties a form to this session and this rendering. */
  readonly formKey: string
}

export interface FramedPerson {
  readonly name: string
  readonly organisation: string
  /** The main pages for their roles. */
  readonly navigation: readonly { readonly href: string; readonly text: string }[]
  /** How long a sign-in lasts from the last request, in seconds. */
  readonly sessionSeconds: number
}
