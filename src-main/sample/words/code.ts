import { grammar, type Phrasebook } from '../grammar'
import { codingWords } from './coding'

/** Files, and what a terminal says, around one entity of one service. */
const codeWords = {
  readPath: [
    '{=sourceFile}',
    'src/{=entity}s/repository.ts',
    '{=testFile}',
    'workers/{=action}_{=entity}.py',
    'cmd/sync/store_{=entity}.go',
    'db/migrations/0041_{=entity}s.sql',
  ],
  file: [
    "import { db } from '../database'\nimport { NotFound } from '../errors'\nimport type { {=^entity} } from './{=entity}'\n\nexport async function {=handler}(id: string): Promise<{=^entity}> {\n  const found = await db.{=entity}s.findById(id)\n  if (!found) throw new NotFound('{=entity}', id)\n  if (found.{=field} === null) return found\n  await db.{=entity}s.update(id, { {=field}: found.{=field}, touchedAt: new Date() })\n  return db.{=entity}s.findById(id)\n}",
    "export class {=^entity}Repository {\n  constructor(private readonly pool: Pool) {}\n\n  async list(tenantId: string, limit = 50): Promise<{=^entity}[]> {\n    const { rows } = await this.pool.query(\n      'SELECT * FROM {=entity}s WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT $2',\n      [tenantId, limit],\n    )\n    return rows.map(to{=^entity})\n  }\n\n  async save({=entity}: {=^entity}): Promise<void> {\n    await this.pool.query('UPDATE {=entity}s SET {=field} = $2 WHERE id = $1', [{=entity}.id, {=entity}.{=field}])\n  }\n}",
    "import { describe, expect, it } from 'vitest'\nimport { {=handler} } from '../../{=sourceFile}'\n\ndescribe('{=handler}', () => {\n  it('keeps the {=field}', async () => {\n    const {=entity} = await given{=^entity}({ {=field}: 'first' })\n    const result = await {=handler}({=entity}.id)\n    expect(result.{=field}).toBe('first')\n  })\n\n  it('refuses an unknown {=entity}', async () => {\n    await expect({=handler}('nobody')).rejects.toThrow('{=entity} nobody')\n  })\n})",
    'def {=action}_{=entity}(session, {=entity}_id, *, now=None):\n    """Apply the pending {=action} and return the stored row."""\n    now = now or datetime.now(timezone.utc)\n    row = session.get({=^entity}, {=entity}_id)\n    if row is None:\n        raise LookupError({=entity}_id)\n    if row.locked_until and row.locked_until > now:\n        return row\n    row.updated_at = now\n    session.flush()\n    return row',
    'func (s *Store) {=^action}{=^entity}(ctx context.Context, id string) error {\n\ttx, err := s.db.BeginTx(ctx, nil)\n\tif err != nil {\n\t\treturn fmt.Errorf("begin: %w", err)\n\t}\n\tdefer tx.Rollback()\n\tif _, err := tx.ExecContext(ctx, `UPDATE {=entity}s SET updated_at = now() WHERE id = $1`, id); err != nil {\n\t\treturn fmt.Errorf("{=action} {=entity} %s: %w", id, err)\n\t}\n\treturn tx.Commit()\n}',
    "CREATE TABLE {=entity}s (\n  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n  tenant_id uuid NOT NULL REFERENCES tenants (id),\n  status text NOT NULL DEFAULT 'open',\n  amount_cents bigint NOT NULL,\n  created_at timestamptz NOT NULL DEFAULT now()\n);\n\nCREATE INDEX {=entity}s_tenant_idx ON {=entity}s (tenant_id, created_at DESC);",
  ],
  before: [
    "  const found = await db.{=entity}s.findById(id)\n  if (!found) throw new NotFound('{=entity}', id)",
    "    await this.pool.query('UPDATE {=entity}s SET {=field} = $2 WHERE id = $1', [{=entity}.id, {=entity}.{=field}])",
    '  await db.{=entity}s.update(id, { {=field}: found.{=field}, touchedAt: new Date() })',
  ],
  after: [
    "  const found = await tx.{=entity}s.lock(id)\n  if (!found) throw new NotFound('{=entity}', id)",
    "    const { rowCount } = await this.pool.query(\n      'UPDATE {=entity}s SET {=field} = $2 WHERE id = $1 AND version = $3',\n      [{=entity}.id, {=entity}.{=field}, {=entity}.version],\n    )\n    if (rowCount === 0) throw new Conflict('{=entity}', {=entity}.id)",
    '  await tx.{=entity}s.update(id, { {=field}: next, touchedAt: now })',
  ],
  pattern: ['{=handler}\\(', '{=field}', 'class {=^entity}', '{=entity}s\\.update', 'FOR UPDATE'],
  match: [
    '{=sourceFile}:{12-240}:  const result = await {=handler}(id)',
    'src/jobs/nightly-{=entity}s.ts:{8-90}:    await {=handler}({=entity}.id)',
    '{=testFile}:{14-120}:    const result = await {=handler}({=entity}.id)',
    'src/http/{=entity}-routes.ts:{20-160}:  reply.send(await {=handler}(request.params.id))',
    'scripts/backfill-{=entity}s.ts:{10-70}:  for (const row of rows) await {=handler}(row.id)',
  ],
  command: [
    'npx vitest run tests/{=service}',
    'git log --oneline -4 -- {=sourceFile}',
    'git diff --stat',
    'npx tsc --noEmit',
    'psql "$DATABASE_URL" -c "EXPLAIN SELECT * FROM {=entity}s WHERE status = \'open\'"',
    'npm run lint -- src/{=service}',
  ],
  purpose: [
    'Run the tests of the service',
    'See who changed the file last',
    'See what is changed so far',
    'Check the types',
    'Look at the query plan',
    'Check the style',
  ],
  output: [
    " ❯ {=testFile} ({4-18} tests | 1 failed)\n   × {=handler} > keeps the {=field}\n     → expected undefined to be 'first'\n\n Test Files  1 failed | {3-14} passed\n      Tests  1 failed | {24-180} passed",
    '4f2c{100-999} Keep {=field} when a {=entity} is copied\n9b1e{100-999} Split the {=service} module\n07aa{100-999} Log the outcome of {=action}\nc3d8{100-999} Add {=entity}s',
    ' {=sourceFile} | {4-40} ++++++----\n {=testFile}   | {8-60} +++++++++\n 2 files changed, {12-80} insertions(+), {2-30} deletions(-)',
    "{=sourceFile}({20-210},{3-40}): error TS2339: Property '{=field}' does not exist on type '{=^entity}'.",
    " Index Scan using {=entity}s_tenant_idx on {=entity}s  (cost=0.43..{900-9000}.12 rows={1000-90000} width={40-210})\n   Filter: (status = 'open'::text)",
    '(no output)',
  ],
  passed: [
    ' ✓ {=testFile} ({4-18} tests) {180-900}ms\n\n Test Files  {3-14} passed\n      Tests  {24-180} passed\n   Duration  {2-19}.{1-9}s',
  ],
  issue: [
    '{ "id": "{=^service}-{120-980}", "title": "{=^entity} {=action} is not idempotent", "state": "In Progress", "priority": 2, "assignee": "{person} {surname}" }',
  ],
  reminder: [
    '<system-reminder>\nThe list of open tasks has not been touched for a while. Keep it current where that helps; say nothing of this to the user.\n</system-reminder>',
    '<system-reminder>\n{=sourceFile} was changed outside of this session. Read it again before editing.\n</system-reminder>',
  ],
} satisfies Phrasebook

export const codingGrammar = grammar({ ...codingWords, ...codeWords })
