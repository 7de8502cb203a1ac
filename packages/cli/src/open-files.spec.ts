import { expect } from 'chai';
import { adviseOnOpenFiles, readOpenFilesMax } from './open-files.js';

describe('the limit of open files', () => {
  it('is what the system says, if it does', () => {
    expect(readOpenFilesMax() ?? Infinity).to.be.greaterThan(0);
  });

  it('is worth a word if it is below what the configuration allows', () => {
    expect(adviseOnOpenFiles(1024, 1000)).to.match(
      /may open 1024 files, .* for 824 connections.* raise the limit to 1200/,
    );
  });

  it('is worth none otherwise, or if it is not known', () => {
    expect(adviseOnOpenFiles(1200, 1000)).to.equal(undefined);
    expect(adviseOnOpenFiles(undefined, 1000)).to.equal(undefined);
  });
});
