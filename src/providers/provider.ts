/** What the engine knows of an endpoint: where it is, with which key, and what is different about it. */

/** A kind of endpoint; one row or one file each. */
export interface Provider {
  readonly name: string;
  readonly baseUrl: string;
  /** The environment variable that holds its key; null where none is sent. */
  readonly apiKeyEnv: string | null;
  /** Whether it takes `stream_options: {include_usage: true}`; those that refuse it send usage anyway. */
  readonly streamOptions: boolean;
}

/** Where a model's requests go, resolved when the run starts. */
export interface Endpoint {
  readonly baseUrl: string;
  /** The key itself: it lives in memory only. */
  readonly key: string | null;
  /** Our own simulated models, in this process, which receive the case they are asked. */
  readonly own: boolean;
}
