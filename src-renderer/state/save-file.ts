/** Hands a text to the user as a file; the browser or the desktop asks or knows where to. */
export function saveFile(name: string, mediaType: string, text: string): void {
  saveBlob(name, new Blob([text], { type: mediaType }))
}

/** The same for what is no text. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on the data by the next turn; a minute is for the slow ones.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
