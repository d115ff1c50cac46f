import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { confineContents } from './security.ts';

/** Contents as far as they are confined; every kind of navigation cannot be brought about in a real window. */
function confined(): EventEmitter {
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: () => undefined,
    setWebRTCIPHandlingPolicy: () => undefined,
  });
  const app = new EventEmitter();
  confineContents(app as never);
  app.emit('web-contents-created', {}, contents);
  return contents;
}

it.each([
  ['will-navigate', { url: 'https://evil.example/' }, true],
  ['will-navigate', { url: 'file:///etc/passwd' }, true],
  ['will-navigate', { url: 'reverie://studio.evil.example/' }, true],
  ['will-navigate', { url: 'reverie://studio/nowhere' }, true],
  ['will-navigate', { url: 'reverie://studio/' }, false],
  ['will-frame-navigate', { url: 'reverie://studio/', isMainFrame: false }, true],
  ['will-frame-navigate', { url: 'https://evil.example/', isMainFrame: true }, true],
  ['will-redirect', { url: 'reverie://studio/' }, true],
  ['will-attach-webview', {}, true],
])('contents go nowhere else: %s %j', (name, details, expected) => {
  let prevented = false;
  confined().emit(name, { ...details, preventDefault: () => (prevented = true) });
  expect(prevented).toBe(expected);
});
