import { RecordingLogger, serviceFaceCompliance } from '@lockstep/testkit';
import { peerCommand, serveProgramPeers } from './program-peers.fixture.js';
import { ProgramRunner } from './service/program-runner.js';
import { ProgramServiceFace } from './service/program-service-face.js';

for (const quietMs of [5, undefined]) {
  serviceFaceCompliance(`stdio, gate ${quietMs === undefined ? 'none' : 'consumed'}`, {
    createFace: (address) => {
      const command = peerCommand(address);
      const [program = ''] = command.words;
      return new ProgramServiceFace(new ProgramRunner(command, [program]), quietMs, new RecordingLogger());
    },
    serve: serveProgramPeers,
  });
}
