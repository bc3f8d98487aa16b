import { grammar } from '../grammar'
import { commonWords } from './common'

/** Small jobs that programs give to a model by the hundred. */
export const extractionGrammar = grammar({
  ...commonWords,
  shop: ['Halvard Tools', 'Casa Bruno', 'Pemberton & Daughters', 'Fjord Outdoor', 'Linden Paper', 'Studio Aro'],
  product: ['rain jacket', 'desk lamp', 'cast-iron pan', 'trail shoes', 'notebook set', 'bike light', 'wool blanket'],
  goodReview: [
    'The {=product} came two days late but it is lovely. The colour is a little darker than in the picture. I would buy it again.',
    'Exactly what I wanted. My {=product} fits, and the person on the phone ({person}) was really helpful. The parcel was dented.',
  ],
  badReview: [
    'Broke after {2-9} weeks. Wrote to {shop} twice, no answer. I expected more of a {=product} for {40-190} euros.',
    'The {=product} smells of oil even after {2-9} weeks on the balcony. {shop} did not answer.',
  ],
  orderMail: [
    'From: {person} {surname}\nTo: {shop}\n\nI ordered a {=product} on {3-27} {month}, order {=order}, and it still says "in preparation". I leave for {city} on {=weekday}. Can it be sent there instead?',
  ],
  invoiceMail: [
    'From: {person} {surname}\nTo: {shop}\n\nPlease send the invoice for order {=order} again, this time with our VAT number. We need it by {=weekday}.',
  ],
  order: ['{10000-99999}'],
  task: [
    'Extract product, sentiment (positive, neutral, negative) and complaints as JSON.\n\n<review>\n{goodReview}\n</review>',
    'Extract product, sentiment (positive, neutral, negative) and complaints as JSON.\n\n<review>\n{badReview}\n</review>',
    'Summarise in one sentence of at most 20 words:\n\n{goodReview}\n\n{badReview}',
    'Read the e-mail and answer with JSON: intent, order, deadline, language.\n\n<email>\n{orderMail}\n</email>',
    'Read the e-mail and answer with JSON: intent, order, deadline, language.\n\n<email>\n{invoiceMail}\n</email>',
    'Translate into Spanish, keep names and numbers as they are:\n\nThe {=product} from {=shop} arrived on {=weekday} and looks very good.',
  ],
  taskAnswer: [
    '{"product": "{=product}", "sentiment": "positive", "complaints": ["small flaw on delivery"]}',
    '{"product": "{=product}", "sentiment": "negative", "complaints": ["did not last {2-9} weeks", "no answer from the shop"]}',
    'Buyers of the {=product} like its looks and the service on the phone, but some had to wait for answers.',
    '{"intent": "change_address", "order": "{=order}", "deadline": "{=weekday}", "language": "en"}',
    '{"intent": "invoice_copy", "order": "{=order}", "deadline": "{=weekday}", "language": "en"}',
    'El pedido de {=shop} ({=product}) llegó el {=weekday} y tiene muy buen aspecto.',
  ],
  sorting: [
    'Which of these fits the message best: billing, delivery, damaged item, account access, cancellation, praise, lost property, other? Answer with the label alone.',
  ],
  classify: [
    '{=sorting}\n\n{goodReview}',
    '{=sorting}\n\n{badReview}',
    '{=sorting}\n\n{orderMail}',
    '{=sorting}\n\n{invoiceMail}',
    '{=sorting}\n\nI cannot sign in since {=weekday}. The code in the e-mail is always too old when I type it.',
    '{=sorting}\n\nPlease cancel everything. I ordered the {=product} by mistake, twice.',
    '{=sorting}\n\nOn {=weekday} I left my {=product} in your shop in {city}, near the counter I think.',
  ],
  label: ['praise', 'damaged item', 'delivery', 'billing', 'account access', 'cancellation', 'lost property'],
  classifierInstruction: ['You sort messages. Answer with one label of the list and nothing else.'],
  extractorInstruction: [
    'You turn short texts into data. Answer with the asked form alone, without any word around it.',
  ],
})
