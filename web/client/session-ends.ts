// The warning before a sign-in ends: a notice that the page carries, hidden, with its words from the server. It is shown two
// minutes before, and again hidden once any window of this browser has asked the service for something.

/** The notice says how long a sign-in lasts from the last request, and how long before its end it is shown, in seconds. */
export function warnBeforeSessionEnds(page: Document): void {
  const notice = page.querySelector<HTMLElement>('[data-session-ends]')
  if (!notice) return
  const lasts = Number(notice.dataset.sessionEnds) * 1000
  const before = Number(notice.dataset.sessionWarning) * 1000
  const ended = page.querySelector<HTMLElement>('[data-session-ended]')
  const windows = new BroadcastChannel('safehand session')
  let asked = Date.now()

  const show = () => {
    const left = asked + lasts - Date.now()
    notice.hidden = left > before || left <= 0
    if (ended) ended.hidden = left > 0
  }
  const isAlive = () => {
    asked = Date.now()
    show()
  }
  windows.addEventListener('message', isAlive)
  windows.postMessage('asked')
  notice.querySelector('button')?.addEventListener('click', async () => {
    const reply = await fetch('/api/account').catch(() => null)
    if (!reply?.ok) return
    windows.postMessage('asked')
    isAlive()
  })
  // By the clock and not by a timer's length: a machine that slept has not stood still.
  setInterval(show, 5000)
  page.addEventListener('visibilitychange', show)
}
