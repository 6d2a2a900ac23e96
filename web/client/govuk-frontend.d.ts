// GOV.UK Frontend's scripts bring no types.
declare module 'govuk-frontend/*'
