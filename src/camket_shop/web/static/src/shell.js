// The frame of every page of the shop: comfort only, every page does its work without this file.
import { guardSubmits } from "../../../../camket/web/static/src/behaviour/submits.mjs";
import { forgetOnSignOut, showShopName } from "./shared/header.js";

guardSubmits(document);
forgetOnSignOut(document);
showShopName(document);
