// Comfort only: every page does its work without this file.
import { guardSubmits } from "./behaviour/submits.mjs";
import { offerCopying } from "./behaviour/copying.mjs";
import { offerLines } from "./behaviour/lines.mjs";
import { watchPending } from "./behaviour/pending.mjs";
import { offerPasskeys } from "./behaviour/passkeys.mjs";
import { offerRowKeys } from "./behaviour/rows.mjs";
import { tidyCodes } from "./behaviour/codes.mjs";

guardSubmits(document);
offerCopying(document);
offerLines(document);
watchPending(document);
offerPasskeys(document);
offerRowKeys(document);
tidyCodes(document);
