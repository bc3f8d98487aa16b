import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src-main/contract/workspace'
import { findProblems, toDraft, toForm } from '../../src-renderer/screens/connect/connection-draft'

const saved: Connection = {
  id: 'c1',
  name: 'Production',
  colour: 'red',
  databaseUrl: 'postgresql://reader@db.example:5432/claude_proxy',
  dashboardUrl: null,
  hasPassword: true,
  hasApiKey: true,
}

describe('the connection form', () => {
  test('a key that was not typed keeps the stored one', () => {
    expect(toDraft(toForm(saved), saved.id).apiKey).toBeUndefined()
  })

  test('the stored key goes only when the user says so, and a typed one wins', () => {
    expect(toDraft({ ...toForm(saved), dropsApiKey: true }, saved.id).apiKey).toBe('')
    expect(toDraft({ ...toForm(saved), dropsApiKey: true, apiKey: 'new' }, saved.id).apiKey).toBe('new')
  })

  test('spaces around pasted values are cut off, but not in the key', () => {
    const form = { ...toForm(null), name: ' a ', databaseUrl: ' postgres://h/d ', apiKey: ' k ' }
    expect(toDraft(form, undefined)).toMatchObject({ name: 'a', databaseUrl: 'postgres://h/d', apiKey: ' k ' })
  })

  test('what is plainly wrong is said field by field', () => {
    const form = { ...toForm(null), name: ' ', databaseUrl: 'mysql://h/d', dashboardUrl: 'proxy' }
    expect(Object.keys(findProblems(form))).toEqual(['name', 'databaseUrl', 'dashboardUrl'])
    expect(findProblems(toForm(saved))).toEqual({})
  })
})
