import { html } from 'hono/html'
import { plainPage, type Html } from './page-layout'

export type LoginError = 'invalid' | 'link'

/** How the form is shown: with what went wrong before, and with what a person needs to know to sign in. */
interface LoginPage {
  error: LoginError | null
  /** Nobody knows the key of a workspace that made its own: there is only the link. */
  needsLink: boolean
  isConfigured: boolean
}

const errors = {
  invalid: 'That is not the key. Check it and try again.',
  link: 'That sign-in link was used already, or is not from this run of the server.',
}

/** The sign-in form. Works without scripts; the field is the brief's `key`. */
export function loginPage({ error, needsLink, isConfigured }: LoginPage): Html {
  const alert = error && html`<p class="notice" role="alert" id="error">${errors[error]}</p>`
  if (!isConfigured) {
    return plainPage(
      'Sign in',
      html`<h1>Sign in</h1>
        <p class="notice" role="alert">No dashboard API key is set, so nobody can sign in.</p>
        <p class="hint">Set <code>DASHBOARD_API_KEY</code> and start the server again.</p>`,
    )
  }
  if (needsLink) {
    return plainPage(
      'Sign in',
      html`<h1>Sign in</h1>
        ${alert}
        <p class="hint">Open the sign-in link that the server printed when it started. It works once.</p>
        <p class="hint">
          For a new link start the server again, or set <code>DASHBOARD_API_KEY</code> to sign in with a key.
        </p>`,
    )
  }
  return plainPage(
    'Sign in',
    html`<h1>Sign in</h1>
      <p>Usage, cost and conversations of your Claude proxy.</p>
      ${alert}
      <form method="post" action="/dashboard/login">
        <label for="key">Dashboard API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          spellcheck="false"
          aria-invalid="${error ? 'true' : 'false'}"
          aria-describedby="${error ? 'error' : 'help'}"
        />
        <button type="submit">Sign in</button>
      </form>
      <p class="hint" id="help">The value of <code>DASHBOARD_API_KEY</code> on the server.</p>`,
  )
}
