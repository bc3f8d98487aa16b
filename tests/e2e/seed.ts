/*
 * A database of known content for the end-to-end suites: 600 requests over the last two days, three domains and one
 * null, three models, null tokens, errors, tool use; deterministic but for the moment it is made.
 */
import { briefTable } from '../fakes/brief-table'

export const seedSql = `
${briefTable}
INSERT INTO requests
SELECT
  md5('request' || i)::uuid,
  now() - make_interval(secs => i * 288 + 5),
  CASE WHEN i % 50 = 0 THEN NULL ELSE (ARRAY['acme.com', 'acme.com', 'acme.com', 'globex.io', 'initech.dev'])[1 + i % 5] END,
  (ARRAY['claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001', 'claude-opus-4-1-20250805'])[1 + i % 3],
  CASE WHEN i % 40 = 0 THEN NULL ELSE 500 + (i * 37) % 2000 END,
  CASE WHEN i % 20 = 0 THEN NULL ELSE 50 + (i * 13) % 900 END,
  jsonb_build_object(
    'model', 'claude-sonnet-4-5', 'max_tokens', 1024,
    'system', 'You answer in one sentence.',
    'messages', jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Question number ' || i || ' about the parcel'))
  ),
  CASE
    WHEN i % 20 = 0 THEN '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'::jsonb
    ELSE jsonb_build_object(
      'id', 'msg_' || i, 'type', 'message', 'role', 'assistant', 'model', 'claude-sonnet-4-5',
      'content', jsonb_build_array(jsonb_build_object('type', 'text', 'text', 'Answer number ' || i || ': **it is on its way**.')),
      'stop_reason', 'end_turn',
      'usage', jsonb_build_object(
        'input_tokens', 500 + (i * 37) % 2000, 'output_tokens', 50 + (i * 13) % 900,
        'cache_read_input_tokens', (i % 7) * 1000, 'cache_creation_input_tokens', 0
      )
    )
  END,
  400 + (i * 71) % 9000,
  i % 3 = 0,
  'inference'
FROM generate_series(1, 600) AS i;
ANALYZE requests;
`
