/** The desktop window: ports from the preload's bridge, and the system's own dialogs. */
import { ReverieError } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/connect.ts';
import { messagePort } from '../../shared/rpc/message-port.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import { STUDIO_PORT, framesPort, type Bridge } from '../../shared/studio/bridge.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { directFrames, type FramePort } from './direct-frames.ts';
import type { Host } from './host.ts';
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
      const [offer] = await bridge.offer([file]);
      if (offer === undefined) throw new ReverieError('access/denied', `"${file.name}" cannot be read.`);
      return offer;
    },
    save: (address) => bridge.save(address),
    reveal: (picture) => bridge.reveal(picture),
    show: (what) => bridge.show(what),
    startDrag: (picture) => bridge.startDrag(picture),
    onCommand: (handler) => bridge.onCommand(handler),
  };
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
