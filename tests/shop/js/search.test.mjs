// Finding a product among many, without accents.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../../src/camket_shop/web/static/src/shared/fold.js";
import { categoriesOf, find, indexOf, withBarcode } from "../../../src/camket_shop/web/static/src/selling/search.js";

function product(name, category = "", barcode = null) {
  return { id: name, name, category, barcode, search: fold(`${name} ${barcode ?? ""} ${category}`) };
}

const PRODUCTS = [
  product("Sữa chua nếp cẩm", "Đồ ăn"),
  product("Cà phê sữa đá", "Đồ uống", "8934567890123"),
  product("Bánh mì ốp la", "Đồ ăn"),
  product("Trà sữa", "Đồ uống"),
  product("Cá viên", "Đồ ăn", "036000291452"),
];
const INDEX = indexOf(PRODUCTS);
const names = (given) => find(INDEX, given).map(({ name }) => name);

test("words are found with and without marks, in any order, in upper and lower case", () => {
  for (const query of ["cà phê", "ca phe", "CA PHE", "phe ca", "  đá   sua "]) {
    assert.deepEqual(names({ query }), ["Cà phê sữa đá"], query);
  }
});

test("a name that begins with the query comes before a word that does, and that before the rest", () => {
  assert.deepEqual(names({ query: "sua" }), ["Sữa chua nếp cẩm", "Cà phê sữa đá", "Trà sữa"]);
  assert.deepEqual(names({ query: "ca" }), ["Cà phê sữa đá", "Cá viên", "Sữa chua nếp cẩm"]);
  assert.deepEqual(names({ query: "ua" }), ["Sữa chua nếp cẩm", "Cà phê sữa đá", "Trà sữa"]);
});

test("the beginning of a word comes before its middle", () => {
  const index = indexOf([product("Nước dừa"), product("Bánh ua")]);
  assert.deepEqual(find(index, { query: "ua" }).map(({ name }) => name), ["Bánh ua", "Nước dừa"]);
});

test("part of a barcode and the name of a category find too", () => {
  assert.deepEqual(names({ query: "890123" }), ["Cà phê sữa đá"]);
  assert.deepEqual(names({ query: "do uong" }), ["Cà phê sữa đá", "Trà sữa"]);
});

test("a chosen category leaves out all others, and nothing typed finds all of it in the catalogue's order", () => {
  assert.deepEqual(names({ category: "Đồ ăn" }), ["Sữa chua nếp cẩm", "Bánh mì ốp la", "Cá viên"]);
  assert.deepEqual(names({ query: "sua", category: "Đồ uống" }), ["Cà phê sữa đá", "Trà sữa"]);
  assert.equal(names({}).length, PRODUCTS.length);
});

test("what is nowhere is not found", () => {
  assert.deepEqual(names({ query: "bia" }), []);
  assert.deepEqual(names({ query: "sua bia" }), []);
});

test("a barcode finds its product only when it is whole", () => {
  assert.equal(withBarcode(INDEX, "8934567890123").name, "Cà phê sữa đá");
  assert.equal(withBarcode(INDEX, "893456789012"), null);
  assert.equal(withBarcode(INDEX, ""), null);
});

test("a code of twelve digits is the same with a zero before it", () => {
  assert.equal(withBarcode(INDEX, "0036000291452").name, "Cá viên");
  assert.equal(withBarcode(INDEX, "036000291452").name, "Cá viên");
});

test("categories are told once, in the order of the language", () => {
  assert.deepEqual(categoriesOf([...PRODUCTS, product("Gạo")], "vi"), ["Đồ ăn", "Đồ uống"]);
});
