/**
 * Calls and pulled streams over any port that carries structured values: process IPC, a MessagePort, a WebSocket with
 * a codec. One pull asks for one value, so the reader sets the pace; leaving a stream cancels it at its source.
 */
import type { ErrorData } from '../errors.ts';

export interface Port {
  /** @throws when the port is closed or the message cannot be carried. */
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called with the reason when the other side is gone. A port that replaces its other side may call again. */
  onClose(handler: (reason: Error) => void): void;
}

export interface Request {
  id: number;
  type: (typeof REQUEST_TYPES)[number];
  name?: unknown;
  argument?: unknown;
}

/** Every `call`, `pull` and `cancel` is answered by exactly one reply, in order; `open` by none. */
export type Reply = { id: number } & ReplyBody;
export type ReplyBody =
  { type: 'value'; value: unknown } | { type: 'end' } | { type: 'error'; error: ErrorData };

const REQUEST_TYPES = ['call', 'open', 'pull', 'cancel'] as const;

export function isRequest(message: unknown): message is Request {
  return isMessage(message) && REQUEST_TYPES.some((type) => type === message.type);
}

export function isReply(message: unknown): message is Reply {
  if (!isMessage(message)) return false;
  if (message.type === 'error') return 'error' in message && isErrorData(message.error);
  return message.type === 'end' || (message.type === 'value' && 'value' in message);
}

function isMessage(message: unknown): message is { id: number; type: unknown } {
  if (typeof message !== 'object' || message === null) return false;
  return 'id' in message && typeof message.id === 'number' && 'type' in message;
}

function isErrorData(value: unknown): value is ErrorData {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value))
    return false;
  return typeof value.code === 'string' && typeof value.message === 'string';
}
