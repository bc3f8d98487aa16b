import { describe, expect, test } from 'vitest'
import { assistant, linkInAnyOrder, tell, text, toolResult, toolUse, user, type Turn } from './told-conversation'

const longAnswer = 'Here is what I found in the log files of the last night, line by line.'
const id1 = 'toolu_01AAAAAAAAAAAAAAAAAAAA'
const id2 = 'toolu_01BBBBBBBBBBBBBBBBBBBB'

/** Each id's kind, parent, branch and conversation in one line. */
function outline(links: ReturnType<typeof linkInAnyOrder>): Record<string, string> {
  return Object.fromEntries(
    Object.values(links).map(({ id, kind, parentId, branch, conversationId }) => [
      id,
      `${kind} of ${parentId ?? 'nothing'} on ${branch} in ${conversationId}`,
    ]),
  )
}

const hello: Turn[] = [user('Hello, what happened last night?')]
const turn2: Turn[] = [...hello, assistant(longAnswer), user('And the night before?')]

describe('requests that carry each other on', () => {
  test('are turns of one conversation', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'b', messages: turn2, answer: 'Nothing.' },
        { id: 'c', messages: [...turn2, assistant('Nothing.'), user('Thanks')], answer: 'You are welcome.' },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      b: 'turn of a on main in a',
      c: 'turn of b on main in a',
    })
    expect(links.b).toMatchObject({ reason: 'answer-continued', confidence: 'high' })
  })

  test('are so when a tool loop adds four messages at once', () => {
    const loop: Turn[] = [
      ...hello,
      assistant([toolUse(id1, 'Read', { path: 'a' })]),
      user([toolResult(id1, 'x')]),
      assistant([toolUse(id2, 'Read', { path: 'b' })]),
      user([toolResult(id2, 'y')]),
    ]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: [toolUse(id1, 'Read', { path: 'a' })] },
        { id: 'b', messages: loop, answer: longAnswer },
      ]),
    )
    expect(links.b).toMatchObject({ kind: 'turn', parentId: 'a', reason: 'answer-continued', confidence: 'high' })
  })

  test('are so through reminders, cache markers, thinking, line ends and the form of the text', () => {
    const links = linkInAnyOrder(
      tell([
        {
          id: 'a',
          messages: [
            user([
              text('<system-reminder>Be brief.</system-reminder>'),
              text('Hi\r\nyou', { cache_control: { type: 'ephemeral' } }),
            ]),
          ],
          answer: [{ type: 'thinking', thinking: 'Hm', signature: 's' }, text('Hello to you too.')],
        },
        {
          id: 'b',
          messages: [
            user('Hi\nyou'),
            { role: 'system', content: 'Now tools.' },
            assistant([text('Hello to you too.')]),
            user([text('Next <system-reminder>New.</system-reminder>')]),
          ],
          answer: longAnswer,
        },
        {
          id: 'c',
          messages: [
            user([text('Hi\nyou')]),
            assistant('Hello to you too.'),
            user([text('Next'), text('<system-reminder>Other.</system-reminder>')]),
            assistant(longAnswer),
            user('End'),
          ],
        },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      b: 'turn of a on main in a',
      c: 'turn of b on main in a',
    })
  })

  test('are so where rows between them are missing', () => {
    const turn3 = [...turn2, assistant('Nothing.'), user('Sure?')]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'c', messages: [...turn3, assistant('Quite sure.'), user('Good')], answer: 'Yes.' },
      ]),
    )
    expect(links.c).toMatchObject({ kind: 'turn', parentId: 'a', confidence: 'high' })
  })

  test('are so where the client cleared old tool results', () => {
    const before = (content: string): Turn[] => [
      ...hello,
      assistant([toolUse(id1, 'Read', {})]),
      user([toolResult(id1, content)]),
    ]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: before('a thousand lines'), answer: longAnswer },
        { id: 'b', messages: [...before('[cleared]'), assistant(longAnswer), user('More')] },
      ]),
    )
    expect(links.b).toMatchObject({ kind: 'turn', parentId: 'a', reason: 'answer-continued' })
  })

  test('are so where earlier messages were changed, by the answer they repeat', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: [user('One'), assistant('Two'), user('Three')], answer: longAnswer },
        { id: 'b', messages: [user('One, shortened'), assistant(longAnswer), user('Four')] },
      ]),
    )
    expect(links.b).toMatchObject({ kind: 'turn', parentId: 'a', reason: 'answer-repeated', confidence: 'medium' })
  })

  test('are so from an answer that was stored as one flattened text', () => {
    const stored = { content: 'Let me look.', tool_calls: [{ name: 'Read', id: id1, input: '{}' }], usage: {} }
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: { stored } },
        {
          id: 'b',
          messages: [
            ...hello,
            assistant([
              { type: 'thinking', thinking: 'Hm', signature: '' },
              text('Let me look.'),
              toolUse(id1, 'Read', {}),
            ]),
            user([toolResult(id1, 'x')]),
          ],
        },
      ]),
    )
    expect(links.b).toMatchObject({ parentId: 'a', reason: 'answer-continued' })
  })

  test('are so with no answer stored, in one session or where no other could be meant', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, session: 'aaaaaaaa' },
        { id: 'b', messages: turn2, session: 'aaaaaaaa' },
        { id: 'c', messages: [user('Alone')] },
        { id: 'd', messages: [user('Alone'), assistant('Yes'), user('Go on')] },
      ]),
    )
    expect(links.b).toMatchObject({ parentId: 'a', reason: 'messages-continued', confidence: 'medium' })
    expect(links.d).toMatchObject({ parentId: 'c', reason: 'messages-continued', confidence: 'low' })
  })

  test('are so after an answer that is stored but for its end', () => {
    const stored = [
      { type: 'message_start', message: { role: 'assistant', content: [] } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: longAnswer.slice(0, 50) } },
    ]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: turn2.slice(0, 1), answer: longAnswer },
        { id: 'b', messages: turn2, answer: { stored } },
        { id: 'c', messages: [...turn2, assistant(longAnswer), user('Thanks')] },
      ]),
    )
    expect(links.c).toMatchObject({ parentId: 'b', reason: 'messages-continued' })
  })

  test('are so after a pause of days and in another session', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer, session: 'aaaaaaaa' },
        { id: 'b', messages: turn2, minute: 5000, session: 'bbbbbbbb' },
      ]),
    )
    expect(outline(links).b).toBe('turn of a on main in a')
  })
})

describe('two users', () => {
  test('who begin with the same words stay apart, with their next turns', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a1', messages: hello, answer: longAnswer },
        { id: 'b1', messages: hello, answer: 'Nothing at all happened.' },
        { id: 'a2', messages: turn2 },
        { id: 'b2', messages: [...hello, assistant('Nothing at all happened.'), user('Good')] },
      ]),
    )
    expect(outline(links)).toEqual({
      a1: 'start of nothing on main in a1',
      b1: 'start of nothing on main in b1',
      a2: 'turn of a1 on main in a1',
      b2: 'turn of b1 on main in b1',
    })
  })

  test('stay apart where the first request of one is lost', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a1', messages: hello, answer: longAnswer },
        { id: 'b2', messages: [...hello, assistant('Nothing at all happened.'), user('Good')] },
      ]),
    )
    expect(outline(links).b2).toBe('start of nothing on main in b2')
  })

  test('stay apart with equal answers, by their sessions', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a1', messages: hello, answer: longAnswer, session: 'aaaaaaaa' },
        { id: 'b1', messages: hello, answer: longAnswer, session: 'bbbbbbbb' },
        { id: 'a2', messages: turn2, session: 'aaaaaaaa' },
        { id: 'b2', messages: turn2, session: 'bbbbbbbb' },
      ]),
    )
    expect([links.a2?.parentId, links.b2?.parentId]).toEqual(['a1', 'b1'])
    expect(links.b1?.conversationId).toBe('b1')
  })

  test('of different domains never meet', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a1', messages: hello, answer: longAnswer, session: 'aaaaaaaa' },
        { id: 'b2', messages: turn2, domain: 'globex.io', session: 'aaaaaaaa' },
        { id: 'c2', messages: turn2, domain: null },
      ]),
    )
    expect([links.b2?.kind, links.c2?.kind]).toEqual(['start', 'start'])
  })
})

describe('the same messages once more', () => {
  test('are a retry and no branch; what follows carries on the try that was answered', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'b', messages: turn2, answer: { stored: { type: 'error', error: { type: 'overloaded_error' } } } },
        { id: 'b-again', messages: turn2, answer: 'Nothing of note.' },
        { id: 'c', messages: [...turn2, assistant('Nothing of note.'), user('Fine')] },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      b: 'turn of a on main in a',
      'b-again': 'retry of a on main in a',
      c: 'turn of b-again on main in a',
    })
    expect(links['b-again']).toMatchObject({ retryOf: 'b', reason: 'messages-identical' })
  })

  test('are a retry at the very start, of one without an answer or in one session', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello },
        { id: 'b', messages: hello, answer: longAnswer },
        { id: 's', messages: [user('Count')], session: 'aaaaaaaa', answer: 'One.' },
        { id: 't', messages: [user('Count')], session: 'aaaaaaaa', answer: 'Two.', minute: 600 },
      ]),
    )
    expect([links.b?.retryOf, links.t?.retryOf]).toEqual(['a', 's'])
  })

  test('are no retry an hour later, or under another system prompt', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello },
        { id: 'b', messages: hello, minute: 90 },
        { id: 's', messages: hello, session: 'aaaaaaaa', answer: longAnswer, minute: 200 },
        { id: 'topic', messages: hello, session: 'aaaaaaaa', system: 'Name the topic.', answer: 'Logs' },
        { id: 's2', messages: turn2, session: 'aaaaaaaa' },
      ]),
    )
    expect(outline(links)).toMatchObject({
      b: 'start of nothing on main in b',
      topic: 'side of nothing on topic in s',
      s2: 'turn of s on main in s',
    })
  })
})

describe('branches', () => {
  test('begin where a message was edited; the main one is that which goes on further', () => {
    const edited = [...hello, assistant(longAnswer), user('No: the week before?')]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'b', messages: turn2, answer: 'Nothing.' },
        { id: 'c', messages: edited, answer: 'A storm, as the records say.' },
        { id: 'd', messages: [...edited, assistant('A storm, as the records say.'), user('Where?')] },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      b: 'branch of a on b in a',
      c: 'turn of a on main in a',
      d: 'turn of c on main in a',
    })
  })

  test('of equal length leave the first in time on main, and each keeps its name further on', () => {
    const other = [...hello, assistant(longAnswer), user('Why?')]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'b', messages: turn2, answer: 'Nothing.' },
        { id: 'c', messages: other, answer: 'Because.' },
        { id: 'b2', messages: [...turn2, assistant('Nothing.'), user('Oh')] },
        { id: 'c2', messages: [...other, assistant('Because.'), user('Ah')] },
      ]),
    )
    expect(outline(links)).toMatchObject({ b: 'turn of a on main in a', c2: 'turn of c on c in a' })
  })
})

describe('sub-agents', () => {
  const call = (id: string, prompt: string) => toolUse(id, 'Task', { description: 'd', prompt })

  test('stand beside each other under the call that began each, with their own turns', () => {
    const prompt = 'Search the repository for all uses of the old name and list them.'
    const links = linkInAnyOrder(
      tell([
        { id: 'main', messages: hello, answer: [call(id1, prompt), call(id2, prompt)], session: 'aaaaaaaa' },
        { id: 'sub1', messages: [user(prompt)], answer: longAnswer, session: 'aaaaaaaa' },
        { id: 'sub2', messages: [user([text(prompt)])], answer: 'Nothing found at all.', session: 'aaaaaaaa' },
        { id: 'sub1b', messages: [user(prompt), assistant(longAnswer), user('Go on')], session: 'aaaaaaaa' },
        {
          id: 'main2',
          messages: [
            ...hello,
            assistant([call(id1, prompt), call(id2, prompt)]),
            user([toolResult(id1, 'a'), toolResult(id2, 'b')]),
          ],
          session: 'aaaaaaaa',
        },
      ]),
    )
    expect(outline(links)).toEqual({
      main: 'start of nothing on main in main',
      sub1: 'sub-agent of main on sub1 in main',
      sub2: 'sub-agent of main on sub2 in main',
      sub1b: 'turn of sub1 on sub1 in main',
      main2: 'turn of main on main in main',
    })
    expect([links.sub1?.toolUseId, links.sub2?.toolUseId]).toEqual([id1, id2])
  })

  test('that failed and came again are a retry, and take no second call', () => {
    const prompt = 'Count the tests.'
    const links = linkInAnyOrder(
      tell([
        { id: 'main', messages: hello, answer: [call(id1, prompt)] },
        { id: 'sub', messages: [user(prompt)] },
        { id: 'again', messages: [user(prompt)], answer: 'Twelve.' },
      ]),
    )
    expect(outline(links).again).toBe('retry of main on sub in main')
  })

  test('of another session or a day later are none', () => {
    const prompt = 'Count the tests.'
    const links = linkInAnyOrder(
      tell([
        { id: 'main', messages: hello, answer: [call(id1, prompt)], session: 'aaaaaaaa' },
        { id: 'other', messages: [user(prompt)], session: 'bbbbbbbb' },
        { id: 'late', messages: [user(prompt)], minute: 2000 },
      ]),
    )
    expect([links.other?.kind, links.late?.kind]).toEqual(['start', 'start'])
  })
})

describe('a conversation that was summed up', () => {
  const sums = (topic: string) =>
    `1. Primary request: the user wants ${topic}, in the way they said on the first day of the work, with every file that belongs to it.\n2. Files: many.`
  const summariser = (topic: string) =>
    `<analysis>\nI think about it.\n</analysis>\n\n<summary>\n${sums(topic)}\n</summary>`
  const opening = (topic: string) =>
    `This session is being continued from a previous conversation that ran out of context. ` +
    `The conversation is summarized below:\nAnalysis:\nI think about it.\n\nSummary:\n${sums(topic)}\n\nPlease continue.`
  const ask = user('Write a detailed summary of the conversation so far.')

  test('goes on in the next, and once more', () => {
    const second = [user(opening('a parser')), assistant('I go on with the parser now, as asked.'), user('Yes')]
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'sum1', messages: [...hello, assistant(longAnswer), ask], answer: summariser('a parser') },
        { id: 'b', messages: [user(opening('a parser'))], answer: 'I go on with the parser now, as asked.' },
        { id: 'b2', messages: second, answer: 'Done with the first half of it, I think.' },
        {
          id: 'sum2',
          messages: [...second, assistant('Done with the first half of it, I think.'), ask],
          answer: summariser('a printer'),
        },
        { id: 'c', messages: [user(opening('a printer'))], answer: 'Printing.' },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      sum1: 'turn of a on main in a',
      b: 'compaction of sum1 on main in a',
      b2: 'turn of b on main in a',
      sum2: 'turn of b2 on main in a',
      c: 'compaction of sum2 on main in a',
    })
  })

  test('goes on with a tail of the old messages behind the summary', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'sum', messages: [...hello, assistant(longAnswer), ask], answer: summariser('a parser') },
        { id: 'b', messages: [user(opening('a parser')), assistant(longAnswer), user('Go on')] },
      ]),
    )
    expect(links.b).toMatchObject({ kind: 'compaction', parentId: 'sum', reason: 'summary-continued' })
  })
})

describe('what the source itself knows', () => {
  test('joins what the messages do not, and keeps apart what they would join', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer, conversationId: 'conv-1' },
        { id: 'b', messages: [user('Quite another thing')], conversationId: 'conv-1', branchId: 'branch_7' },
        { id: 'c', messages: turn2, conversationId: 'conv-2' },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in conv-1',
      b: 'side of nothing on branch_7 in conv-1',
      c: 'start of nothing on main in conv-2',
    })
    expect(links.b?.reason).toBe('source-says')
  })

  test('gives the parent that the messages do not show, and another than they would', () => {
    const says = (parentId: string, isSubtask = false) => ({ source: { parentId, isSubtask } })
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: hello, answer: longAnswer },
        { id: 'x', messages: [user('Quite another thing')], answer: 'Indeed, quite another thing, and a long one.' },
        { id: 'b', messages: turn2, answer: 'Nothing.', ...says('x') },
        { id: 'c', messages: [user('A new list after the old one')], ...says('b') },
        { id: 'late', messages: [user('Of one that is not here')], ...says('gone') },
      ]),
    )
    expect(outline(links)).toEqual({
      a: 'start of nothing on main in a',
      x: 'start of nothing on main in x',
      b: 'turn of x on main in x',
      c: 'turn of b on main in x',
      late: 'start of nothing on main in late',
    })
    expect(links.b).toMatchObject({ reason: 'source-says', confidence: 'high' })
  })

  test('gives the caller of a sub-agent, and finds its call; what follows carries on the sub-agent', () => {
    const prompt = 'Search the repository for all uses of the old name and list them.'
    const says = (parentId: string) => ({ source: { parentId, isSubtask: true } })
    const links = linkInAnyOrder(
      tell([
        { id: 'main', messages: hello, answer: [toolUse(id1, 'Task', { prompt })] },
        { id: 'sub', messages: [user(prompt)], answer: longAnswer, ...says('main') },
        { id: 'sub2', messages: [user(prompt), assistant(longAnswer), user('More')], ...says('sub') },
        { id: 'odd', messages: [user('A prompt that was changed on its way')], ...says('main') },
      ]),
    )
    expect(outline(links)).toMatchObject({
      sub: 'sub-agent of main on sub in main',
      sub2: 'turn of sub on sub in main',
      odd: 'sub-agent of main on odd in main',
    })
    expect([links.sub?.toolUseId, links.odd?.toolUseId, links.sub?.reason]).toEqual([id1, null, 'source-says'])
  })
})

describe('requests that say nothing', () => {
  test('stand alone', () => {
    const links = linkInAnyOrder(
      tell([
        { id: 'a', messages: [] },
        { id: 'b', messages: [] },
        { id: 'c', messages: [user('<system-reminder>x</system-reminder>')] },
      ]),
    )
    expect(Object.values(links).map(({ kind }) => kind)).toEqual(['start', 'start', 'start'])
  })
})
