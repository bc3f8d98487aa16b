import { grammar } from '../grammar'
import { commonWords } from './common'

/** Passengers of an airline and the assistant that helps them. */
export const supportGrammar = grammar({
  ...commonWords,
  flight: ['MA {100-989}'],
  booking: ['K{2-9}RTQ{2-9}', 'B{2-9}WZL{2-9}', 'H{2-9}NPC{2-9}', 'T{2-9}YMD{2-9}'],
  destination: ['Lisbon', 'Reykjavik', 'Boston', 'San Juan', 'Dublin', 'Montréal', 'Denver', 'Porto'],
  opening: [
    'My flight {=flight} to {=destination} was cancelled this morning and the app offers me one two days later. Booking {=booking}.',
    'I was charged twice for a checked bag on booking {=booking}. Both times {35-80} dollars.',
    'Our case arrived in {=destination} with a broken wheel and a crack along the side. We flew on {=flight}.',
    'Hello. I need to change the name on {=booking}, I married in {month} and my passport has the new one.',
    'Can I bring my cello on {=flight}? It is in a hard case, {122-135} cm tall.',
    'We missed the connection in {=destination} because {=flight} was {50-150} minutes late. Where do we sleep tonight?',
    'The refund for {=booking} was promised within seven days. That was {9-26} days ago. I have been on hold for {20-70} minutes already.',
    'Hi, how do I add my daughter ({2-11}) to {=booking}? She was not going to come at first.',
    'I left a grey jacket on {=flight}, seat {3-32}C. Who do I call?',
    'My voucher code is refused with "not valid for this fare". It says nothing about fares on it. Booking {=booking}.',
  ],
  openingAnswer: [
    'I am sorry about that. I found booking {=booking}, and there are two ways forward:\n\n1. **{flight} at {clock}**, direct, seats together in row {8-29}\n2. **A full refund** to the card you paid with, about five working days\n\nBoth are free of charge because we cancelled the flight. Which one would you like?',
    'You are right, the bag was charged twice. I have sent the second amount back to your card; it usually shows within three to five working days. Your case number is C-{100000-999999}, in case you want to ask about it.',
    'I am sorry, that is not how it should arrive. A wheel counts as damage that we cover, so I opened a case for you. Please keep the bag tag, and answer the e-mail with a picture within seven days. Most people hear from us in {2-4} days.',
    'Congratulations! A correction like this is free. Please upload a document that shows both names, for example the marriage certificate, through the link I sent to the address in your booking. Once it is there, the new ticket takes about an hour.',
    'A case of that height is too tall for the cabin locker, but it may travel on a seat of its own next to you. For {=flight} I can add that seat at the child fare, {60-140} dollars. Shall I do that?',
    'Since there is no other flight tonight, the hotel is on us. I booked rooms near the airport in {=destination}; the voucher is in your e-mail, and the shuttle leaves from door {2-9} every {15-30} minutes. Breakfast is included, and your new flight leaves tomorrow at {clock}.',
    'I can see why that is annoying. The refund was approved but came back, because the card has expired since. I have asked for a bank transfer instead. You will get an e-mail with a secure form, and after that it takes about {2-5} working days.',
    'Good that she is coming along. There is a seat next to yours, {14-30}B, at the child fare of {70-190} dollars, bag included. I hold it for you until {clock}. If you say yes, I add her to {=booking} and send the payment link.',
    'I have noted it, and the crew that cleaned {=flight} has been asked. If it turns up you will get a message; things are kept for {30-90} days at the lost property desk in {=destination}. Is there anything in the pockets that helps to recognise it?',
    'I looked it up: that voucher is from a delay in {month} and may be used for any fare but Basic. I agree that it should say so. As it does not, I have accepted it for this booking; the price is now {20-75} dollars lower.',
  ],
  followUp: [
    'And who pays for the taxi?',
    'I would rather have the money back than a voucher.',
    'OK. How long does that take to show on my card?',
    'Is there really nothing earlier? I have to be there by {weekday}.',
    'Yes please. My e-mail is the one in the booking.',
    'Can you put that in writing?',
    'Thank you. That was quicker than I thought.',
  ],
  followUpAnswer: [
    'We do, up to {40-60} dollars each way. Keep the receipt and send it as an answer to the e-mail; no form is needed.',
    'Of course, it is your choice. I changed it to a refund to the card you paid with.',
    'About five working days, sometimes less. It depends on the bank more than on us.',
    'There is nothing earlier with free seats, I am afraid. I put you on the waiting list for two flights and you will get a text message the moment that changes. Your present seats stay yours until then.',
    'Done. The confirmation is on its way to the address in your booking.',
    'Yes. It stands in the case now, with today as its date, and you have it by e-mail.',
    'You are welcome. Have a good flight to {=destination}!',
  ],
  bookingRecord: [
    '{"booking":"{=booking}","passengers":{1-4},"segments":[{"flight":"{=flight}","to":"{=destination}","status":"cancelled"}],"fare":"Flex","bags":{0-3}}',
    '{"booking":"{=booking}","passengers":{1-4},"segments":[{"flight":"{=flight}","to":"{=destination}","status":"flown","delay_minutes":{0-160}}],"fare":"Basic","bags":{0-2}}',
    '{"booking":"{=booking}","passengers":{1-4},"segments":[{"flight":"{=flight}","to":"{=destination}","status":"confirmed"}],"fare":"Standard","bags":{1-3},"payments":[{"amount":{35-80},"state":"settled"},{"amount":{35-80},"state":"settled"}]}',
  ],
  alternatives: [
    '{"options":[{"flight":"{flight}","departs":"{clock}","seats":{2-9}},{"flight":"{flight}","departs":"{clock}","seats":{1-6},"via":"{city}"}]}',
    '{"options":[]}',
  ],
  caseRecord: ['{"case":"C-{100000-999999}","state":"open","due_in_days":{2-9}}'],
  policy: [
    'Section {4-14}: after a cancellation by the airline the passenger chooses between a refund of the unused part and a later flight with free seats, without a fare difference. Overnight stays are covered where no flight leaves the same day.',
    'Section {4-14}: damage to a checked bag is reported within seven days. Wheels and handles are covered; scratches are not.',
    'Section {4-14}: a name may be corrected free of charge with a document that shows both names.',
  ],
  check: [
    'Let me look at the booking first.',
    'One moment, I am checking what is possible.',
    'I will see which rule applies.',
  ],
  instruction: [
    'You are the assistant of Meridian Air. Be warm and brief. Look at the booking before you promise anything. Never ask for card numbers or passwords. If somebody is stranded tonight, solve that first.',
  ],
})
