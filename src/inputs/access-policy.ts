import { quoteUnlessSecret } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';

/**
 * Longest access policy, in bytes. The service publishes no limit. This is what gRPC lets all headers of
 * a call have together where nobody says otherwise, so that nothing on the way need take more:
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md ("Servers may limit the size of
 * Request-Headers, with a default of 8 KiB suggested")
 */
const mostBytes = 8192;

/**
 * Checks the text of an access policy. What it may say is the service's to judge: it is handed on as it
 * is.
 *
 * @param text what the input holds; not empty
 */
export function checkAccessPolicy(text: string): Result<string> {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    return wrong(`\`access_policy\` has ${bytes} bytes: ${mostBytes} are the most.`);
  }
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(text);
  return wrong(
    `\`access_policy\` is ${quoteUnlessSecret(text, 40)}: it must be a JSON object, {"…": …}.`,
  );
}

function parse(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (thrown) {
    // The rest of the parser's message quotes the text.
    const where = /line \d+ column \d+/u.exec(thrown instanceof Error ? thrown.message : '')?.[0];
    return wrong(
      `\`access_policy\` is ${quoteUnlessSecret(text, 40)}: it must be JSON text, and is none${where === undefined ? '' : ` (${where})`}.`,
    );
  }
}
