import { limits } from '@lockstep/core/protocol';

/** The bounds of the group that worlds of a second would hardly ever reach, as they are and as small as can be. */
const presets = {
  usual: { ...limits },
  small: {
    ...limits,
    submissionEntriesMax: 12,
    windowEntriesMax: 40,
    executionEntriesMax: 16,
    fetchBytesMax: 400,
    promotionLagEntriesMax: 8,
  },
};

export type LimitsPreset = keyof typeof presets;

/**
 * Sets the bounds of the protocol for the worlds that follow in this process. They are constants for everybody but the
 * simulator, which would otherwise need worlds of a hundred thousand entries to see a window shut.
 */
export function setLimits(preset: LimitsPreset): void {
  Object.assign(limits, presets[preset]);
}
