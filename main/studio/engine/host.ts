/**
 * Keeps the engine's process: starts it when it is first needed, ends it when it hangs, says in a sentence how it ended when it
 * crashes, and starts a fresh one for the next request, without the graphics card that took the old one with it.
 */
import { engineContract, type EngineApi } from '../../../shared/contract.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { isLogMessage, log, passOn } from '../../log/log.ts';
import { connect } from '../../../shared/rpc/connect.ts';
import { GIVEN_UP, isHeartbeat, type HeartbeatDevice } from '../../../shared/heartbeat.ts';
import { isReply, isRequest, type Port } from '../../../shared/rpc/wire.ts';
import { probeDevices, type ProbeEngine } from './device-probes.ts';
import { crashError } from './process-end.ts';
import { endEngine, forkEngine, type EngineProcess, type StartEngine } from './process.ts';
import { processorTime } from './processor-time.ts';
import { TIMEOUTS, Watchdog, type Timeouts } from './watchdog.ts';

export interface EngineHost {
  /** Whatever is under way when the engine crashes rejects with engine/crashed; the next request gets a fresh process. */
  readonly api: EngineApi;
  /** Devices that took an engine with them; none computes on them until the program is started again. */
  readonly givenUp: readonly HeartbeatDevice[];
  /** The process that runs now, if any. */
  readonly pid: number | undefined;
  /** Lets the engine clean up and ends it; kills it after `graceMs`. Resolves when it is gone. */
  close(graceMs?: number): Promise<void>;
}

interface EngineHostOptions {
  readonly start?: StartEngine;
  /** Starts the engines that only try a device. */
  readonly startProbe?: StartEngine;
  readonly timeouts?: Timeouts;
}

/** @param entry Path of the built engine (main/engine/process.ts). */
export function createEngineHost(entry: string, options: EngineHostOptions = {}): EngineHost {
  const { start: startEngine = forkEngine, startProbe = startEngine, timeouts = TIMEOUTS } = options;
  const messageHandlers: ((message: unknown) => void)[] = [];
  const closeHandlers: ((reason: Error) => void)[] = [];
  const givenUp = new Set<HeartbeatDevice>();
  let running: { engine: EngineProcess; watchdog: Watchdog } | undefined;
  let closed = false;

  const start = (): NonNullable<typeof running> => {
    const engine = startEngine(entry, { [GIVEN_UP]: [...givenUp].join() });
    log.info('engine', 'The engine starts.', givenUp.size === 0 ? {} : { without: [...givenUp] });
    let hang: string | undefined;
    const watchdog = new Watchdog({
      timeouts,
      processorTime: () => processorTime(engine.pid),
      onHang(sentence) {
        hang = sentence;
        engine.kill();
      },
    });
    engine.onMessage((message) => {
      if (isHeartbeat(message)) {
        watchdog.beat(message.heartbeat);
        return;
      }
      if (isLogMessage(message)) {
        passOn(message.log);
        return;
      }
      if (isReply(message)) watchdog.answered();
      messageHandlers.forEach((handler) => handler(message));
    });
    engine.onEnd((end, stderr) => {
      running = undefined;
      watchdog.end();
      const { device, owes } = watchdog;
      if (!closed && owes && device !== undefined && device !== 'cpu') givenUp.add(device);
      const crash = crashError(hang === undefined ? end : { ...end, cause: 'hang', sentence: hang }, stderr);
      const reason = closed ? closedError() : crash;
      // One that owes nothing was asked to end, or nobody misses it.
      if (closed || !owes)
        log.info('engine', 'The engine has ended.', {
          exitCode: end.exitCode,
          signal: end.signal ?? undefined,
        });
      else
        log.failure(
          'engine',
          device === undefined ? 'It failed' : `It failed on the device "${device}"`,
          crash,
        );
      for (const handler of closeHandlers) handler(reason);
    });
    return { engine, watchdog };
  };

  const port: Port = {
    post(message) {
      if (closed) throw closedError();
      running ??= start();
      if (isRequest(message)) {
        if (message.type === 'open') running.watchdog.begun();
        else running.watchdog.asked();
      }
      running.engine.send(asMessage(message));
    },
    onMessage: (handler) => void messageHandlers.push(handler),
    onClose: (handler) => void closeHandlers.push(handler),
  };

  const api = connect(port, engineContract);
  const probes = new Set<EngineHost>();
  const openProbe = (): ProbeEngine => {
    const probe = createEngineHost(entry, { start: startProbe, timeouts });
    probes.add(probe);
    return {
      api: probe.api,
      async close(graceMs) {
        await probe.close(graceMs);
        probes.delete(probe);
      },
    };
  };

  return {
    api: {
      ...api,
      async devices(request) {
        if (request.device !== null) return api.devices(request);
        return { devices: await probeDevices(api, openProbe, request) };
      },
    },
    get givenUp() {
      return [...givenUp];
    },
    get pid() {
      return running?.engine.pid;
    },
    async close(graceMs) {
      closed = true;
      await Promise.all([...probes].map((probe) => probe.close(0)));
      if (running !== undefined) await endEngine(running.engine, graceMs);
    },
  };
}

function closedError(): ReverieError {
  return new ReverieError('job/cancelled', 'The engine has been closed.');
}

/** Requests are objects; the types of `send` want to know. */
function asMessage(message: unknown): object {
  if (typeof message === 'object' && message !== null) return message;
  throw new TypeError('Only objects can be posted.');
}
