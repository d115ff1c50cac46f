/** Networks that can be downloaded, and their downloads, as the window sees them. */
import type { NetworkFormat } from '../contract/models.ts';
import type { ErrorData } from '../errors.ts';

/** A network of the catalogue. Looking at the catalogue contacts nobody. */
export interface CatalogueEntry {
  id: string;
  title: string;
  /** A name for narrow places. */
  short: string;
  /** One sentence for people. */
  knownFor: string;
  format: NetworkFormat;
  /** Size of the download. */
  bytes: number;
  /** Whether `bytes` is known exactly; otherwise it is about that. */
  exact: boolean;
  /** SHA-256 of the download: nothing else is ever installed. */
  sha256: string;
  licence: { name: string; url: string | null };
  /** The page or file where its publisher keeps it. */
  source: string;
  /** Who is contacted for it, in the order of trying, beside those that they redirect to. */
  hosts: readonly string[];
  /** Whether its publisher states how pictures become its input; otherwise that is assumed from its kind. */
  inputStated: boolean;
  /** Whether a network of this id is installed. */
  installed: boolean;
}

/** A download that was started, in this session or an earlier one. */
export interface Download {
  /** Of the network in the catalogue. */
  id: string;
  /** How much has come, of how much; both in bytes. */
  bytes: number;
  of: number;
  /** A paused or failed one goes on from where it is when it is started again. A done one is installed. */
  state: 'running' | 'paused' | 'failed' | 'done';
  /** Why it failed; `null` in every other state. */
  error: Pick<ErrorData, 'code' | 'message'> | null;
}
