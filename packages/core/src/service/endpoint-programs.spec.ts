import { expect } from 'chai';
import { EndpointPrograms } from './endpoint-programs.js';

describe('EndpointPrograms', () => {
  it('begins every life afresh', async () => {
    const service = new EndpointPrograms({ address: 'calc', probe: () => Promise.resolve() });
    for (let life = 1; life <= 2; life += 1) {
      await service.start();
      expect(service.fresh).to.equal(true);
      expect(await service.confirmAlive()).to.equal(true);
      await service.stop();
    }
  });

  it('says at the start that a program is missing', async () => {
    const service = new EndpointPrograms({ address: 'calc', probe: () => Promise.reject(new Error('bc is missing')) });
    const error: unknown = await service.start().catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_SERVICE_START', message: 'bc is missing' });
  });
});
