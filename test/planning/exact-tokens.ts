/** The tokenizer as it comes, in one piece: what our own counting is compared with. */
import { countTokens, setMergeCacheSize } from "gpt-tokenizer/encoding/o200k_base";

// Its default cache is slow once full; see CACHE_MAX.
setMergeCacheSize(1_000);

export function exactTokens(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set() });
}
