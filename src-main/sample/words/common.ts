import type { Phrasebook } from '../grammar'

/** Names, days and small figures that every subject needs. */
export const commonWords = {
  person: [
    'Amara',
    'Jonas',
    'Priya',
    'Mateo',
    'Ingrid',
    'Tomasz',
    'Leila',
    'Kenji',
    'Nadia',
    'Oscar',
    'Ruth',
    'Davide',
  ],
  surname: [
    'Okafor',
    'Lindqvist',
    'Raman',
    'Alvarez',
    'Novak',
    'Haddad',
    'Tanaka',
    'Byrne',
    'Moreau',
    'Castell',
    'Weiss',
  ],
  weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  month: ['January', 'March', 'April', 'June', 'August', 'September', 'October'],
  clock: ['08:40', '09:15', '10:05', '11:30', '13:20', '14:45', '16:10', '18:25', '21:50'],
  city: ['Lisbon', 'Chicago', 'Toronto', 'Dublin', 'Oslo', 'Denver', 'Porto', 'Boston', 'Vienna', 'Madrid', 'Seattle'],
} satisfies Phrasebook
