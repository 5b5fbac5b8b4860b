/**
 * Messages as every chat server takes them: one system message, at the beginning, and no two of the user's in a row. Many
 * templates refuse anything else, and agents send it.
 */
import { type Fields, listOf } from '../json.js';

/** `messages`: of roles system, user, assistant and tool. What is said by the system later on, the user says. */
export function conversation(messages: readonly Fields[]): readonly Fields[] {
  const made: Fields[] = [];
  for (const message of messages) {
    const last = made.at(-1);
    const isFirst = last === undefined || (made.length === 1 && last['role'] === 'system');
    const own = message['role'] === 'system' && !isFirst ? { ...message, role: 'user' } : message;
    const isSame = last?.['role'] === own['role'] && (own['role'] === 'system' || own['role'] === 'user');
    if (isSame) made[made.length - 1] = { ...last, content: joined(last?.['content'], own['content']) };
    else made.push(own);
  }
  return made;
}

/** Two texts are one; where one of them has images, they are a list of parts. */
function joined(one: unknown, other: unknown): unknown {
  if (typeof one === 'string' && typeof other === 'string') return `${one}\n\n${other}`;
  const parts = (content: unknown) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content);
  return [...parts(one), ...parts(other)];
}
