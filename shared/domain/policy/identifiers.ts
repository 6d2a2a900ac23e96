// Personal numbers in text that the service and its mail would see.

const nationalInsurance = /(?<![A-Z0-9])[A-Z]{2}(?:[ -]?\d){6}[ -]?[A-D](?![A-Z0-9])/i

const tenDigits = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g

/** Which kind of personal number stands in the text, if any. */
export function identifierIn(text: string): 'National Insurance number' | 'NHS number' | null {
  if (nationalInsurance.test(text)) return 'National Insurance number'
  const numbers = text.match(tenDigits) ?? []
  return numbers.some((number) => isNhsNumber(number.replaceAll(/[ -]/g, ''))) ? 'NHS number' : null
}

/** Modulus 11 check digit (NHS Data Dictionary, NHS NUMBER): not every ten digits are an NHS number. */
function isNhsNumber(digits: string): boolean {
  const sum = Array.from(digits.slice(0, 9), Number).reduce((total, digit, index) => total + digit * (10 - index), 0)
  return (11 - (sum % 11)) % 11 === Number(digits[9])
}
