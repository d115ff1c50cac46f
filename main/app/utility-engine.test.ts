import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { utilityEngine } from './utility-engine.ts';

class FakeProcess extends EventEmitter {
  readonly stderr = null;
  readonly ports: unknown[] = [];
  postMessage = (_message: unknown, ports: readonly unknown[] = []): void => void this.ports.push(...ports);
  kill = (): boolean => true;
}

it('the live picture of windows that look on before there is an engine goes to the first, later ones to who runs', () => {
  const children: FakeProcess[] = [];
  const engine = utilityEngine({ fork: () => (children.push(new FakeProcess()), children.at(-1)) as never });
  const look = (port: string): void => engine.connectWindow(port as never);
  look('early');
  engine.start('engine.js', {});
  look('late');
  expect(children[0]?.ports).toEqual(['early', 'late']);
  children[0]?.emit('exit', 139);
  look('between');
  engine.start('engine.js', {});
  expect(children[1]?.ports).toEqual(['between']);
});
