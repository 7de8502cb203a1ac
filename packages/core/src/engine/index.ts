export { EventCounters } from '../link/event-counters.js';
export { digestSettings } from '../link/identity.js';
export { LinkServer } from '../link/link-server.js';
export { MemberLinks } from '../link/member-links.js';
export { EmbeddedGroupEngine, type EmbeddedGroupEngineOptions } from './embedded-group-engine.js';
