import { createHash } from 'node:crypto';

/** How many jobs a queue takes in its life. Finished jobs stay in it, so that their status can be asked for. */
export const JOBS_MAX = 1_000_000;

/** Priorities go from 0, which runs last, to 9, which runs first. */
export const PRIORITY_MAX = 9;
export const PRIORITY_DEFAULT = 5;

/** What a job can be, in the order in which counts are told. */
export const JOB_STATES = ['queued', 'done', 'cancelled'];

/**
 * @typedef {object} Job
 * @property {number} id        from 1, in the order of submission, never reused
 * @property {string} name
 * @property {number} priority  0 to PRIORITY_MAX
 * @property {'queued' | 'done' | 'cancelled'} state
 */

/**
 * A batch queue: jobs run by priority, and among equals by id.
 *
 * Its state is a pure function of the calls in their order. There is no clock, no randomness and no iteration whose
 * order depends on timing in here, which is all that active replication asks of a service.
 */
export class JobQueue {
  /** @type {Job[]} the job with id n is at n - 1 */
  #jobs = [];
  /** One first-in-first-out lane per priority. A cancelled job stays in its lane and is passed over. */
  #lanes = Array.from({ length: PRIORITY_MAX + 1 }, () => ({ jobs: /** @type {Job[]} */ ([]), next: 0 }));
  #counts = { queued: 0, done: 0, cancelled: 0 };
  #jobsMax;
  #changes = 0;
  #history = createHash('sha256');

  constructor(jobsMax = JOBS_MAX) {
    this.#jobsMax = jobsMax;
  }

  /**
   * @param {string} name
   * @param {number} priority 0 to PRIORITY_MAX
   * @returns {Job | undefined} the new job, or undefined when the queue has taken all the jobs it can
   */
  submit(name, priority = PRIORITY_DEFAULT) {
    if (this.#jobs.length >= this.#jobsMax) return undefined;
    /** @type {Job} */
    const job = { id: this.#jobs.length + 1, name, priority, state: 'queued' };
    this.#jobs.push(job);
    this.#lanes[priority].jobs.push(job);
    this.#counts.queued += 1;
    this.#remember(`submit ${job.id} ${priority} ${name}\n`);
    return job;
  }

  /** @returns {boolean} whether the job was there, and still queued */
  cancel(id) {
    const job = this.find(id);
    if (job?.state !== 'queued') return false;
    this.#finish(job, 'cancelled');
    return true;
  }

  /** @returns {Job | undefined} the job that was run, or undefined when none is queued */
  runNext() {
    for (let priority = PRIORITY_MAX; priority >= 0; priority -= 1) {
      const lane = this.#lanes[priority];
      while (lane.next < lane.jobs.length) {
        const job = lane.jobs[lane.next];
        lane.next += 1;
        if (job.state !== 'queued') continue;
        this.#finish(job, 'done');
        return job;
      }
    }
    return undefined;
  }

  /** @returns {Job | undefined} */
  find(id) {
    return this.#jobs[id - 1];
  }

  /** All jobs ever submitted, by id. Not a copy: read it, do not keep it. @returns {readonly Job[]} */
  get jobs() {
    return this.#jobs;
  }

  /** @returns {Readonly<Record<'queued' | 'done' | 'cancelled', number>>} */
  get counts() {
    return this.#counts;
  }

  /** How many times the state has changed. */
  get changes() {
    return this.#changes;
  }

  /** The SHA-256, in hexadecimal, of every state change so far, in order. Equal digests mean equal histories. */
  digest() {
    return this.#history.copy().digest('hex');
  }

  #finish(job, state) {
    this.#counts.queued -= 1;
    this.#counts[state] += 1;
    job.state = state;
    this.#remember(`${state} ${job.id}\n`);
  }

  #remember(change) {
    this.#changes += 1;
    this.#history.update(change, 'latin1');
  }
}
