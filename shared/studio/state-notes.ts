/** What of the state folder cannot be used, as by damage or because another version wrote it. */
export interface StateNote {
  /** What, why, and what becomes of it. */
  readonly message: string;
  /** The id of the job that it is about, which can be removed; or `null`. */
  readonly job: string | null;
}
