import { LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import type { InterceptorEnd, ServiceInterceptor } from '../interceptors/service-interceptor.js';
import { RecordingLogger } from './recording-logger.fixture.js';
import { ReplicaHost } from './replica-host.js';
import type { ServiceExit, ServiceProcess } from './service-process.js';

/** Plays service and interceptor, and writes down in which order they are called. */
class Stage {
  readonly calls: string[] = [];
  readonly lives: ((end: InterceptorEnd) => void)[] = [];
  fresh = true;
  startFailure: LockstepError | undefined;
  /** The service is not there, and is waited for until that is stopped. */
  waitsForService = false;
  #letGo: (reason: LockstepError) => void = () => undefined;
  #exit: (exit: ServiceExit) => void = () => undefined;
  #onLife: (() => void) | undefined;

  host(options: { witness?: boolean; restart?: boolean } = {}): ReplicaHost {
    return new ReplicaHost({
      service: options.witness === true ? undefined : this.#service(),
      makeInterceptor: () => {
        this.calls.push('make');
        return Promise.resolve(this.#interceptor());
      },
      restart: options.restart ?? true,
      logger: new RecordingLogger(),
      now: () => performance.now(),
    });
  }

  /** Resolves when this many incarnations have begun. */
  async begun(lives: number): Promise<void> {
    while (this.lives.length < lives) await new Promise<void>((resolve) => (this.#onLife = resolve));
  }

  serviceExits(): void {
    this.#exit({ code: null, signal: 'SIGKILL' });
  }

  #service(): ServiceProcess {
    const note = (call: string): Promise<void> => {
      this.calls.push(call);
      return this.startFailure !== undefined && call === 'service.start'
        ? Promise.reject(this.startFailure)
        : Promise.resolve();
    };
    const isFresh = (): boolean => this.fresh;
    const waitInVain = (): Promise<void> => new Promise((_, reject) => (this.#letGo = reject));
    return {
      start: () => note('service.start').then(() => (this.waitsForService ? waitInVain() : undefined)),
      stop: () => {
        this.#letGo(new LockstepError('ERR_LOCKSTEP_SERVICE_START', 'let go'));
        return note('service.stop');
      },
      onExit: (listener) => (this.#exit = listener),
      pid: 1,
      get fresh() {
        return isFresh();
      },
      confirmAlive: () => Promise.resolve(true),
    };
  }

  #interceptor(): ServiceInterceptor {
    let end: (end: InterceptorEnd) => void;
    const interceptor = {
      start: (onEnd: (end: InterceptorEnd) => void) => {
        end = onEnd;
        this.calls.push('start');
        this.lives.push(onEnd);
        this.#onLife?.();
        return Promise.resolve();
      },
      serviceDied: () => end({ kind: 'service-died' }),
      leave: () => Promise.resolve(void this.calls.push('leave')),
      stop: () => Promise.resolve(void this.calls.push('stop')),
    };
    return interceptor as unknown as ServiceInterceptor;
  }
}

const birth = ['service.start', 'make', 'start'];

describe('ReplicaHost', () => {
  it('starts the service, then the interceptor; on request it leaves the group, then stops the service', async () => {
    const stage = new Stage();
    const host = stage.host();
    const { done } = await host.start();
    host.stop();
    await done;
    expect(stage.calls).to.deep.equal([...birth, 'leave', 'stop', 'service.stop', 'service.stop']);
  });

  it('F24: leaves when the service dies, and comes back with a new incarnation and a fresh service', async () => {
    const stage = new Stage();
    const host = stage.host();
    const { done } = await host.start();
    stage.serviceExits();
    await stage.begun(2);
    expect(stage.calls).to.deep.equal([...birth, 'leave', 'stop', 'service.stop', ...birth]);
    host.stop();
    await done;
  });

  it('F4: starts over when the group has gone on without it, without leaving what it is not in', async () => {
    const stage = new Stage();
    const host = stage.host();
    const { done } = await host.start();
    stage.lives[0]!({ kind: 'excluded', reason: 'view 2 was formed without it' });
    await stage.begun(2);
    expect(stage.calls).to.deep.equal([...birth, 'stop', 'service.stop', ...birth]);
    host.stop();
    await done;
  });

  it('founds a group with a service that was running before, but joins only with a fresh one', async () => {
    const stage = new Stage();
    stage.fresh = false;
    const host = stage.host();
    const { done } = await host.start();
    expect(stage.calls).to.deep.equal(birth);
    stage.lives[0]!({ kind: 'service-used' });
    await stage.begun(2);
    expect(stage.calls.slice(birth.length)).to.deep.equal([
      ...['stop', 'service.stop'],
      ...['service.start', 'service.stop', ...birth],
    ]);
    host.stop();
    await done;
  });

  it('ends with an error when the service dies and is not to be restarted', async () => {
    const stage = new Stage();
    const { done } = await stage.host({ restart: false }).start();
    stage.serviceExits();
    const failure = await done.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(LockstepError).with.property('code', 'ERR_LOCKSTEP_SERVICE_CRASHED');
  });

  it('says at the start why the service does not start, and tries again later on', async () => {
    const stage = new Stage();
    const refusal = new LockstepError('ERR_LOCKSTEP_SERVICE_START', 'it does not start');
    stage.startFailure = refusal;
    expect(
      await stage
        .host()
        .start()
        .catch((error: unknown) => error),
    ).to.equal(refusal);

    stage.startFailure = undefined;
    const host = stage.host();
    const { done } = await host.start();
    stage.startFailure = refusal;
    const before = stage.calls.length;
    stage.serviceExits();
    while (!stage.calls.slice(before).includes('service.start')) await new Promise(setImmediate);
    stage.startFailure = undefined;
    await stage.begun(2);
    host.stop();
    await done;
  });

  it('gives the start up while its service is waited for', async () => {
    const stage = new Stage();
    stage.waitsForService = true;
    const abort = new AbortController();
    const started = stage
      .host()
      .start(abort.signal)
      .catch((error: unknown) => error);
    await new Promise(setImmediate);
    abort.abort();
    expect(await started)
      .to.be.instanceOf(LockstepError)
      .with.property('code', 'ERR_LOCKSTEP_SERVICE_START');
    expect(stage.calls).to.deep.equal(['service.start', 'service.stop']);
  });

  it('a witness has no service to start', async () => {
    const stage = new Stage();
    const host = stage.host({ witness: true });
    const { done } = await host.start();
    host.stop();
    await done;
    expect(stage.calls).to.deep.equal(['make', 'start', 'leave', 'stop']);
  });
});
