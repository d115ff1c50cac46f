/** What the page cannot do in its window, whatever a script in it tried: leave, open, ask for more, or reach anybody. */
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { expect, test } from './desktop-test.ts';

test('nothing of it reaches a network, be it the next machine or the page’s own', async ({ studio }) => {
  const reached: string[] = [];
  const server = createServer((socket) => {
    reached.push('a connection');
    socket.destroy();
  }).listen(0, '127.0.0.1');
  const datagrams = createSocket('udp4', () => reached.push('a datagram'));
  await Promise.all([once(server, 'listening'), once(datagrams.bind(0, '127.0.0.1'), 'listening')]);
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stun = `stun:127.0.0.1:${datagrams.address().port}`;
  const tried = await studio.page.evaluate(
    async ({ host, stun }) => {
      const told: Record<string, string> = {};
      const outcome = (name: string, work: Promise<unknown>): Promise<void> =>
        work.then(
          () => void (told[name] = 'worked'),
          () => void (told[name] = 'failed'),
        );
      const event = (target: EventTarget, good: string): Promise<void> =>
        new Promise((resolve, reject) => {
          target.addEventListener(good, () => resolve());
          target.addEventListener('error', () => reject(new Error(good)));
        });
      const element = (tag: string, more: object): Promise<void> => {
        const made = Object.assign(document.createElement(tag), more);
        const done = event(made, 'load');
        document.head.append(made);
        return done;
      };
      document.head.append(
        ...['dns-prefetch', 'preconnect', 'prefetch'].map((rel) =>
          Object.assign(document.createElement('link'), { rel, href: `http://${host}/` }),
        ),
      );
      navigator.sendBeacon(`http://${host}/beacon`, 'x');
      const relay = { urls: `turn:${host}?transport=tcp`, username: 'x', credential: 'x' };
      const peer = new RTCPeerConnection({ iceServers: [{ urls: stun }, relay] });
      peer.createDataChannel('x');
      await peer.setLocalDescription(await peer.createOffer());
      await Promise.all([
        outcome('fetch', fetch(`http://${host}/`, { mode: 'no-cors' })),
        outcome('the page’s own scheme elsewhere', fetch('reverie://elsewhere/')),
        outcome('a file', fetch('file:///etc/passwd')),
        outcome('an image', element('img', { src: `http://${host}/a.png` })),
        outcome('a script', element('script', { src: `http://${host}/a.js` })),
        outcome('a sheet', element('link', { rel: 'stylesheet', href: `http://${host}/a.css` })),
        outcome(
          'a socket',
          Promise.resolve().then(() => event(new WebSocket(`ws://${host}/`), 'open')),
        ),
        outcome('an event source', event(new EventSource(`http://${host}/`), 'open')),
        new Promise((resolve) => setTimeout(resolve, 1500)),
      ]);
      peer.close();
      return told;
    },
    { host, stun },
  );
  studio.forgiveComplaints(/127\.0\.0\.1|reverie:\/\/elsewhere|file:\/\/\/etc/);
  server.close();
  datagrams.close();
  expect(Object.entries(tried).filter(([, outcome]) => outcome !== 'failed')).toEqual([]);
  expect(Object.keys(tried)).toHaveLength(8);
  expect(reached).toEqual([]);
});

/** The page's address, and whether the studio is on it. */
const WHERE = '[location.href, document.querySelector("nav[aria-label=Workspaces]") !== null]';

test('it stays on its page, whatever address it is sent to', async ({ studio, desktop }) => {
  const addresses = [
    'about:blank',
    'reverie://studio/nowhere',
    'reverie://studio/index.html',
    'reverie://elsewhere/',
    'https://example.com/',
    'file:///etc/passwd',
    'data:text/html,<h1>Elsewhere</h1>',
    'javascript:document.body.remove()',
  ];
  for (const address of addresses) {
    await desktop.inPage(`void setTimeout(() => { location.href = ${JSON.stringify(address)}; }, 0)`);
    await sleep(300);
    await expect.poll(() => desktop.inPage(WHERE), { message: address }).toEqual(['reverie://studio/', true]);
  }
  studio.forgiveComplaints(/./);
});

test('it opens nothing, is granted nothing, and runs no script but its own', async ({ studio, desktop }) => {
  const { page } = studio;
  const found = await page.evaluate(async () => {
    const denied = (work: () => Promise<unknown>): Promise<string> =>
      work().then(
        () => 'granted',
        () => 'denied',
      );
    const script = document.createElement('script');
    script.textContent = 'window.inlineScriptRan = true';
    document.body.append(script);
    // Later, where the driver's own right to evaluate has ended.
    setTimeout(() => {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- that it is refused is what is tested
      new Function('window.evaluatedScriptRan = true')();
    }, 0);
    const frame = document.createElement('iframe');
    frame.src = 'reverie://studio/';
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const inFrame = (() => {
      try {
        return (frame.contentDocument?.querySelector('nav') ?? null) !== null;
      } catch {
        return false;
      }
    })();
    frame.remove();
    return {
      opened: window.open('https://example.com/') === null && window.open('reverie://studio/') === null,
      camera: await denied(() => navigator.mediaDevices.getUserMedia({ video: true })),
      place: await denied(
        () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
      ),
      notifications: await Notification.requestPermission(),
      scripts: ['inlineScriptRan', 'evaluatedScriptRan'].filter((name) => name in window),
      inFrame,
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
    };
  });
  expect(found).toEqual({
    opened: true,
    camera: 'denied',
    place: 'denied',
    notifications: 'denied',
    scripts: [],
    inFrame: false,
    node: [],
  });
  const windows = await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(windows).toBe(1);
  studio.forgiveComplaints(/Content Security Policy|unsafe-eval|Refused to|permission|Framing|frame/i);
});
