// The error for a file that is no longer what the transfer under way was begun with, where only a new transfer can have it.

export class FileChanged extends Error {
  override readonly name = 'FileChanged'
  readonly file: string

  constructor(file: string) {
    super(`${file} is another than when it was sent`)
    this.file = file
  }
}
