/** The desktop window: ports from the preload's bridge, and the system's own dialogs. */
import { ReverieError, errorFrom } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/connect.ts';
import { messagePort } from '../../shared/rpc/message-port.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import {
  STUDIO_PORT,
  framesPort,
  type Bridge,
  type Reply,
  type SaveItem,
} from '../../shared/studio/bridge.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { directFrames, type FramePort } from './direct-frames.ts';
import type { Host, Saveable } from './host.ts';
import { LastingPort } from './lasting-port.ts';

declare global {
  interface Window {
    reverie?: Bridge;
  }
}

export function electronHost(bridge: Bridge): Host {
  const port = new LastingPort(() => dial(bridge));
  return {
    studio: {
      ...connect(port, studioContract),
      frames: ({ job }) => directFrames(job, () => dialFrames(bridge, job)),
    },
    platform: bridge.platform,
    onConnection: (handler) => port.onConnection(handler),
    filesOf: (transfer) => Promise.resolve([...transfer.files]),
    async offer(file) {
      const [offer] = valueOf(await bridge.offer([file]));
      if (offer === undefined) throw new ReverieError('access/denied', `"${file.name}" cannot be read.`);
      return offer;
    },
    save: async (items) => valueOf(await bridge.save(await Promise.all(items.map(itemOf)))),
    reveal: async (picture) => void valueOf(await bridge.reveal(picture)),
    show: async (what) => void valueOf(await bridge.show(what)),
    startDrag: (picture) => bridge.startDrag(picture),
    onCommand: (handler) => bridge.onCommand(handler),
    async openStorage() {
      const kept = valueOf(await bridge.storage());
      return { load: (key) => kept[key] ?? null, save: (key, value) => bridge.remember(key, value) };
    },
  };
}

/** @throws ReverieError as the main process did */
function valueOf<Value>(reply: Reply<Value>): Value {
  if ('error' in reply) throw errorFrom(reply.error);
  return reply.value;
}

async function itemOf(item: Saveable): Promise<SaveItem> {
  if ('address' in item) return item;
  return { name: item.name, bytes: new Uint8Array(await item.blob.arrayBuffer()) };
}

async function dial(bridge: Bridge): Promise<Port> {
  const port = portFor(STUDIO_PORT);
  bridge.connect();
  return messagePort(await port);
}

async function dialFrames(bridge: Bridge, job: string): Promise<FramePort> {
  const port = portFor(framesPort(job));
  bridge.connectFrames(job);
  const opened = await port;
  return { port: messagePort(opened), close: () => opened.close() };
}

/** The port that comes under a name; to be waited for before it is asked for. */
function portFor(name: string): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = ({ source, data, ports: [port] }: MessageEvent<unknown>): void => {
      if (source !== window || data !== name || port === undefined) return;
      window.removeEventListener('message', listen);
      resolve(port);
    };
    window.addEventListener('message', listen);
  });
}
