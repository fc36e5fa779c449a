const MAX_METADATA_BYTES = 4_096;
/** Versions of Claude Code before the JSON form: `user_..._account_..._session_<uuid>`. */
const OLD_SESSION = /_session_([\w-]{8,})$/;

/** What the `metadata` of a body names. */
export interface MetadataIds {
  readonly user: string | undefined;
  /** Claude Code writes its session into `user_id`. */
  readonly session: string | undefined;
}

export function metadataIdsOf(metadata: Buffer | undefined): MetadataIds {
  const isUsable = metadata !== undefined && metadata.length <= MAX_METADATA_BYTES;
  const user = isUsable ? textMember(metadata.toString(), 'user_id') : undefined;
  const session = user && (textMember(user, 'session_id') ?? OLD_SESSION.exec(user)?.[1]);
  return { user, session };
}

function textMember(json: string, name: string): string | undefined {
  if (!json.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
